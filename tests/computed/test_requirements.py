"""PEP 508: what applies is worked out by hand; the library is the law of the property tests."""

import platform

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipeline.computed.requirements import MAXIMUM_CHARACTERS, STATED_ENVIRONMENT, parse_requirements


def parsed(*texts):
    return parse_requirements(pa.table({"requirement": pa.array(texts, pa.string())})).to_pylist()


def row(text):
    (found,) = parsed(text)
    return found


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
        "applies": True,
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
    assert row(f"x; {marker}")["applies"] is applies


def test_the_machine_that_runs_has_no_part_in_the_result(monkeypatch):
    monkeypatch.setattr(platform, "release", lambda: "unheard-of")

    assert row("x; platform_release == 'unheard-of'")["applies"] is False
    assert row("x; platform_version == ''")["applies"] is True


@pytest.mark.parametrize(
    ("marker", "applies"),
    [
        ("extra == 'dev'", False),
        ("'dev' == extra", False),
        ("extra == 'dev' or python_version > '3'", True),
        ("extra != 'slim'", True),
    ],
)
def test_no_extra_is_asked_for(marker, applies):
    assert row(f"x; {marker}")["applies"] is applies


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
        "applies": None,
    }


@pytest.mark.parametrize(
    "marker",
    ["'a' == 'b'", "'dev' in extras", "sys_platform ~= 'linux'", f"python_version >= '{'9' * 5_000}'"],
)
def test_a_marker_that_cannot_be_evaluated_leaves_the_condition_unknown_but_keeps_the_name(marker):
    found = row(f"x; {marker}")

    assert (found["is_valid"], found["required_name"], found["applies"]) == (True, "x", None)


def test_requirements_with_the_same_rest_keep_their_own_names():
    found = parsed("b>=1; extra == 'e'", "a>=1; extra == 'e'", "1b>=1; extra == 'e'")

    assert [each["required_name"] for each in found] == ["b", "a", "1b"]
    assert {each["applies"] for each in found} == {False}


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
def test_what_applies_agrees_with_the_library(marker):
    assert row(f"x; {marker}")["applies"] is Requirement(f"x; {marker}").marker.evaluate(dict(STATED_ENVIRONMENT))
