"""Which release is the newest, which attested ones are asked for, and what files the two pages of a project give."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.pypi.formats import JSON, SIMPLE
from pipeline.sources.pypi.releases import (
    ListedFile,
    attested_ends,
    is_same_version,
    list_files,
    newest_release,
    order_of,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def file(version, day=0, *, name=None, yanked=False, provenance=False):
    address = f"https://example.org/{version}" if provenance else None
    moment = START + timedelta(days=day)
    return ListedFile(version, name or f"p-{version}.tar.gz", "sdist", moment, 1, yanked, provenance, address, None)


@pytest.mark.parametrize(
    ("files", "newest"),
    [
        ([file("1.0"), file("1.10"), file("1.9")], "1.10"),
        ([file("1.0"), file("2.0rc1"), file("2.0.dev3")], "1.0"),
        ([file("1.0"), file("1.0.post1")], "1.0.post1"),
        ([file("1.0"), file("1!0.1")], "1!0.1"),
        ([file("1.0"), file("1.1", yanked=True)], "1.0"),
        ([file("1.0"), file("1.1", yanked=True), file("1.1", name="other")], "1.1"),
        ([file("1.0a1"), file("1.0b1"), file("0.9", yanked=True)], "1.0b1"),
        ([file("0.8", yanked=True), file("0.9", yanked=True), file("2004d", day=9)], "0.9"),
        ([file("2004d", day=3), file("2003z", day=5)], "2003z"),
        ([file("1." + "9" * 5000), file("0.1")], "0.1"),
        ([], None),
    ],
)
def test_newest_release(files, newest):
    random.Random(7).shuffle(files)
    assert newest_release(files) == newest


def test_first_by_upload_and_newest_by_version_even_where_an_old_branch_was_attested_last():
    files = [
        file("1.0", day=0),
        file("2.0", day=10, provenance=True),
        file("2.1", day=20, name="b.tar.gz", provenance=True),
        file("2.1", day=20, name="a.whl", provenance=True),
        file("2.1", day=19, name="c.tar.gz"),
        file("1.1", day=30, provenance=True),
    ]
    assert [each.filename for each in attested_ends(files)] == ["p-2.0.tar.gz", "a.whl"]


def test_one_file_where_the_first_attested_release_is_the_newest():
    assert [each.version for each in attested_ends([file("1.0"), file("1.1", provenance=True)])] == ["1.1"]
    assert attested_ends([file("1.0")]) == []


@given(st.text(max_size=20), st.text(max_size=20))
def test_versions_of_any_text_have_an_order(one, other):
    assert (order_of(one) < order_of(other)) + (order_of(other) < order_of(one)) + is_same_version(one, other) == 1


def test_spellings_of_one_version_are_the_same():
    assert is_same_version("1.0", "v1.0.0")
    assert not is_same_version("1.0", "1.0.post1")


SIMPLE_PAGE = b"""{"meta": {"api-version": "1.4", "_last-serial": 5, "new-field": 1}, "name": "p-q", "versions": [],
  "project-status": {"status": "of 2031", "reason": "because"}, "alternate-locations": [], "files": [
  {"filename": "p_q-1.0.tar.gz", "url": "x", "hashes": {"sha256": "aa"}, "upload-time": "2025-03-04T05:06:07.080900Z",
   "size": 12, "yanked": "broken", "provenance": "https://example.org/p"},
  {"filename": "p_q-1.0-py3-none-any.whl", "url": "x", "hashes": {"sha256": "bb"},
   "upload-time": "2025-03-04T05:06:07", "size": 13, "yanked": false, "provenance": null},
  {"filename": "p.q-0.1.linux-x86_64.tar.gz", "url": "x", "hashes": {}},
  {"filename": "p_q-0.2-py2.7.egg", "url": "x", "hashes": {}, "upload-time": "2010-01-02T00:00:00+02:00"}]}"""
JSON_PAGE = b"""{"info": {"version": "1.0", "requires_dist": null, "project_urls": null}, "releases": {"0.1-final":
  [{"filename": "p.q-0.1.linux-x86_64.tar.gz", "packagetype": "bdist_dumb",
    "upload_time_iso_8601": "2009-01-01T00:00:00Z"}]}}"""


def test_the_two_pages_together_tell_version_kind_and_time():
    files, left_out = list_files(SIMPLE.read(SIMPLE_PAGE), JSON.read(JSON_PAGE), START)
    assert left_out == 0
    assert [(each.version, each.packagetype, each.uploaded_at.isoformat()) for each in files] == [
        ("1.0", "sdist", "2025-03-04T05:06:07.080900+00:00"),
        ("1.0", "bdist_wheel", "2025-03-04T05:06:07+00:00"),
        ("0.1-final", "bdist_dumb", "2009-01-01T00:00:00+00:00"),
        ("0.2", "bdist_egg", "2010-01-01T22:00:00+00:00"),
    ]
    assert [each.is_yanked for each in files] == [True, False, False, False]
    assert [each.has_provenance for each in files] == [True, False, False, False]
    assert [each.sha256 for each in files] == ["aa", "bb", None, None]


def test_without_the_json_page_a_file_without_a_time_is_left_out():
    files, left_out = list_files(SIMPLE.read(SIMPLE_PAGE), None, START)
    assert [each.version for each in files] == ["1.0", "1.0", "0.2"]
    assert left_out == 1


@pytest.mark.parametrize(
    ("moment", "is_possible"),
    [
        ("2026-01-01T23:59:59Z", True),  # a clock a day ahead
        ("2026-01-02T00:00:00Z", False),
        ("9999-12-31T23:59:59Z", False),
        ("1991-02-20T00:00:00Z", False),
        ("0001-01-01T00:00:00Z", False),
        ("2005-03-01T00:00:00Z", True),
    ],
)
def test_a_file_uploaded_when_nobody_could_is_left_out(moment, is_possible):
    page = SIMPLE_PAGE.replace(b"2010-01-02T00:00:00+02:00", moment.encode())
    files, left_out = list_files(SIMPLE.read(page), JSON.read(JSON_PAGE), START)
    assert ("0.2" in [each.version for each in files]) is is_possible
    assert left_out == (not is_possible)


def test_what_is_kept_of_a_page_reads_back_the_same_and_without_checksums_nobody_compares():
    page = SIMPLE.read(SIMPLE_PAGE)
    kept = SIMPLE.kept(page, SIMPLE_PAGE)
    assert SIMPLE.read(kept) == page.slim()
    assert b"bb" not in kept
    assert len(kept) < len(SIMPLE_PAGE)
    assert JSON.read(JSON.kept(JSON.read(JSON_PAGE), JSON_PAGE)) == JSON.read(JSON_PAGE)
