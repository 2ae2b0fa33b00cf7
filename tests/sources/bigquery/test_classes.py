"""Where each kind of client is counted, in a log of a few rows written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.sources.bigquery.parquet import ParquetDatasets
from pipeline.sources.bigquery.queries import load
from pipeline.sources.bigquery.shape import DISTRIBUTION_METADATA_SCHEMA, FILE_DOWNLOADS_SCHEMA

DAY = date(2026, 8, 20)
NO_DETAILS = object()


def row(installer: object = "pip", *, ci: bool | None = None, filename: str | None = "a-1.whl", at: str = "12:00:00"):
    """A download of `a`; `NO_DETAILS` for a client that the logger did not recognise at all."""
    known = installer is not NO_DETAILS
    details = {"installer": {"name": installer} if installer else None, "ci": ci} if known else None
    return {"timestamp": f"{DAY}T{at}Z", "project": "a", "file": {"filename": filename}, "details": details}


@pytest.fixture
def count(tmp_path: Path):
    """Write rows, run a query of that name for `DAY`, and give its rows."""

    def run(name: str, *rows: dict, **options) -> list[dict]:
        for given in rows:
            given["timestamp"] = pa.scalar(given["timestamp"]).cast(pa.timestamp("us", tz="UTC")).as_py()
        pq.write_table(pa.Table.from_pylist(list(rows), FILE_DOWNLOADS_SCHEMA), tmp_path / "file_downloads.parquet")
        pq.write_table(DISTRIBUTION_METADATA_SCHEMA.empty_table(), tmp_path / "distribution_metadata.parquet")
        job = ParquetDatasets(tmp_path).run(load(name, DAY, DAY, **options), "job", 0)
        return [one for batch in job.batches() for one in batch.to_pylist()]

    return run


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (row("pip"), "installer_count"),
        (row("pip", ci=False), "installer_count"),
        (row("uv"), "installer_count"),
        (row("Bazel"), "installer_count"),
        (row("pip", ci=True), "installer_ci_count"),
        (row("bandersnatch"), "mirror_count"),
        (row("Nexus"), "mirror_count"),
        (row("Artifactory", ci=True), "mirror_count"),
        (row("Browser"), "other_count"),
        (row("something new", ci=True), "other_count"),
        (row(None), "unknown_count"),
        (row(None, ci=True), "unknown_count"),
        (row(NO_DETAILS), "unknown_count"),
    ],
)
def test_a_client_is_counted_in_one_class(count, given, counted) -> None:
    (found,) = count("downloads_daily", given)
    assert found["day"] == DAY
    assert {name: value for name, value in found.items() if value == 1} == {counted: 1}
    assert sum(value for name, value in found.items() if name.endswith("_count")) == 1


def test_a_day_is_a_whole_day_in_utc(count) -> None:
    edges = [row(at="00:00:00"), row(at="23:59:59.999999")]
    outside = [row() | {"timestamp": "2026-08-19T23:59:59.999999Z"}, row() | {"timestamp": "2026-08-21T00:00:00Z"}]
    (found,) = count("downloads_daily", *edges, *outside)
    assert found["installer_count"] == 2


def test_metadata_files_are_left_out_where_that_is_paid_for(count) -> None:
    rows = [row(), row(filename="a-1.whl.metadata"), row(filename="a-1.whl.asc"), row(filename=None)]
    assert count("downloads_daily", *[dict(one) for one in rows])[0]["installer_count"] == 4
    assert count("downloads_daily", *rows, variant="distributions")[0]["installer_count"] == 2


def test_plain_counts_everything(count) -> None:
    assert count("downloads_daily_plain", row(), row("bandersnatch"), row(NO_DETAILS))[0]["download_count"] == 3


def test_critical_counts_named_projects_without_mirrors_and_keeps_unknown_clients(count) -> None:
    rows = [row(), row("bandersnatch"), row(NO_DETAILS), row() | {"project": "b"}]
    found = count("downloads_daily_critical", *rows, projects=["a", "c"])
    assert found == [{"project_name": "a", "day": DAY, "download_count": 2}]


def test_a_row_without_a_project_is_still_counted(count) -> None:
    assert count("downloads_daily", row() | {"project": None})[0]["project_name"] == ""
