"""Counts by tier where no tier is known: each project stands in `all`, once, and in no tier."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.mark.parametrize(
    ("table", "grain"),
    [("signals.tier_counts", "tier, measure, unit"), ("signals.adoption_counts", "month, tier, measure, unit")],
)
def test_projects_of_no_tier_are_counted_once_in_all(make_warehouse, table: str, grain: str) -> None:
    uploaded = {"version": "1", "uploaded_at": datetime(2026, 5, 1, tzinfo=UTC)}
    rows = {
        "index": [{"project_name": name} for name in "ab"],
        "observations": [{"project_name": name} for name in "ab"],
        "files": [{"project_name": name} | uploaded for name in "ab"],
    }
    connection = make_warehouse(rows, table)
    asked = "measure = 'attested' and unit = 'projects'"
    assert connection.sql(f"select tier, denominator, total from {table} where {asked}").fetchall() == [("all", 2, 2)]
    twice = f"select 1 from {table} group by {grain} having count(*) > 1"
    assert connection.sql(twice).fetchall() == []
