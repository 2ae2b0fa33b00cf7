"""Sampled days: by hand, and exactly unbiased over every sample that could have been drawn."""

from datetime import date, timedelta
from itertools import combinations, product

import numpy as np
import pyarrow as pa
import pytest

from pipeline.statistics.sampling import expand_sampled_days

# 2024-07-01 was a Monday.
MONDAY = date(2024, 7, 1)


def days(*offsets):
    return [MONDAY + timedelta(offset) for offset in offsets]


def table(rows):
    project, day, count = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "project_id": pa.array(project, pa.int64()),
            "day": pa.array(day, pa.date32()),
            "download_count": pa.array(count, pa.int64()),
        }
    )


def test_one_week_from_three_days_by_hand():
    # Monday 10 and Wednesday 20 stand for five weekdays (mean 15), Saturday 4 for two weekend days.
    downloads = table([(7, day, count) for day, count in zip(days(0, 2, 5), [10, 20, 4], strict=True)])

    found = expand_sampled_days(downloads, sampled_days=days(0, 2, 5), first_day=MONDAY, last_day=days(6)[0])

    assert found.totals.to_pylist() == [{"project_id": 7, "total": 5 * 15 + 2 * 4, "standard_error": None}]
    assert (found.n, found.day_count, found.reason) == (3, 7, "")


def test_the_standard_error_by_hand():
    # Weekdays: variance of 10 and 20 is 50, 5² * (1 - 2/5) * 50 / 2 = 375; both weekend days were sampled: 0.
    downloads = table([(7, day, count) for day, count in zip(days(0, 2, 5), [10, 20, 4], strict=True)])

    found = expand_sampled_days(downloads, sampled_days=days(0, 2, 5, 6), first_day=MONDAY, last_day=days(6)[0])

    assert found.totals["total"].to_pylist() == [5 * 15 + 4]
    assert found.totals["standard_error"].to_pylist() == [pytest.approx(375**0.5)]


def test_all_days_give_the_total_without_error_and_other_days_are_left_out():
    downloads = table([(1, day, 3) for day in days(*range(-3, 9))] + [(2, days(1)[0], 5)])

    found = expand_sampled_days(downloads, sampled_days=days(*range(7)), first_day=MONDAY, last_day=days(6)[0])

    assert found.totals.to_pydict() == {"project_id": [1, 2], "total": [21, 5], "standard_error": [0, 0]}


def test_a_kind_of_day_that_was_not_sampled_is_a_reason():
    found = expand_sampled_days(table([]), sampled_days=days(0, 1), first_day=MONDAY, last_day=days(6)[0])

    assert found.totals is None
    assert found.reason == "none of the 2 weekend days was sampled"


def test_a_period_without_weekend_needs_no_weekend_day():
    found = expand_sampled_days(table([]), sampled_days=days(0, 1), first_day=MONDAY, last_day=days(4)[0])

    assert found.totals.num_rows == 0
    assert found.reason == ""


def test_total_and_variance_are_unbiased_over_all_samples():
    counts = np.array([5, 9, 2, 7, 1, 30, 20, 6, 8, 4, 0, 3, 25, 40])
    rows = [(1, day, count) for day, count in zip(days(*range(14)), counts.tolist(), strict=True)]
    weekend = [offset for offset in range(14) if offset % 7 > 4]
    working = [offset for offset in range(14) if offset % 7 < 5]

    samples = [
        expand_sampled_days(table(rows), sampled_days=days(*one, *two), first_day=MONDAY, last_day=days(13)[0]).totals
        for one, two in product(combinations(working, 3), combinations(weekend, 2))
    ]

    totals = np.array([sample["total"][0].as_py() for sample in samples])
    variances = np.array([sample["standard_error"][0].as_py() ** 2 for sample in samples])
    assert totals.mean() == pytest.approx(counts.sum())
    assert variances.mean() == pytest.approx(totals.var())
