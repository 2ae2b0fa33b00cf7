"""Totals of a period from a few of its days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_SATURDAY = 5
_STRATA = ("weekdays", "weekend days")


@dataclass(frozen=True)
class SampledTotals:
    """What a sample of days says about a whole period."""

    totals: pa.Table | None
    """`project_id`, `total` (estimated count over the period), `standard_error` (NULL where one sampled day of a kind
    must stand for several). None where the days cannot stand for the period; `reason` says why."""
    n: int
    """Days sampled."""
    day_count: int
    """Days of the period."""
    method: str = "expansion estimator, weekdays and weekend days as strata, with finite population correction"
    reference: str = "Cochran (1977), Sampling Techniques, 3rd ed., sections 5.3-5.6"
    reason: str = ""


def expand_sampled_days(
    downloads: pa.Table, *, sampled_days: Sequence[date], first_day: date, last_day: date
) -> SampledTotals:
    """Estimate the total of each project over a period from some of its days.

    In each stratum (Monday to Friday; Saturday and Sunday) the mean of the sampled days stands for every day. The
    standard error takes the days of a stratum for a random sample of it; over a few months it is an approximation for
    days that were chosen by a fixed plan.

    Args:
        downloads: `project_id`, `day` and `download_count`, at most one row per project and day. A sampled day without
            a row is a day without downloads; rows of other days are left out.
        sampled_days: The days that were counted in full.
        first_day: First day of the period.
        last_day: Last day of the period, included.
    """
    period = np.arange(np.datetime64(first_day), np.datetime64(last_day) + np.timedelta64(1, "D"))
    sampled = np.intersect1d(np.array(sampled_days, dtype="datetime64[D]"), period)
    sizes = np.bincount(_stratum(period), minlength=2)
    counts = np.bincount(_stratum(sampled), minlength=2)
    for kind, size, count in zip(_STRATA, sizes, counts, strict=True):
        if size and not count:
            reason = f"none of the {size} {kind} was sampled"
            return SampledTotals(None, len(sampled), len(period), reason=reason)
    day = downloads.column("day").to_numpy().astype("datetime64[D]")
    rows = np.isin(day, sampled)
    ids, project = np.unique(downloads.column("project_id").to_numpy()[rows], return_inverse=True)
    value = downloads.column("download_count").to_numpy()[rows].astype(np.float64)
    stratum = _stratum(day[rows])
    total, variance = np.zeros(len(ids)), np.zeros(len(ids))
    for index, (size, count) in enumerate(zip(sizes.tolist(), counts.tolist(), strict=True)):
        if size:
            here = stratum == index
            sums = np.bincount(project[here], weights=value[here], minlength=len(ids)).astype(np.float64)
            squares = np.bincount(project[here], weights=value[here] ** 2, minlength=len(ids)).astype(np.float64)
            total += size * sums / count
            variance += _stratum_variance(sums, squares, size, count)
    columns = {
        "project_id": pa.array(ids),
        "total": pa.array(total),
        "standard_error": pa.array(np.sqrt(variance), mask=np.isnan(variance)),
    }
    return SampledTotals(pa.table(columns), len(sampled), len(period))


def _stratum(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """0 for Monday to Friday, 1 for Saturday and Sunday; 1970-01-01 was a Thursday."""
    return ((days.astype("datetime64[D]").astype(np.int64) + 3) % 7 >= _SATURDAY).astype(np.int64)


def _stratum_variance(
    sums: NDArray[np.float64], squares: NDArray[np.float64], size: int, count: int
) -> NDArray[np.float64]:
    """Variance of a stratum's total; NaN where one day stands for several, 0 where all days were sampled."""
    if size == count:
        return np.zeros(len(sums))
    if count == 1:
        return np.full(len(sums), np.nan)
    spread = np.maximum(squares - sums**2 / count, 0) / (count - 1)
    return np.asarray(size**2 * (1 - count / size) * spread / count, dtype=np.float64)
