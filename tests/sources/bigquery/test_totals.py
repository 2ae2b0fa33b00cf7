"""Totals out of some days, and their error, against totals out of all of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
from landed import MakeSource, tables_of

from pipeline.sources.bigquery.plan import Wish
from pipeline.sources.bigquery.totals import totals_of


def day(rows: dict[str, int]) -> pa.Table:
    return pa.table({"project_name": list(rows), "download_count": list(rows.values())})


def test_all_days_add_up() -> None:
    wish = Wish("2026-10", detail="plain")
    counted = [(one, day({"a": 10, "b": one.day})) for one in wish.days()]
    totals = totals_of(wish, counted)
    assert totals.remark == ""
    assert totals.table.to_pylist() == [
        {"project_name": "b", "download_count": sum(range(2, 32))},
        {"project_name": "a", "download_count": 300},
    ]


def test_weekdays_stand_for_weekdays_and_weekend_days_for_weekend_days() -> None:
    wish = Wish("2026-10", sample_days=2)
    weekday, saturday = date(2026, 10, 5), date(2026, 10, 10)
    totals = totals_of(wish, [(weekday, day({"a": 10, "b": 1})), (saturday, day({"a": 4}))])
    # 2026-10-02 to 31 has 21 weekdays and 9 weekend days.
    assert totals.table.to_pylist() == [
        {"project_name": "a", "download_count": 21 * 10 + 9 * 4},
        {"project_name": "b", "download_count": 21},
    ]
    assert "the error of the totals cannot be told" in totals.remark


def test_mirrors_are_left_out_of_totals() -> None:
    classes = ("installer_count", "installer_ci_count", "mirror_count", "other_count", "unknown_count")
    rows = pa.table({"project_name": ["a"]} | {name: [10**n] for n, name in enumerate(classes)})
    wish = Wish("2026-10")
    totals = totals_of(wish, [(one, rows) for one in wish.days()])
    assert totals.table["download_count"].to_pylist() == [30 * 11_011]


def test_the_error_that_is_told_covers_the_error_that_is_made(make_source: MakeSource, october, tmp_path: Path) -> None:
    source = make_source(sample_days=8)
    estimated = pl.from_arrow(tables_of(source, tmp_path)["download_totals"])
    counts = [pl.col(name) for name in ("installer_count", "installer_ci_count", "other_count", "unknown_count")]
    full = pl.from_arrow(october["downloads_daily"]).group_by("project_name").agg(full=pl.sum_horizontal(counts).sum())
    both = estimated.join(full, "project_name").filter(pl.col("full") > 0)
    error = ((both["download_count"] - both["full"]).abs() / both["full"]).median()
    note = source.notes()["download_totals"].note
    (told,) = re.findall(r"median ([0-9.]+)%", note)
    assert error <= 3 * float(told) / 100
    assert "8 of 30 days were counted and stand for all" in source.notes()["downloads_daily"].note
