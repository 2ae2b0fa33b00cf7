"""Whatever bytes come, a parser gives a value, or refuses them with its own error: in one line, and in bounded time.

`FUZZ_EXAMPLES=20000 pytest tests/fuzz` looks longer, and at other documents every time.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from parser_of import Parser
from parsers import PARSERS, PASSED_ON

import pipeline

IS_LONG = "FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
SECONDS_A_DOCUMENT = 5.0
"""Of processor time, for any document of less than a megabyte."""
SECONDS_A_LONG_DOCUMENT = 30.0
LONG_BYTES = 10 * 2**20 if IS_LONG else 2**20

HOSTILE = (
    *(b"9" * 5000, b"-1", b"1e999", b"-0.0", b"0x10", b"NaN", b"Infinity", b"1" + b"0" * 30),
    *(b"null", b"true", b"[]", b"{}", b'""', b'"a"', b"[[[[", b'{"a":' * 50, b"[" * 2000, b"(" * 2000),
    *(rb'"\ud800"', rb'"\udfff\ud800"', rb"\u0000", b"\x00", b"\x1b[31m", b"\x1b]0;x\x07", b"\r\n", b"\x85", b"\xff"),
    *(
        "\u202e\u2028\ufeff".encode(),
        "\u0130\u0131\u017f\u212a".encode(),
        b"\xed\xa0\x80",
        b"'",
        b'"',
        b"\\",
        b",",
        b";",
        b":",
        b"&a *a",
    ),
    *(
        b"../../etc/passwd",
        b"-r /dev/zero",
        b"!!python/object:os.system",
        b"=cmd|' /C calc'!A0",
        b"a" * 3000,
        b" " * 3000,
    ),
    *(b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"2026-02-30", b"2026-01-01T25:00:00Z", b"1e400"),
    *(
        b"Fri, 20 Nov 99999999999 12:00:10 GMT",
        b"Fri, 20 Nov 2026 12:00:10 +99999999999999",
        b"Mon, 32 Foo 2026 99:99:99",
    ),
    *(
        b"http://[::1",
        b"http://a:b@c:99999999/",
        b"https://\xff\xfe/",
        b"javascript:alert(1)",
        b"pkg:pypi/%00@%ff?a=b&c",
    ),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(), max_size=20),  # lone surrogates among them
    st.sampled_from([10**400, "", "\x00", "\x1b[2J", "\ud800", "a" * 3000, "0001-01-01T00:00:00+23:59", "9999-12-31"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def torn(draw, seed: bytes) -> bytes:
    """A valid document with some of its bytes cut, doubled, or replaced by hostile ones."""
    content = seed
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        piece = draw(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=4), st.just(content[start:end] * 2)))
        content = content[:start] + piece + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 9)) == 0 else content


def _places(value: object, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in _places(one, (*path, key)))]


def _replaced(value, path: tuple, new: object):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def rewritten(draw, seed: bytes) -> bytes:
    """A JSON document in which some values are others."""
    document = json.loads(seed)
    for _ in range(draw(st.integers(1, 3))):
        document = _replaced(document, draw(st.sampled_from(_places(document))), draw(VALUES))
    return json.dumps(document).encode()


def _is_json(seed: bytes) -> bool:
    return seed[:1] == b"{"


def documents(parser: Parser) -> st.SearchStrategy[bytes]:
    """What is thrown at a parser."""
    kinds = [st.binary(max_size=200), st.sampled_from(HOSTILE)]
    kinds += [torn(seed) for seed in parser.seeds for _ in range(4)]
    kinds += [rewritten(seed) for seed in parser.seeds if _is_json(seed) for _ in range(4)]
    return st.one_of(kinds)


def hold(parser: Parser, content: bytes, seconds: float = SECONDS_A_DOCUMENT) -> bool:
    """The law; says whether the content was taken."""
    started = time.process_time()
    with TemporaryDirectory() as folder:
        try:
            parser.read(content, Path(folder))
        except parser.refuses_with as error:
            said = str(error)
            assert said.strip()
            assert "\n" not in said
            assert "\r" not in said
            assert "\x1b" not in said
            assert len(said) < 2000
            return False
        finally:
            assert time.process_time() - started < seconds
    return True


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_any_bytes_are_taken_or_refused_in_one_line(parser: Parser) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not IS_LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(parser))
    def fuzz(content: bytes) -> None:
        hold(parser, content)

    fuzz()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_extreme_documents_are_taken_or_refused_in_one_line(parser: Parser) -> None:
    for seed in parser.seeds:
        middle = len(seed) // 2
        for content in HOSTILE:
            hold(parser, content)
            hold(parser, seed[:middle] + content + seed[middle:])


LONG_UNITS = {"letters": b"a", "blanks": b" ", "brackets": b"[", "signs": b"-", "nuls": b"\x00", "lines": b"a\n"}


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@pytest.mark.parametrize("unit", LONG_UNITS if IS_LONG else ["signs"])
def test_long_documents_are_read_or_refused_in_time(parser: Parser, unit: str) -> None:
    content = LONG_UNITS[unit] * (LONG_BYTES // len(LONG_UNITS[unit]))
    hold(parser, content, SECONDS_A_LONG_DOCUMENT)
    for seed in filter(_is_json, parser.seeds):
        document = json.loads(seed)
        place = next(path for path in _places(document) if isinstance(_at(document, path), str))
        hold(parser, json.dumps(_replaced(document, place, content.decode())).encode(), SECONDS_A_LONG_DOCUMENT)


def _at(value, path: tuple):
    for step in path:
        value = value[step]
    return value


def test_every_way_in_is_fuzzed() -> None:
    """A module that is added to the sources or to the formats of the audit is registered here, or says why not."""
    root = Path(pipeline.__file__).parent
    paths = [*root.glob("sources/**/*.py"), *root.glob("audit/inputs/*.py")]
    modules = {".".join(path.relative_to(root).with_suffix("").parts) for path in paths if path.stem != "__init__"}
    ours = {module for module in modules if not module.startswith("sources.simulated.")}
    fuzzed = {parser.module for parser in PARSERS}
    assert ours - fuzzed == PASSED_ON.keys()
    assert not fuzzed & PASSED_ON.keys()


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_what_is_mutated_is_valid(parser: Parser) -> None:
    takes = [hold(parser, seed) for seed in parser.seeds]
    assert any(takes) or parser.name in NAMES_OTHER_FILES


NAMES_OTHER_FILES = {"clickhouse", "landing", "report", "bigquery/record", "bigquery/rows", "audit/requirements_txt"}
"""Documents that name files which are not there, or that are one of two that belong together."""
