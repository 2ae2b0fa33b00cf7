"""Which rows each estimate is asked of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.hazards import hazard_model
from pipeline.statistics.interruptions import interrupted_series
from pipeline.statistics.survival import adoption_curve, adoption_times


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


OWNERS = [
    "org" if owner == "org" else f"{owner}-{number}"
    for number in range(5)
    for owner in ("org", "org", "ann", "ann", "ann", "ben", "cat", "dan", "eve", "fay")
]
"""The owner of each of 50 projects, of which the even ones lie on GitHub and the others where nobody can publish."""
WAITED = [5, 8, None, None, 60, 20, None, 90, 30, None, 12, 17, 40, 41, None, None, 70, None, None, 25] * 2 + [
    None
] * 10
"""The days from the first upload of each until it attested."""
BORN = datetime(2025, 6, 1, tzinfo=UTC)


def owned() -> dict[str, list[dict[str, Any]]]:
    named = [(f"p{place:02}", owner, waited) for place, (owner, waited) in enumerate(zip(OWNERS, WAITED, strict=True))]
    uploads = [(name, "1", BORN, False) for name, _, _ in named]
    uploads += [(name, "2", BORN + timedelta(days=waited), True) for name, _, waited in named if waited]
    # Of one more nobody knows whether it attests.
    uploads.append(("unseen", "1", BORN, None))
    return {
        "index": [{"project_name": name} for name in (*(name for name, _, _ in named), "unseen")],
        "observations": [
            {"project_name": name, "organization": owner if owner == "org" else None} for name, owner, _ in named
        ],
        "roles": [
            {"project_name": name, "account": owner, "role": "Owner"} for name, owner, _ in named if owner != "org"
        ],
        "project_urls": [
            {"project_name": name, "label": "Source", "url": f"https://{host}/a/{name}"}
            for place, (name, _, _) in enumerate(named)
            for host in ["codeberg.org" if place % 2 else "github.com"]
        ],
        "files": [
            {"project_name": name, "version": version, "uploaded_at": at, "has_provenance": has}
            for name, version, at, has in uploads
        ],
    }


def test_shares_are_clustered_by_owner_and_of_those_of_which_they_are_asked(make_warehouse) -> None:
    connection = make_warehouse(owned(), "main.estimates")
    attested, owners = np.array([waited is not None for waited in WAITED]), np.array(OWNERS)
    parts = {"share_attested": slice(None), "share_attested_of_opportunity": slice(None, None, 2)}
    for name, part in parts.items():
        query = f"select estimate, low, high, n from estimates where name = '{name}' and term = 'all'"
        expected = clustered_share(attested[part], owners[part])
        assert connection.sql(query).fetchall() == [
            pytest.approx((expected.estimate, expected.low, expected.high, expected.n))
        ]
    # Nobody knows of any project that it is critical.
    query = "select n from estimates where name = 'share_attested' and term <> 'all'"
    assert set(connection.sql(query).fetchall()) == {(0,)}


def test_curve_and_hazard_ratios_are_clustered_by_owner(make_warehouse) -> None:
    connection = make_warehouse(owned(), "main.estimates", "main.adoption_curve")
    observed_on = date(2026, 10, 31)
    spells = pa.table(
        {
            "first_upload_at": [BORN.date()] * len(OWNERS),
            "first_attested_at": [waited and (BORN + timedelta(days=waited)).date() for waited in WAITED],
        }
    )
    times = adoption_times(spells, provenance_from=date(2024, 10, 21), observed_on=observed_on)
    owners = np.unique(OWNERS, return_inverse=True)[1]
    curve = adoption_curve(times.days, times.is_adopted, owners)
    found = connection.sql("""
        select share, share_low, share_high from adoption_curve where group_kind = 'all' order by day_count
    """)
    assert np.array(found.fetchall()) == pytest.approx(np.array([curve.share, curve.low, curve.high]).T)
    hosts = ["other" if place % 2 else "github" for place in range(len(OWNERS))]
    kinds = ["organization" if owner == "org" else "individual" for owner in OWNERS]
    covariates = {"tier": [None] * len(OWNERS), "host": hosts, "owner": kinds}
    model = hazard_model(times.days, times.is_adopted, covariates, owners)
    query = "select estimate, low, high from estimates where name = 'hazard_ratio' order by term"
    ratios = sorted(model.ratios, key=lambda ratio: ratio.covariate)
    assert np.array(connection.sql(query).fetchall(), float) == pytest.approx(
        np.array([(one.ratio.estimate, one.ratio.low, one.ratio.high) for one in ratios], float), nan_ok=True
    )


def test_accounts_are_bounded_by_those_that_are_shown_and_critical_ones_apart(make_warehouse) -> None:
    """Four accounts of one project each, of which the two with uploads since the test are shown; one is critical."""
    uploads = {"a": datetime(2025, 1, 1, tzinfo=UTC), "b": datetime(2025, 1, 1, tzinfo=UTC)}
    rows = {
        "index": [{"project_name": name} for name in "abcd"],
        "observations": [{"project_name": name} for name in "abcd"],
        "roles": [{"project_name": name, "account": f"of-{name}", "role": "Owner"} for name in "abcd"],
        "download_totals": [
            {"project_name": name, "download_count": n} for name, n in zip("abcd", (1, 1, 1, 97), strict=True)
        ],
        "files": [{"project_name": name, "version": "1", "uploaded_at": at} for name, at in uploads.items()],
    }
    query = "select term, low, high, n from estimates where name = 'accounts_two_factor_share' order by term"
    found = make_warehouse(rows, "main.estimates").sql(query).fetchall()
    assert found == [("all", 0.5, 1.0, 4), ("critical", 0.0, 1.0, 1)]


@pytest.mark.parametrize(("observed", "is_told"), [(9, True), (8, False)])
def test_the_past_is_told_where_files_of_nine_in_ten_projects_were_observed(
    make_warehouse, observed: int, *, is_told: bool
) -> None:
    """Of ten projects, each uploads once before the mandate."""
    names = [f"p{number}" for number in range(10)]
    rows = {
        "index": [{"project_name": name} for name in names],
        "files": [
            {"project_name": name, "version": "1", "uploaded_at": datetime(2019, 1, 1, tzinfo=UTC)}
            for name in names[:observed]
        ],
    }
    query = "select n, reason from estimates where name = 'return_share' and term = '2024-01-01'"
    ((count, reason),) = make_warehouse(rows, "main.estimates").sql(query).fetchall()
    assert count == (9 if is_told else 0)
    assert ("files were observed of 8 of 10 projects" in reason) == (not is_told)


def test_the_published_share_is_a_series_of_shares_with_its_reading_errors(make_warehouse) -> None:
    connection = make_warehouse({"index": []}, "main.estimates")
    rows = connection.sql("""
        select month, publisher_share_pct / 100, publisher_share_error_pp / 100 / sqrt(3)
        from staging.publisher_share_official order by month
    """).fetchall()
    months, shares, errors = (list(column) for column in zip(*rows, strict=True))
    (change,) = interrupted_series(months, shares, [date(2024, 10, 29)], standard_errors=errors).changes
    query = "select estimate, low, high from estimates where name like 'official_publisher_share%' order by name"
    assert connection.sql(query).fetchall() == [
        pytest.approx((one.estimate, one.low, one.high)) for one in (change.level, change.slope)
    ]


def test_those_that_came_back_are_told_apart_from_those_of_the_year_before(make_warehouse) -> None:
    """Of five dormant projects one comes back after the day of comparison, and none of the others after the date."""
    uploads = [(f"p{number}", datetime(2020, 1, 1, tzinfo=UTC)) for number in range(5)]
    uploads.append(("p0", datetime(2023, 2, 1, tzinfo=UTC)))
    rows = {
        "index": [{"project_name": f"p{number}"} for number in range(5)],
        "files": [{"project_name": name, "version": f"{at:%Y}", "uploaded_at": at} for name, at in uploads],
    }
    query = "select name, n, estimate from estimates where name like 'return_share%' and term like '202_-01-01'"
    found = make_warehouse(rows, "main.estimates").sql(f"{query} order by name").fetchall()
    assert found[:1] + found[2:] == [("return_share", 4, 0.0), ("return_share_placebo", 5, 0.2)]
