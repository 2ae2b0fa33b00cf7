"""The whole collection against a server on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from index_server import IndexServer

from pipeline.errors import SourceError, UsageError
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.interface import TableNotes
from pipeline.sources.pypi import Manners, PypiSource, Selection, top_projects

FIRST_DAY = datetime(2025, 1, 1, 8, 30, 15, 250_000, tzinfo=UTC)


def two_projects(small):
    small.project("alpha", roles=[("ann", "Owner"), ("ben", "Maintainer")], organization="acme")
    small.file("alpha", "1.0", day=0)
    small.file("alpha", "1.1", day=10, provenance=True)
    small.file("alpha", "1.1", day=10, filename="alpha-1.1-py3-none-any.whl", kind="bdist_wheel", provenance=True)
    small.file("alpha", "2.0", day=40, provenance=True)
    small.publisher("alpha", "1.1", "alpha-1.1-py3-none-any.whl", "GitHub", "old/alpha", "release.yml", "pypi")
    small.publisher("alpha", "2.0", "alpha-2.0.tar.gz", "GitLab", "new/alpha", "ci/release.yml")
    small.rows["requirements"] += [("alpha", "2.0", "beta>=1"), ("alpha", "2.0", 'gamma; extra == "x"')]
    small.rows["project_urls"].append(("alpha", "Source", "https://example.org/alpha"))
    small.project("beta", status="archived").file("beta", "0.1")
    return small.tables()


def test_one_project_is_seen_whole_with_two_pages_and_its_two_publishers(small, collect):
    tables = two_projects(small)
    with IndexServer(tables) as server:
        collected = collect(server, tables)
        assert len(server.asked) == 2 + 2 + 2
    observed = {row["project_name"]: row for row in collected["observations"]}
    assert observed["alpha"] == {
        "project_name": "alpha",
        "observed_at": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "api_version": "1.4",
        "status": None,
        "roles_observed": True,
        "organization": "acme",
        "failure": None,
    }
    assert observed["beta"]["status"] == "archived"
    assert collected["files"] == tables["files"].to_pylist()
    assert collected["roles"] == tables["roles"].to_pylist()
    assert collected["requirements"] == tables["requirements"].to_pylist()
    assert collected["project_urls"] == tables["project_urls"].to_pylist()
    assert collected["index"] == tables["index"].to_pylist()
    assert collected["publishers"] == [
        {
            "project_name": "alpha",
            "version": "1.1",
            "filename": "alpha-1.1-py3-none-any.whl",
            "uploaded_at": FIRST_DAY + timedelta(days=10),
            "publisher_kind": "GitHub",
            "publisher_repository": "old/alpha",
            "publisher_workflow": "release.yml",
            "publisher_environment": "pypi",
        },
        {
            "project_name": "alpha",
            "version": "2.0",
            "filename": "alpha-2.0.tar.gz",
            "uploaded_at": FIRST_DAY + timedelta(days=40),
            "publisher_kind": "GitLab",
            "publisher_repository": "new/alpha",
            "publisher_workflow": "ci/release.yml",
            "publisher_environment": None,
        },
    ]


def test_an_index_below_1_3_observes_no_provenance_and_says_so(small, collect):
    small.project("alpha", api_version="1.1").file("alpha", "1.0", provenance=True)
    tables = small.tables()
    with IndexServer(tables) as server:
        collected = collect(server, tables)
        assert len(server.asked) == 2
    assert collected["files"][0]["has_provenance"] is None
    assert collected["observations"][0]["api_version"] == "1.1"
    assert "below version 1.3" in collect.source.notes()["files"].note


def test_roles_are_observed_only_where_the_page_carries_ownership(small, collect):
    small.project("alpha", roles_observed=False).file("alpha", "1.0")
    small.project("empty").file("empty", "1.0")
    tables = small.tables()
    with IndexServer(tables) as server:
        collected = collect(server, tables)
    assert [row["roles_observed"] for row in collected["observations"]] == [False, True]
    assert collected["roles"] == []


def test_a_kind_of_publisher_that_nobody_knew_is_kept_by_its_name(small, collect):
    small.project("alpha").file("alpha", "1.0", provenance=True)
    small.publisher("alpha", "1.0", "alpha-1.0.tar.gz", "Forge of 2031", "somewhere/alpha")
    tables = small.tables()
    with IndexServer(tables) as server:
        collected = collect(server, tables)
    assert collected["publishers"][0]["publisher_kind"] == "Forge of 2031"
    assert collected["publishers"][0]["publisher_repository"] == "somewhere/alpha"


def test_requirements_are_those_of_the_newest_stable_release(small, collect):
    small.project("alpha").file("alpha", "1.0").file("alpha", "2.0rc1", day=1).file("alpha", "1.5", day=2, yanked=True)
    small.rows["requirements"] += [("alpha", "1.0", "right"), ("alpha", "2.0rc1", "wrong"), ("alpha", "1.5", "wrong")]
    small.project("onlypre").file("onlypre", "1.0a1").file("onlypre", "1.0b1", day=1)
    small.rows["requirements"].append(("onlypre", "1.0b1", "newest-of-any-kind"))
    tables = small.tables()
    with IndexServer(tables) as server:
        collected = collect(server, tables)
        assert len(server.asked) == 4
    assert [row["requirement"] for row in collected["requirements"]] == ["right", "newest-of-any-kind"]


def test_one_more_call_where_the_index_describes_another_version(small, collect):
    small.project("alpha").file("alpha", "1.0").file("alpha", "1.1", day=1)
    small.rows["requirements"] += [("alpha", "1.0", "old"), ("alpha", "1.1", "new")]
    tables = small.tables()
    with IndexServer(tables) as server:
        server.index._latest = lambda files: "1.0"
        collected = collect(server, tables)
        assert sorted(asked.path for asked in server.asked) == [
            "/pypi/alpha/1.1/json",
            "/pypi/alpha/json",
            "/simple/alpha/",
        ]
    assert collected["requirements"] == [{"project_name": "alpha", "version": "1.1", "requirement": "new"}]


def test_a_quarantined_project_keeps_its_marker_and_a_vanished_one_its_reason_and_neither_counts(small, collect):
    small.project("held", status="quarantined")
    small.project("fine").file("fine", "1.0")
    tables = small.tables()
    with IndexServer(tables) as server:
        known = tables | {"index": _with(tables["index"], "gone")}
        collected = collect(server, known, share=0.0)
    observed = {row["project_name"]: row for row in collected["observations"]}
    assert (observed["held"]["status"], observed["held"]["failure"]) == ("quarantined", None)
    assert not observed["held"]["roles_observed"]
    assert observed["gone"]["failure"] == "Simple API: HTTP 404"
    assert observed["fine"]["failure"] is None


def _with(index, name):
    rows = [*index.to_pylist(), {"project_name": name, "newest_release_month": None, "download_rank": 99}]
    return index.from_pylist(rows, schema=index.schema)


def test_hostile_names_and_addresses_stay_text(small, collect):
    evil = "=cmd|' /C calc'!A0\x1b]0;x\x07<script>"
    small.project("alpha", roles=[(evil, "Owner")], organization=evil, status=evil)
    small.file("alpha", "1.0", filename="../../../etc/passwd").file("alpha", "1.1", provenance=True, day=1)
    small.publisher("alpha", "1.1", "alpha-1.1.tar.gz", evil, evil, evil, evil)
    small.rows["project_urls"].append(("alpha", evil, "javascript:alert(1)"))
    small.rows["requirements"].append(("alpha", "1.1", evil))
    tables = small.tables()
    with IndexServer(tables) as server:
        collected = collect(server, tables, share=0.0)
    assert collected["files"] == tables["files"].to_pylist()
    assert collected["publishers"][0]["publisher_kind"] == evil
    assert collected["roles"][0]["account"] == evil
    assert collected["project_urls"] == tables["project_urls"].to_pylist()


def test_a_provenance_address_on_another_host_is_never_asked_and_does_not_count(small, collect):
    small.project("alpha").file("alpha", "1.0", provenance=True)
    tables = small.tables()
    with IndexServer(tables) as server, IndexServer(tables) as other:
        page = server.index.page
        server.index.page = lambda path, _: page(path, other.base)
        collected = collect(server, tables, share=0.0)
        assert other.asked == []
    assert collected["publishers"] == []
    assert "another host" in collected["observations"][0]["failure"]
    assert collected["files"][0]["has_provenance"] is True


def test_files_whose_version_no_page_tells_are_left_out_and_counted(small, collect):
    small.project("alpha").file("alpha", "1.0").file("alpha", "1.1", filename="what is this.bin")
    tables = small.tables()
    with IndexServer(tables) as server:
        server.index._json = lambda project, version: None
        collected = collect(server, tables, share=0.0)
    assert [row["filename"] for row in collected["files"]] == ["alpha-1.0.tar.gz"]
    assert collected["observations"][0]["failure"] == "JSON API: HTTP 404"
    assert "1 files without a version or a possible upload time" in collect.source.notes()["files"].note


def test_notes_and_description_cover_the_contract(small, collect, tmp_path):
    tables = two_projects(small)
    counts = LANDING_TABLES["download_totals"].empty_table()
    known = {"downloads": counts, "downloads_notes": TableNotes(is_observed=True, note="A list of a month.")}
    with IndexServer(tables) as server:
        collect(server, tables, inputs=(tmp_path / "list.csv",), **known)
        source = collect.source
    notes = source.notes()
    assert tuple(notes) == OBSERVED_TABLES
    assert not notes["downloads_daily"].is_observed
    assert notes["download_totals"].note == "A list of a month."
    description = source.describe()
    assert (description.source, description.period, description.inputs) == ("pypi", "2026-11", (tmp_path / "list.csv",))
    assert description.parameters["projects"] == "2"
    assert server.simple == description.parameters["index"]


def test_top_projects_are_those_with_the_lowest_ranks(small):
    for name in ("c", "a", "b"):
        small.project(name)
    index = small.tables()["index"]
    unranked = {"project_name": "z", "newest_release_month": None, "download_rank": None}
    index = index.from_pylist([unranked, *index.to_pylist()[::-1]], schema=index.schema)
    assert top_projects(index, 2) == ["c", "a"]
    assert top_projects(index, 10) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("manners", "words"),
    [
        ({"contact": " "}, "contact"),
        ({"contact": "a\nb"}, "contact"),
        ({"contact": "a@b.c", "concurrency": 0}, "concurrency"),
        ({"contact": "a@b.c", "max_failure_share": 1.5}, "share"),
    ],
)
def test_manners_that_cannot_be_meant_are_refused(small, tmp_path, manners, words):
    with pytest.raises(UsageError, match=words):
        PypiSource(_nothing(small), Manners(**manners), kept_answers=tmp_path / "a", now=datetime.now, console=None)


@pytest.mark.parametrize(
    "address",
    ["http://example.org/simple/", "https://me:secret@example.org/simple/", "file:///etc/passwd", "https://", "x y"],
)
def test_an_index_that_is_neither_https_nor_here_is_refused_before_anything_is_asked(small, tmp_path, address):
    with pytest.raises(SourceError, match="index address"):
        PypiSource(
            _nothing(small), Manners("a@b.c", address), kept_answers=tmp_path / "a", now=datetime.now, console=None
        )


def test_a_name_that_no_project_can_have_is_refused_before_anything_is_asked(small, tmp_path):
    selection = Selection(["../evil"], small.tables()["index"])
    with pytest.raises(SourceError, match="no project name"):
        PypiSource(selection, Manners("a@b.c"), kept_answers=tmp_path / "a", now=datetime.now, console=None)


def _nothing(small):
    return Selection([], small.tables()["index"])
