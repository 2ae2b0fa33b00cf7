from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from pipeline.sources.simulated.truth.reach import account_rows, rank_columns, tier_of
from pipeline.sources.simulated.truth.records import File, Project


def project(name, downloads=0, roles=(), uploaded=None, organization=None, *, attested=False) -> Project:
    uploads = [uploaded] if uploaded else []
    return Project(
        name, "active", organization, "individual", -1, "github", "top_100", None,
        files=[File("1.0", name, when, False, attested, False) for when in uploads],
        roles=list(roles), downloads_30d=downloads,
    )  # fmt: skip


def test_ranks_break_ties_by_name_and_leave_out_what_nobody_downloads():
    columns = rank_columns([project("b", 5), project("a", 5), project("c", 90), project("d")])
    assert {name: row["download_rank"] for name, row in columns.items()} == {"c": 1, "a": 2, "b": 3, "d": None}
    assert columns["d"] == {
        "downloads_30d": 0, "download_rank": None, "tier": "long_tail", "is_top1pct": False, "is_mass80": False,
    }  # fmt: skip


def test_mass80_is_the_smallest_set_that_reaches_80_percent():
    def mass80(*downloads):
        columns = rank_columns([project(f"p{at}", count) for at, count in enumerate(downloads)])
        return [name for name, row in columns.items() if row["is_mass80"]]

    assert mass80(80, 10, 10) == ["p0"]
    assert mass80(79, 11, 10) == ["p0", "p1"]
    assert mass80(0, 0) == []


def test_one_percent_is_rounded_down():
    columns = rank_columns([project(f"p{at:03d}", 1_000 - at) for at in range(299)])
    assert sum(row["is_top1pct"] for row in columns.values()) == 2


@pytest.mark.parametrize(
    ("rank", "one_percent", "tier"),
    [
        (1, 0, "top_100"),
        (100, 0, "top_100"),
        (101, 0, "top_1000"),
        (1_000, 0, "top_1000"),
        (1_001, 0, "top_15000"),
        (1_001, 9_000, "top_1pct"),
        (9_001, 9_000, "top_15000"),
        (15_001, 9_000, "long_tail"),
        (None, 9_000, "long_tail"),
    ],
)
def test_tiers_are_disjoint(rank, one_percent, tier):
    assert tier_of(rank, one_percent) == tier


class FakeWorld:
    accounts = pl.DataFrame(
        {"account": ["ann", "bob", "cid"], "enrolled_at": [0, None, None]}, schema_overrides={"enrolled_at": pl.Int64}
    )


def test_reach_and_the_rule_that_shows_a_second_factor():
    enforced, earlier = datetime(2024, 8, 2, tzinfo=UTC), datetime(2024, 8, 1, tzinfo=UTC)
    projects = [
        project("big", 900, [("ann", "Owner"), ("ann", "Maintainer")], enforced),
        project("small", 100, [("ann", "Owner"), ("bob", "Maintainer")], enforced),
        project("old", 0, [("bob", "Owner")], earlier),
        project("organised", 0, [("bob", "Owner")], enforced, "simulated-org-00001"),
        project("attested", 0, [("bob", "Owner")], enforced, attested=True),
        project("empty", 0, [("cid", "Owner")]),
    ]
    rows = {row["account"]: row for row in account_rows(FakeWorld(), projects, rank_columns(projects))}
    assert set(rows) == {"ann", "bob"}
    assert rows["ann"] == {
        "account": "ann", "project_count": 2, "critical_project_count": 1, "downloads_30d_reachable": 1_000,
        "shown_two_factor": True, "true_has_two_factor": True, "true_enrolled_at": datetime(1970, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    assert (rows["bob"]["project_count"], rows["bob"]["shown_two_factor"]) == (4, False)
    assert rows["bob"]["downloads_30d_reachable"] == 100
