"""Do dormant projects come back after a mandate more often than they came back a year earlier?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl
import pyarrow as pa

from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.proportions import difference
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
    uploads: pa.Table, owners: pa.Table, *, on: date, within_days: int, dormant_days: int, observed_until: date
) -> Returning:
    """Compare the return of dormant projects after a date with that one year earlier.

    A project is dormant on a date when it had uploaded before, but not in the `dormant_days` days before that date. It
    returns when it uploads on the date or in the `within_days - 1` days after it. The comparison is descriptive: it
    holds the season alike, not what else changed within the year, and not the age of the silence: the stock of dormant
    projects grows older every year, and older ones seldom return. Projects of one owner move together, so the intervals
    are robust to that. Projects dormant on both dates count in both groups, which the interval of the change takes for
    independent.

    Args:
        uploads: `project_id` and `uploaded_on` (day, or instant in UTC), one row per upload, repeated ones allowed.
        owners: `project_id` and `cluster_id`, the number of its owner; a project without a row stands for itself.
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
        nothing = replace(clustered_share([], []), reason=reason)
        return Returning(on, placebo_on, nothing, nothing, replace(difference(nothing, nothing), reason=reason))
    clusters = pl.DataFrame(owners).select("project_id", "cluster_id")
    after = _returned(days, clusters, on, within_days, dormant_days)
    placebo = _returned(days, clusters, placebo_on, within_days, dormant_days)
    return Returning(on, placebo_on, after, placebo, difference(after, placebo))


def _returned(days: pl.DataFrame, clusters: pl.DataFrame, on: date, within_days: int, dormant_days: int) -> Estimate:
    """The share of the dormant projects that returned."""
    silent_from, end = on - timedelta(days=dormant_days), on + timedelta(days=within_days)
    newest = days.filter(pl.col("day") < on).group_by("project_id").agg(pl.col("day").max())
    dormant = newest.filter(pl.col("day") < silent_from)
    back = days.filter(pl.col("day").is_between(on, end, closed="left")).select("project_id", is_back=True).unique()
    # In one order, since sums of fractions depend on it.
    seen = dormant.join(clusters, "project_id", how="left").join(back, "project_id", how="left").sort("project_id")
    return clustered_share(seen["is_back"].fill_null(value=False).to_numpy(), seen["cluster_id"].to_list())
