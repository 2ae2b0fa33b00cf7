"""Which share of the projects that exist is uploaded to, month by month."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest


@pytest.mark.parametrize("observed_on", [date(2026, 9, 30), date(2026, 9, 29)])
def test_a_project_is_active_once_a_month_and_exists_from_the_month_of_its_first_upload(
    make_warehouse, run_facts, observed_on: date
) -> None:
    run_facts["observed_on"] = observed_on
    uploads = [("a", "2026-07-31"), ("a", "2026-09-01"), ("a", "2026-09-02"), ("b", "2026-08-05"), ("b", "2026-08-06")]
    rows = {
        "index": [{"project_name": name} for name in "abc"],
        "files": [
            {"project_name": name, "version": day, "uploaded_at": datetime.fromisoformat(day).replace(tzinfo=UTC)}
            for name, day in uploads
        ],
    }
    connection = make_warehouse(rows, "signals.activity_monthly")
    complete = [(date(2026, 6, 1), 0, 0), (date(2026, 7, 1), 1, 1), (date(2026, 8, 1), 1, 2), (date(2026, 9, 1), 1, 2)]
    found = connection.sql("from signals.activity_monthly where month >= date '2026-06-01' order by month").fetchall()
    assert found == (complete if observed_on.day == 30 else complete[:-1])
