"""Requirements, versions, and the lists of dependencies that are audited."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path

import pyarrow as pa
from parser_of import INDEX, Parser, file_reader

from pipeline.audit.dependencies import Indexes
from pipeline.audit.inputs import FORMATS, read_dependencies
from pipeline.audit.inputs.environment import read_environment
from pipeline.computed.requirements import parse_requirements
from pipeline.computed.versions import order_versions

LISTS = Path(__file__).parent.parent / "audit" / "lists"


def _texts(content: bytes) -> list[str]:
    """Lines, as they come out of a Parquet file: any Unicode but lone surrogates."""
    return content.decode("utf-8", "replace").split("\n")


def _requirements(content: bytes, _: Path) -> object:
    return parse_requirements(pa.table({"requirement": pa.array(_texts(content), pa.string())}))


def _versions(content: bytes, _: Path) -> object:
    return order_versions(pa.table({"version": pa.array(dict.fromkeys(_texts(content)), pa.string())}))


class _Installed(Distribution):
    """A distribution whose metadata are a stranger's."""

    def __init__(self, content: bytes) -> None:
        self._text = content.decode("utf-8", "replace")

    def read_text(self, filename: str) -> str | None:
        return self._text if filename in {"METADATA", "direct_url.json"} else None

    def locate_file(self, path: str) -> Path:
        return Path(path)


def _audit(name: str) -> Callable[[bytes, Path], object]:
    return file_reader("list.txt", lambda path: read_dependencies(path, Indexes(INDEX), name))


EXAMPLES = {
    "requirements_txt": "requirements.txt",
    "pylock": "pylock.toml",
    "uv_lock": "uv.lock",
    "poetry_lock": "poetry.lock",
    "pdm_lock": "pdm.lock",
    "pipfile_lock": "Pipfile.lock",
    "cyclonedx": "bom.cdx.json",
    "spdx": "app.spdx.json",
    "spdx3": "app.spdx3.json",
}


AUDITED = tuple(
    Parser(f"audit/{name}", f"audit.inputs.{name}", _audit(name), ((LISTS / EXAMPLES[name]).read_bytes(),))
    for name in FORMATS
)


PARSERS = (
    Parser(
        "requirements",
        "computed.requirements",
        _requirements,
        (b"tiny-lib[a,b]>=0.1; python_version < '3.9' and extra == 'x'\nx @ https://example.org/x.whl",),
        (),
    ),
    Parser("versions", "computed.versions", _versions, (b"1.0\n1!2.0rc1.post2.dev3+local.4",), ()),
    *AUDITED,
    Parser(
        "audit/environment",
        "audit.inputs.environment",
        lambda content, _: read_environment(Indexes(INDEX), [_Installed(content)]),
        (
            b"Metadata-Version: 2.1\nName: webby\nVersion: 1.0\nRequires-Dist: tiny-lib>=0.1; extra == 'a'\n\n",
            b'{"url": "https://example.org/x", "vcs_info": {"vcs": "git"}}',
        ),
        (),
    ),
)
