"""Documents that are not what they should be are refused in one printable line; nothing else comes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import INTEGRITY, JSON, SIMPLE
from pipeline.sources.web import WebError

PAGE = {"meta": {"api-version": "1.3"}, "name": "p", "files": []}
FILE = {"filename": "p-1.tar.gz", "upload-time": "2025-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ({}, "at meta"),
        (PAGE | {"meta": {"api-version": "one"}}, "at meta.api-version"),
        (PAGE | {"meta": {"api-version": "2.0"}}, "version 2.0 of the Simple API"),
        (PAGE | {"files": [FILE | {"size": -1}]}, "at files.0.size"),
        (PAGE | {"files": [FILE | {"size": 2**63}]}, "at files.0.size"),
        (PAGE | {"files": [FILE | {"upload-time": "yesterday"}]}, "at files.0.upload-time"),
        (PAGE | {"files": [FILE | {"upload-time": "0001-01-01T00:00:00+10:00"}]}, "at files.0.upload-time"),
        (PAGE | {"files": [FILE | {"yanked": 1}]}, "at files.0.yanked"),
        (PAGE | {"files": {"\x1b[2J": 1}}, "at files"),
    ],
)
def test_a_page_that_is_not_in_the_documented_form_says_where(page, place):
    with pytest.raises(WebError) as caught:
        SIMPLE.read(json.dumps(page).encode())
    assert place in caught.value.reason
    assert caught.value.reason.isprintable()


def test_text_that_is_no_unicode_is_refused():
    with pytest.raises(WebError):
        SIMPLE.read(rb'{"meta": {"api-version": "1.3"}, "name": "\ud800", "files": []}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=10,
)


@given(json_values | st.fixed_dictionaries({"meta": json_values, "files": json_values, "info": json_values}))
def test_any_json_gives_a_page_or_one_line(value):
    for kind in (SIMPLE, JSON, INTEGRITY):
        with pytest.raises(WebError) as caught:
            kind.read(json.dumps(value).encode())
        assert caught.value.reason.isprintable()


def test_addresses_of_an_index_and_hostile_versions_in_them():
    index = Endpoints.of("https://example.org/root/simple")
    assert index.simple_page("flask") == "https://example.org/root/simple/flask/"
    assert index.json_page("flask") == "https://example.org/root/pypi/flask/json"
    assert (
        index.json_page("flask", "1/../../x?y#z") == "https://example.org/root/pypi/flask/1%2F..%2F..%2Fx%3Fy%23z/json"
    )
    assert Endpoints.of(None).simple.startswith("https://")


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("https://example.org/integrity/x", True),
        ("https://example.org:444/x", False),
        ("http://example.org/x", False),
        ("https://example.org.evil.net/x", False),
        ("//example.org/x", False),
        ("https://[/x", False),
        ("", False),
    ],
)
def test_only_addresses_on_the_same_host_are_followed(address, is_own):
    assert Endpoints.of("https://example.org/simple/").is_own(address) is is_own
