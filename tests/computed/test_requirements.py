"""PEP 508: what applies is worked out by hand; the library is the law of the property tests."""

import platform

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipeline.computed.requirements import MAXIMUM_CHARACTERS, STATED_ENVIRONMENT, parse_requirements


def parsed(*texts, **options):
    return parse_requirements(pa.table({"requirement": pa.array(texts, pa.string())}), **options).to_pylist()


def row(text, **options):
    (found,) = parsed(text, **options)
    return found


def conditions(text):
    found = row(text)
    return found["applies"], found["applies_with_extra"], found["extra"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("requests", "requests"),
        ("  Typing_Extensions >= 4.1", "typing-extensions"),
        ("zope.interface[test,docs]~=5.0", "zope-interface"),
        ("a--b__c", "a-b-c"),
        ("legacy (>=1.0,<2)", "legacy"),
        ("pip @ https://example.org/pip-1.3.1.zip ; python_version >= '3'", "pip"),
    ],
)
def test_the_required_name_is_normalised_and_all_forms_of_pep_508_are_read(text, name):
    found = row(text)

    assert found == {
        "requirement": text,
        "required_name": name,
        "is_valid": True,
        "extra": None,
        "applies": True,
        "applies_with_extra": False,
    }


@pytest.mark.parametrize(
    ("marker", "applies"),
    [
        ("python_version >= '3.13'", True),
        ("python_version < '3.9'", False),
        ("python_full_version < '3.13.1'", True),
        ("sys_platform == 'win32'", False),
        ("os_name == 'posix' and platform_machine == 'x86_64'", True),
        ("platform_system == 'Darwin' or implementation_name == 'cpython'", True),
        ("platform_python_implementation == 'PyPy'", False),
    ],
)
def test_markers_are_evaluated_for_the_stated_environment(marker, applies):
    assert conditions(f"x; {marker}") == (applies, False, None)


def test_the_machine_that_runs_has_no_part_in_the_result(monkeypatch):
    monkeypatch.setattr(platform, "release", lambda: "unheard-of")

    assert conditions("x; platform_release == 'unheard-of'") == (False, False, None)
    assert conditions("x; platform_version == ''") == (True, False, None)


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("extra == 'dev'", (False, True, "dev")),
        ("'dev' == extra", (False, True, "dev")),
        ("extra == 'Dev_Tools'", (False, True, "dev-tools")),
        ("extra == 'b' or (extra == 'a' and python_version > '3')", (False, True, "a,b")),
        ("extra == 'dev' and python_version < '3'", (False, False, None)),
        ("extra == 'dev' or python_version > '3'", (True, False, None)),
        ("extra == 'a' and extra == 'b'", (False, False, None)),
        ("extra != 'slim'", (True, False, None)),
        ("extra == 'a,b'", (False, False, None)),
    ],
)
def test_extras_are_told_apart_from_what_is_always_wanted(marker, expected):
    assert conditions(f"x; {marker}") == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-e git+https://example.org/x",
        "x>=1.0.*",
        "x; 'a'",
        "x; python_version => '3'",
        "x y",
        "é>=1",
        "x_",
        "x'); drop table files;--",
        "x; " + "(" * 3_000 + "extra == 'a'" + ")" * 3_000,
        "x" * (MAXIMUM_CHARACTERS + 1),
        None,
    ],
)
def test_text_that_is_no_requirement_is_invalid_and_everything_else_unknown(text):
    assert row(text) == {
        "requirement": text,
        "required_name": None,
        "is_valid": False,
        "extra": None,
        "applies": None,
        "applies_with_extra": None,
    }


@pytest.mark.parametrize(
    "marker",
    ["'a' == 'b'", "'dev' in extras", "sys_platform ~= 'linux'", f"python_version >= '{'9' * 5_000}'"],
)
def test_a_marker_that_cannot_be_evaluated_leaves_the_condition_unknown_but_keeps_the_name(marker):
    found = row(f"x; {marker}")

    assert (found["is_valid"], found["required_name"]) == (True, "x")
    assert (found["applies"], found["applies_with_extra"], found["extra"]) == (None, None, None)


def test_another_environment_can_be_stated():
    windows = {**STATED_ENVIRONMENT, "sys_platform": "win32", "os_name": "nt"}

    assert row("x; sys_platform == 'win32'", environment=windows)["applies"] is True


def test_requirements_with_the_same_rest_keep_their_own_names():
    found = parsed("b>=1; extra == 'e'", "a>=1; extra == 'e'", "1b>=1; extra == 'e'")

    assert [each["required_name"] for each in found] == ["b", "a", "1b"]
    assert {each["extra"] for each in found} == {"e"}


words = (
    """a Zope 1 . _ - [ ] extra , ( ) >= == 2.0 .* @ https://e.org ; python_version < '3' "x" and or in not é =1+1"""
)
pieces = st.sampled_from([*words.split(), " ", "\t", "\n"])


@given(st.lists(pieces, max_size=14).map("".join))
def test_validity_and_name_agree_with_the_library(text):
    found = row(text)

    try:
        name = Requirement(text).name
    except InvalidRequirement:
        assert not found["is_valid"]
    else:
        # The library also lets a name end in an underscore, which PEP 508 does not.
        assert found["required_name"] == (None if name.endswith("_") else canonicalize_name(name))


atoms = st.sampled_from(
    ["extra == 'a'", "extra == 'b'", "extra != 'a'", "python_version > '3'", "os_name == 'nt'", "'c' == extra"]
)
markers = st.recursive(
    atoms, lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map("({0[0]} {0[1]} {0[2]})".format)
)


@given(markers)
def test_extras_agree_with_trying_every_single_extra(marker):
    evaluate = Requirement(f"x; {marker}").marker.evaluate
    without = evaluate(dict(STATED_ENVIRONMENT))
    expected = [] if without else [extra for extra in "abc" if evaluate({**STATED_ENVIRONMENT, "extra": extra})]

    assert conditions(f"x; {marker}") == (without, bool(expected), ",".join(expected) or None)
