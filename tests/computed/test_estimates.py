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
