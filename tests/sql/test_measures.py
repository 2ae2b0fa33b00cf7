"""Every measure over six projects of which each differs from the others, counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

Rows = dict[str, list[dict[str, Any]]]
MEASURES = {
    # attested, partly and plain 2025; of `unseen` nothing is known.
    "evidence_shown": (3, 5, 6),
    # and announced.
    "evidence_shown_or_announced": (4, 5, 6),
    "evidence_announced": (1, 5, 6),
    "evidence_none": (1, 5, 6),
    "publishing_attested": (1, 5, 6),
    "publishing_partly_attested": (1, 5, 6),
    "publishing_not_attested": (1, 5, 6),
    "publishing_predates_attestations": (2, 5, 6),
    "attested": (2, 5, 6),
    # plain lies on another host, announced and old are from before; of `unseen` it is not known.
    "attested_of_opportunity": (2, 2, 3),
    # Those that ever were attested, and `unseen`.
    "regressed": (0, 2, 3),
    "repository_changed": (0, 0, 3),
    # Not old, which an organization owns; announced has two owners.
    "single_owner": (3, 4, 5),
    "organization": (1, 5, 6),
}
"""Projects for which it holds, of which it was observed, of which it can be asked."""


def six_projects() -> Rows:
    seen = ["attested", "partly", "plain", "announced", "old"]
    uploads = [
        ("attested", "a.whl", datetime(2025, 1, 1, tzinfo=UTC), True),
        ("partly", "a.whl", datetime(2025, 1, 1, tzinfo=UTC), True),
        ("partly", "a.tar.gz", datetime(2025, 1, 2, tzinfo=UTC), False),
        ("plain", "a.whl", datetime(2025, 1, 1, tzinfo=UTC), False),
        ("announced", "a.whl", datetime(2024, 3, 1, tzinfo=UTC), False),
        ("old", "a.whl", datetime(2020, 1, 1, tzinfo=UTC), False),
    ]
    owners = [*((name, "ann") for name in seen if name != "old"), ("announced", "ben")]
    return {
        "index": [{"project_name": name} for name in [*seen, "unseen"]],
        "observations": [{"project_name": name, "organization": "org" if name == "old" else None} for name in seen],
        "files": [
            {"project_name": name, "version": "1", "filename": file, "uploaded_at": at, "has_provenance": has}
            for name, file, at, has in uploads
        ],
        "roles": [{"project_name": name, "account": account, "role": "Owner"} for name, account in owners],
        "project_urls": [
            {"project_name": name, "label": "Source", "url": f"https://{host}/a/{name}"}
            for name in seen
            for host in ["codeberg.org" if name == "plain" else "github.com"]
        ],
    }


def test_each_measure_counts_what_its_name_says(make_warehouse) -> None:
    rows = six_projects()
    connection = make_warehouse(rows, "signals.measure_counts")
    counted = "coalesce(sum(numerator), 0)::integer, sum(denominator)::integer, sum(total)::integer"
    query = f"select measure, {counted} from signals.measure_counts where unit = 'projects' group by measure"
    assert {name: tuple(counts) for name, *counts in connection.sql(query).fetchall()} == MEASURES
    # Nobody knows how many files `unseen` has.
    files = f"select {counted} from signals.measure_counts where unit = 'files'"
    assert connection.sql(files).fetchall() == [(2, 6, None)]
    rows["index"].pop()
    assert make_warehouse(rows, "signals.measure_counts").sql(files).fetchall() == [(2, 6, 6)]


def test_downloads_are_counted_of_the_same_projects_as_projects_are(make_warehouse) -> None:
    """Each project has another power of ten, so that a sum says whose downloads it holds."""
    of = {"attested": 1, "partly": 10, "plain": 100, "announced": 1_000, "old": 10_000, "unseen": 100_000}
    rows = six_projects() | {
        "download_totals": [{"project_name": name, "download_count": count} for name, count in of.items()]
    }
    counted = (
        "sum(numerator)::integer, sum(denominator)::integer, if(count(total) = count(*), sum(total), null)::integer"
    )
    query = f"select measure, {counted} from signals.measure_counts where unit = 'downloads' group by measure"
    found = {
        name: tuple(counts) for name, *counts in make_warehouse(rows, "signals.measure_counts").sql(query).fetchall()
    }
    assert found.keys() == MEASURES.keys()
    assert found["evidence_shown"] == (111, 11_111, 111_111)
    assert found["publishing_predates_attestations"] == (11_000, 11_111, 111_111)
    assert found["attested_of_opportunity"] == (11, 11, 100_011)
    assert found["regressed"] == (0, 11, 100_011)
    assert found["single_owner"] == (111, 1_111, 101_111)
    # Where the downloads of a project are not known, nobody knows those of all.
    rows["download_totals"].pop()
    found = {
        name: tuple(counts) for name, *counts in make_warehouse(rows, "signals.measure_counts").sql(query).fetchall()
    }
    assert {counts[2] for counts in found.values()} == {None}
    assert found["evidence_shown"] == (111, 11_111, None)


def test_headlines_and_tiers_hold_the_measures_that_they_are_named_after(make_warehouse) -> None:
    """Five projects are ranked, and `unseen` is not: nobody knows how many files that tier has, nor all."""
    rows = six_projects()
    rows["index"] = [row | {"download_rank": rank} for rank, row in enumerate(rows["index"], start=1)]
    rows["index"][-1]["download_rank"] = None
    connection = make_warehouse(rows, "signals.headline_counts", "signals.tier_counts")
    headlines = connection.sql("""
        select headline, cut_date, denominator_kind, unit, numerator, denominator, total from signals.headline_counts
        where criticality = 'all' and unit <> 'downloads'
    """)
    assert set(headlines.fetchall()) == {
        ("two_factor_shown", "enforced", "plain", "projects", 3, 5, 6),
        ("two_factor_shown", "announced", "plain", "projects", 4, 5, 6),
        ("attested", None, "plain", "projects", 2, 5, 6),
        ("attested", None, "opportunity", "projects", 2, 2, 3),
        ("attested", None, "plain", "files", 2, 6, None),
        ("single_owner", None, "plain", "projects", 3, 4, 5),
    }
    tiers = connection.sql("select tier, numerator, denominator, total from signals.tier_counts where unit = 'files'")
    assert set(tiers.fetchall()) == {("top_100", 2, 6, 6), ("long_tail", 0, 0, None), ("all", 2, 6, None)}


def test_a_project_counts_under_every_definition_that_holds_it(make_warehouse) -> None:
    """Of 150 projects the first is critical by rank and the only one that others need."""
    names = [f"p{number:03}" for number in range(150)]
    rows = {
        "index": [{"project_name": name, "download_rank": rank} for rank, name in enumerate(names, start=1)],
        "files": [
            {"project_name": name, "version": "1", "uploaded_at": datetime(2025, 1, 1, tzinfo=UTC)}
            for name in names[:9]
        ],
        "requirements": [{"project_name": names[5], "version": "1", "requirement": names[0]}],
    }
    connection = make_warehouse(rows, "signals.headline_counts")
    query = """
        select criticality, total from signals.headline_counts
        where headline = 'two_factor_shown' and cut_date = 'enforced' and unit = 'projects'
    """
    assert dict(connection.sql(query).fetchall()) == {"all": 150, "top1pct": 1, "dependents": 1, "pagerank": 1}


@pytest.mark.parametrize(("read", "expected"), [(9, 0), (8, None)])
def test_nothing_depends_on_a_project_only_where_nine_in_ten_were_read(make_warehouse, read: int, expected) -> None:
    names = [f"p{number}" for number in range(10)]
    uploads = [
        {"project_name": n, "version": "1", "uploaded_at": datetime(2025, 1, 1, tzinfo=UTC)} for n in names[:read]
    ]
    rows = {"index": [{"project_name": name} for name in names], "files": uploads, "requirements": []}
    connection = make_warehouse(rows, "signals.criticality")
    assert set(connection.sql("select dependents_transitive from signals.criticality").fetchall()) == {(expected,)}


def test_of_projects_that_equally_many_need_the_first_by_name_is_critical(make_warehouse) -> None:
    names = [f"p{number:03}" for number in range(100)]
    rows = {
        "index": [{"project_name": name} for name in names],
        "files": [
            {"project_name": name, "version": "1", "uploaded_at": datetime(2025, 1, 1, tzinfo=UTC)} for name in names
        ],
        "requirements": [
            {"project_name": one, "version": "1", "requirement": other}
            for one, other in [("p001", "p003"), ("p005", "p002")]
        ],
    }
    connection = make_warehouse(rows, "signals.criticality", "staging.projects")
    query = "select project, critical_by from signals.criticality join staging.projects using (project_id)"
    assert connection.sql(query).filter("len(critical_by) > 0").fetchall() == [("p002", ["dependents", "pagerank"])]


def test_the_days_that_are_looked_at_are_those_that_are_counted(make_warehouse) -> None:
    day = {"project_name": "p", "day": date(2026, 10, 31), "installer_count": 1, "installer_ci_count": 1}
    day |= {"mirror_count": 1, "other_count": 1, "unknown_count": 1}
    connection = make_warehouse({"index": [{"project_name": "p"}], "downloads_daily": [day]}, "signals.download_days")
    days = connection.sql("select min(day), max(day), count(*), sum(download_count) from signals.download_days")
    assert days.fetchall() == [(date(2026, 10, 2), date(2026, 10, 31), 30, 5)]
