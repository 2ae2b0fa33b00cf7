"""Returning after a date: seven projects, one for each way to count or not to count."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from pipeline.statistics.returning import returning_after

MANDATE = date(2024, 1, 1)


def uploads(*rows):
    stamps = [datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=23) for _, day in rows]
    return pa.table(
        {
            "project_id": pa.array([project for project, _ in rows], pa.int64()),
            "uploaded_on": pa.array(stamps, pa.timestamp("us", tz="UTC")),
        }
    )


NOBODY = pa.table({"project_id": pa.array([], pa.int64()), "cluster_id": pa.array([], pa.int64())})


def compare(table, owners=NOBODY, **options):
    settings = {"on": MANDATE, "within_days": 30, "dormant_days": 100, "observed_until": date(2024, 12, 31)} | options
    return returning_after(table, owners, **settings)


def test_who_counts_as_dormant_and_who_as_returned():
    found = compare(
        uploads(
            (1, date(2023, 1, 15)), (1, date(2024, 1, 1)),  # dormant, back on the day itself
            (2, date(2023, 2, 1)), (2, date(2024, 1, 30)),  # dormant, back on the last day of the window
            (3, date(2023, 2, 1)), (3, date(2024, 1, 31)),  # dormant, back a day too late
            (4, date(2023, 9, 22)),  # dormant: its last upload lies 101 days back
            (5, date(2023, 9, 23)), (5, date(2024, 1, 5)),  # not dormant: exactly 100 days back
            (6, date(2024, 1, 5)),  # not dormant: never there before
            (7, date(2022, 3, 1)), (7, date(2023, 1, 10)),  # came back a year earlier
            (7, date(2023, 1, 10)), (7, date(2022, 3, 1)),  # and again the same rows
            (8, date(2022, 2, 1)),  # silent ever since, on both dates
        )
    )  # fmt: skip

    assert (found.after.estimate, found.after.n) == (2 / 6, 6)
    assert (found.placebo.estimate, found.placebo.n, found.placebo_on) == (1 / 2, 2, date(2023, 1, 1))
    assert found.change.estimate == pytest.approx(2 / 6 - 1 / 2)
    assert found.change.low < found.change.estimate < found.change.high


def test_projects_of_one_owner_count_as_one_draw():
    """Twenty projects, half of which came back, once each by itself and once as two fleets."""
    table = uploads(
        *((project, date(2021, 1, 1)) for project in range(20)),
        *((project, date(2023, 1, 5)) for project in range(5)),
        *((project, date(2024, 1, 5)) for project in range(10, 20)),
    )
    fleets = pa.table({"project_id": list(range(20)), "cluster_id": [project // 10 for project in range(20)]})
    alone, together = compare(table), compare(table, fleets)

    assert alone.change.estimate == together.change.estimate == pytest.approx(10 / 20 - 5 / 20, abs=0.2)
    assert together.change.high - together.change.low > 1.5 * (alone.change.high - alone.change.low)


def test_a_window_that_is_not_over_yet_is_a_reason():
    found = compare(uploads((1, date(2020, 1, 1))), observed_until=date(2024, 1, 29))

    reason = "uploads were observed until 2024-01-29, less than 30 days from 2024-01-01"
    assert {(one.estimate, one.reason) for one in (found.after, found.placebo, found.change)} == {(None, reason)}
    assert found.after.method == found.placebo.method != found.change.method
    assert found.after.estimate is found.change.estimate is None
    assert compare(uploads((1, date(2020, 1, 1))), observed_until=date(2024, 1, 30)).after.estimate == 0


def test_without_dormant_projects_there_is_no_share():
    found = compare(uploads())

    assert (found.after.estimate, found.placebo.estimate, found.change.estimate) == (None, None, None)


def test_a_leap_day_is_compared_with_the_day_before():
    assert compare(uploads(), on=date(2024, 2, 29)).placebo_on == date(2023, 2, 28)


@pytest.mark.parametrize("options", [{"within_days": 0}, {"within_days": 366}, {"dormant_days": 0}])
def test_lengths_that_cannot_be_are_refused(options):
    with pytest.raises(ValueError, match="Cannot use"):
        compare(uploads(), **options)
