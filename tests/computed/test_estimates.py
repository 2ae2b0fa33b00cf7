"""Which rows each estimate is asked of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.mark.parametrize(
    ("unobserved", "expected"),
    [
        (10, (1, 1, "")),
        (11, (None, None, "all accounts together reach less than half")),
    ],
)
def test_half_of_all_downloads_includes_projects_whose_roles_nobody_observed(
    make_warehouse, unobserved: int, expected: tuple
) -> None:
    """One account reaches 10 downloads; of the other project only its downloads are known."""
    rows = {
        "index": [{"project_name": "a"}, {"project_name": "b"}],
        "observations": [{"project_name": "a"}],
        "files": [{"project_name": "a", "version": "1", "uploaded_at": datetime(2025, 6, 1, tzinfo=UTC)}],
        "roles": [{"project_name": "a", "account": "x", "role": "Owner"}],
        "download_totals": [
            {"project_name": "a", "download_count": 10},
            {"project_name": "b", "download_count": unobserved},
        ],
    }
    connection = make_warehouse(rows, "main.estimates")
    query = "select low, high, reason from main.estimates where name = 'accounts_reaching_half'"
    assert connection.sql(query).fetchall() == [expected]


def test_definitions_of_criticality_agree_over_all_projects_and_only_where_both_were_observed(make_warehouse) -> None:
    """Of 200 ranked projects, the page of one was read; nobody counted downloads."""
    names = [f"p{number:03}" for number in range(200)]
    rows = {
        "index": [{"project_name": name, "download_rank": rank} for rank, name in enumerate(names, start=1)],
        "observations": [{"project_name": names[0]}],
        "files": [{"project_name": names[0], "version": "1", "uploaded_at": datetime(2025, 6, 1, tzinfo=UTC)}],
        "requirements": [{"project_name": names[0], "version": "1", "requirement": names[1]}],
    }
    connection = make_warehouse(rows, "main.estimates")
    query = "select estimate, n, reason from main.estimates where name = 'criticality_jaccard' and term = $term"
    unobserved = connection.execute(query, {"term": "top1pct and mass80"}).fetchall()
    assert unobserved == [(None, 0, "mass80: not observed")]
    # The two most downloaded; and one that another project needs.
    assert connection.execute(query, {"term": "top1pct and dependents"}).fetchall() == [
        (1 / 2, 2, "whole sets, no sampling error")
    ]


def test_a_median_of_no_days_is_one(make_warehouse) -> None:
    """Of 12 projects, 8 attest with their first upload."""
    names = [f"p{number:02}" for number in range(12)]
    uploads = [
        {
            "project_name": name,
            "version": "1",
            "uploaded_at": datetime(2025, 6, 1, tzinfo=UTC),
            "has_provenance": place < 8,
        }
        for place, name in enumerate(names)
    ]
    rows = {"index": [{"project_name": name} for name in names], "files": uploads}
    connection = make_warehouse(rows | {"observations": rows["index"]}, "main.estimates")
    query = "select estimate, reason from main.estimates where name = 'median_days_to_attest'"
    assert connection.sql(query).fetchall() == [(0.0, "")]
