"""Totals of the month where days stand for others, or clients were not told apart; and how far off they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.bigquery.plan import Wish
from pipeline.sources.contract import COUNTED_CLASSES, LANDING_TABLES
from pipeline.statistics.sampling import SampledTotals, expand_sampled_days

TOP = 1_000


@dataclass(frozen=True)
class Totals:
    """Download counts of 30 days."""

    table: pa.Table
    """The landing table `download_totals`."""
    remark: str
    """How they came to be, and how far off they may be."""


def totals_of(wish: Wish, days: Sequence[tuple[date, pa.Table]]) -> Totals:
    """Add up the days that were counted, expanded to all 30 where some stand for others.

    Args:
        wish: Which days were asked for, in which detail.
        days: The rows of each of them, of any of the kinds for downloads.
    """
    counted = pa.concat_tables([_counted(day, rows) for day, rows in days])
    names = counted["project_name"].combine_chunks().dictionary_encode()
    downloads = pa.table({"project_id": names.indices, "day": counted["day"], "download_count": counted["count"]})
    result = _expand(wish, downloads, [day for day, _ in days])
    assert result.totals is not None  # noqa: S101 - the plan has a day of each kind
    totals = result.totals.sort_by([("total", "descending"), ("project_id", "ascending")])
    whole = pc.cast(pc.round(totals["total"]), pa.int64())
    spelled = names.dictionary.take(totals["project_id"].combine_chunks())
    table = pa.table([spelled, whole], schema=LANDING_TABLES["download_totals"])
    remark = "" if wish.sample_days is None else _error(wish, result, totals, downloads, [day for day, _ in days])
    return Totals(table, remark)


def _counted(day: date, rows: pa.Table) -> pa.Table:
    if "download_count" in rows.schema.names:
        count = rows["download_count"]
    else:
        count = pa.array(np.sum([rows[name].to_numpy() for name in COUNTED_CLASSES], axis=0, dtype=np.int64))
    days = pa.array(np.full(rows.num_rows, np.datetime64(day)))
    return pa.table({"project_name": rows["project_name"], "day": days, "count": count})


def _expand(wish: Wish, downloads: pa.Table, days: Sequence[date]) -> SampledTotals:
    return expand_sampled_days(downloads, sampled_days=days, first_day=wish.first_day, last_day=wish.last_day)


def _error(wish: Wish, result: SampledTotals, totals: pa.Table, downloads: pa.Table, days: Sequence[date]) -> str:
    """Standard errors of the most downloaded, and how their set changes when a sampled day is left out."""
    top = totals.filter(pc.field("total") > 0).slice(0, TOP)
    told = top.filter(pc.field("standard_error").is_valid())
    relative = told["standard_error"].to_numpy() / told["total"].to_numpy()
    spread = (
        f"Standard error of a total among the {top.num_rows:,} most downloaded: median {np.median(relative):.1%}, "
        f"95 % of them below {np.quantile(relative, 0.95):.1%} ({result.reference})."
        if len(relative)
        else "One day stands for several of its kind, so the error of the totals cannot be told."
    )
    kept = _least_overlap(wish, top["project_id"], totals, downloads, days)
    steady = "" if kept is None else f" Whichever one day is left out, at least {kept:.1%} of them stay."
    return f"{len(days)} of {result.day_count} days were counted and stand for all ({result.method}). {spread}{steady}"


def _least_overlap(
    wish: Wish, top: pa.ChunkedArray, totals: pa.Table, downloads: pa.Table, days: Sequence[date]
) -> float | None:
    near = totals["project_id"].slice(0, 4 * len(top))
    rows = downloads.filter(pc.is_in(downloads["project_id"], value_set=near.combine_chunks()))
    overlaps = []
    for left_out in days:
        fewer = _expand(wish, rows, [day for day in days if day != left_out]).totals
        if fewer is not None:
            order = fewer.sort_by([("total", "descending"), ("project_id", "ascending")])
            overlaps.append(
                len(set(order["project_id"].slice(0, len(top)).to_pylist()) & set(top.to_pylist())) / len(top)
            )
    return min(overlaps, default=None)
