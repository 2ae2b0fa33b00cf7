"""Do dormant projects come back after a mandate more often than they came back a year earlier?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl
import pyarrow as pa

from pipeline.statistics.proportions import difference, wilson
from pipeline.statistics.results import Estimate


@dataclass(frozen=True)
class Returning:
    """Shares of dormant projects that uploaded again, after a date and after the same date one year earlier."""

    on: date
    placebo_on: date
    after: Estimate
    """Share after the date."""
    placebo: Estimate
    """Share after the placebo date."""
    change: Estimate
    """`after` minus `placebo`."""


def returning_after(
    uploads: pa.Table, *, on: date, within_days: int, dormant_days: int, observed_until: date
) -> Returning:
    """Compare the return of dormant projects after a date with that one year earlier.

    A project is dormant on a date when it had uploaded before, but not in the `dormant_days` days before that date. It
    returns when it uploads on the date or in the `within_days - 1` days after it. The comparison is descriptive: it
    holds the season and the kind of project alike, not what else changed within the year. Projects dormant on both
    dates count in both groups, which the interval takes for independent.

    Args:
        uploads: `project_id` and `uploaded_on` (day, or instant in UTC), one row per upload, repeated ones allowed.
        on: The date of the mandate; 29 February is compared with 28 February.
        within_days: Length of the window for returning; at most a year, so that the two windows do not overlap.
        dormant_days: Length of the silence before.
        observed_until: The last day on which an upload would have been seen; where that is too early, the estimates say
            so in their reason.

    Raises:
        ValueError: a length is not positive, or `within_days` is longer than a year.
    """
    longest = 365
    if not 0 < within_days <= longest or dormant_days <= 0:
        raise ValueError(f"Cannot use {within_days} days to return after {dormant_days} days of silence.")
    leap_day = (2, 29)
    placebo_on = on.replace(year=on.year - 1, day=28 if (on.month, on.day) == leap_day else on.day)
    days = pl.DataFrame(uploads).select("project_id", day=pl.col("uploaded_on").cast(pl.Date))
    if (observed_until - on).days < within_days - 1:
        reason = f"uploads were observed until {observed_until}, less than {within_days} days from {on}"
        nothing, no_change = replace(wilson(0, 0), reason=reason), replace(difference((0, 0), (0, 0)), reason=reason)
        return Returning(on, placebo_on, nothing, nothing, no_change)
    after = _returned(days, on, within_days, dormant_days)
    placebo = _returned(days, placebo_on, within_days, dormant_days)
    return Returning(on, placebo_on, wilson(*after), wilson(*placebo), difference(after, placebo))


def _returned(days: pl.DataFrame, on: date, within_days: int, dormant_days: int) -> tuple[int, int]:
    """How many projects returned, out of how many dormant ones."""
    silent_from, end = on - timedelta(days=dormant_days), on + timedelta(days=within_days)
    newest = days.filter(pl.col("day") < on).group_by("project_id").agg(pl.col("day").max())
    dormant = newest.filter(pl.col("day") < silent_from)
    back = days.filter(pl.col("day").is_between(on, end, closed="left"))
    return dormant.join(back, "project_id", how="semi").height, dormant.height
