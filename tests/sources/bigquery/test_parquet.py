"""The queries, translated, over a simulated index in the datasets' shape: the same tables as by another route."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from landed import sorted_rows
from packaging.utils import canonicalize_name

from pipeline.sources.simulated import World, as_bigquery

FIRST, LAST = date(2026, 10, 2), date(2026, 10, 31)


def _normalised(table: pa.Table) -> pa.Table:
    names = [canonicalize_name(name) for name in table["project_name"].to_pylist()]
    return table.set_column(0, "project_name", pa.array(names))


def test_downloads_are_those_of_the_world(october, world: World) -> None:
    expected = pl.from_arrow(as_bigquery(world)["downloads_daily"]).filter(pl.col("day").is_between(FIRST, LAST))
    assert sorted_rows(october["downloads_daily"]) == sorted_rows(expected.to_arrow())


def test_files_are_those_of_the_world(october, world: World) -> None:
    assert sorted_rows(october["files"]) == sorted_rows(as_bigquery(world)["files"])


def test_requirements_are_those_of_the_newest_release(october, world: World) -> None:
    expected = _normalised(as_bigquery(world)["requirements"])
    assert expected.num_rows > 100
    assert sorted_rows(_normalised(october["requirements"])) == sorted_rows(expected)


def test_index_has_every_project_with_its_newest_month_and_day(october, world: World) -> None:
    found = pl.from_arrow(_normalised(october["index"])).drop("download_rank")
    files = pl.from_arrow(_normalised(as_bigquery(world)["files"]))
    day = pl.col("uploaded_at").max().dt.date()
    expected = files.group_by("project_name").agg(day.dt.month_start().alias("month"), day.alias("day"))
    assert sorted(found.rows()) == sorted(expected.rows())


def test_classes_add_up_to_all_rows_of_the_log(october, dataset_folder: Path) -> None:
    days = pq.read_table(dataset_folder / "file_downloads.parquet", columns=["timestamp"])["timestamp"]
    raw = pl.from_arrow(days).dt.date().is_between(FIRST, LAST).sum()
    counts = pl.from_arrow(october["downloads_daily"]).select(pl.selectors.ends_with("_count"))
    assert counts.sum_horizontal().sum() == raw
    assert all(total > 0 for total in counts.sum().row(0))
