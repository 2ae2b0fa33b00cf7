"""The index asked beside a landed month: what a log of downloads and uploads cannot know of a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.manifest import Landing, Manifest
from pipeline.sources.contract import COUNTED_CLASSES, LANDING_TABLES, TIMESTAMP
from pipeline.sources.interface import UPLOADS, Description, TableNotes
from pipeline.sources.names import normalised
from pipeline.sources.pypi.source import PypiSource

_LISTED: Final = ("project", "filename", "is_listed", "is_yanked", "has_provenance")


def most_downloaded(month: Landing, top: int) -> list[str]:
    """The PEP 503 names of the `top` projects that the published file will rank first, the most downloaded first.

    Args:
        month: A landing with `index`, and with `downloads_daily` or `download_totals`.
        top: How many.
    """
    index = pl.scan_parquet(month.path("index")).select(_name(), "download_rank").unique("project").collect()
    if index["download_rank"].count():
        return index.drop_nulls().sort("download_rank", "project").head(top)["project"].to_list()
    if month.manifest.tables["downloads_daily"].is_observed:
        counted = pl.scan_parquet(month.path("downloads_daily")).select(
            _name(), count=pl.sum_horizontal(COUNTED_CLASSES).cast(pl.Int64)
        )
    else:
        counted = pl.scan_parquet(month.path("download_totals")).select(_name(), count="download_count")
    totals = counted.group_by("project").agg(pl.col("count").sum()).filter(pl.col("count") > 0)
    known = totals.join(index.lazy(), "project", how="semi").sort("count", "project", descending=[True, False])
    return known.head(top).collect(engine="streaming")["project"].to_list()


class IndexBeside:
    """Asks the index as the source `pypi` does, for the month of another landing, and merges both views of each file.

    A file is known by its project and its name. Who uploaded it when with which tool is told by the log, whether it is
    listed, yanked and attested by the index; a file of the log that the index does not list is `is_listed` FALSE. Files
    uploaded after the month are left out, though roles, status and requirements are those of the day of asking.
    """

    def __init__(self, index: PypiSource, month: Landing, landed: Manifest | None) -> None:
        """Prepare to ask.

        Args:
            index: What is asked; it knows no projects beside those that it asks about.
            month: The landing whose uploads are completed.
            landed: What was landed for that month before; asked for in the same way, it is not asked for again.
        """
        self._index = index
        self._month = month
        self._landed = landed
        self._end = datetime.combine(month.manifest.observed_on + timedelta(days=1), time())
        self._late_count = self._unlisted_count = 0

    def describe(self) -> Description:
        """The answers stand for the month of the other landing, whenever they are given."""
        asked, month = self._index.describe(), self._month.manifest
        parameters = dict(asked.parameters) | {UPLOADS: month.tables["files"].sha256}
        is_known = self._landed is not None and self._landed.parameters == parameters
        return replace(
            asked,
            period=month.period,
            observed_on=self._landed.observed_on if self._landed and is_known else asked.observed_on,
            is_simulated=month.is_simulated,
            parameters=parameters,
        )

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield what the index shows, and at the end the merged files.

        Raises:
            SourceError: too many projects could not be read; see `PypiSource.batches`.
        """
        files: list[pa.RecordBatch] = []
        read: list[str] = []
        for table, batch in self._index.batches(scratch):
            if table == "files":
                files.append(batch)
                continue
            if table == "observations":
                read += batch.filter(pc.is_valid(batch["api_version"]))["project_name"].to_pylist()
            yield table, self._in_month(batch) if table == "publishers" else batch
        listed = pa.Table.from_batches(files, LANDING_TABLES["files"])
        for batch in self._merged(listed, read).to_batches():
            yield "files", batch

    def notes(self) -> Mapping[str, TableNotes]:
        """As the source `pypi`; what the other landing holds is not observed here."""
        other = TableNotes(is_observed=False, note=f"Landed by the source {self._month.manifest.source}.")
        notes = dict(self._index.notes())
        merged = (
            f"{notes['files'].note} Merged with the log of uploads by project and file name: {self._unlisted_count:,} "
            f"files of the log are not listed any more; {self._late_count:,} were uploaded after "
            f"{self._month.manifest.observed_on} and are left out."
        )
        notes |= dict.fromkeys(("index", "downloads_daily", "download_totals"), other)
        return notes | {"files": replace(notes["files"], note=merged)}

    def _in_month(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        end = pa.scalar(self._end, pa.timestamp("us")).cast(TIMESTAMP)
        return batch.filter(pc.less(batch["uploaded_at"], end))

    def _merged(self, listed: pa.Table, read: Sequence[str]) -> pa.Table:
        """The files of the projects whose page was read, as log and index together know them."""
        answers = pl.DataFrame(pl.from_arrow(listed)).with_columns(_name())
        in_month = answers.filter(pl.col("uploaded_at").dt.replace_time_zone(None) < self._end)
        self._late_count = answers.height - in_month.height
        logged = _logged(self._month.path("files"), read)
        both = logged.join(in_month.select(_LISTED), ["project", "filename"], how="left").with_columns(
            pl.col("is_listed").fill_null(value=False)
        )
        self._unlisted_count = both.height - int(both["is_listed"].sum())
        # The log lacks some uploads (pypi/warehouse#16008).
        not_logged = in_month.join(logged, ["project", "filename"], how="anti")
        schema = LANDING_TABLES["files"]
        columns = ["project", *schema.names[1:]]
        merged = pl.concat([both.select(columns), not_logged.select(columns)]).sort(
            "project", "uploaded_at", "filename"
        )
        return merged.rename({"project": "project_name"}).to_arrow().cast(schema)


def _logged(path: Path, projects: Sequence[str]) -> pl.DataFrame:
    """The uploads of some projects, each file once; what the index says of them is left out."""
    log = pl.scan_parquet(path)
    # Distinct spellings are normalised, instead of the name of each of millions of files.
    spellings = log.select("project_name").unique().collect(engine="streaming").with_columns(_name())
    meant = spellings.filter(pl.col("project").is_in(list(projects)))
    rows = log.filter(pl.col("project_name").is_in(meant["project_name"].to_list())).collect(engine="streaming")
    named = rows.join(meant, "project_name", maintain_order="left").unique(["project", "filename"], keep="first")
    return named.drop(_LISTED[2:])


def _name() -> pl.Expr:
    """The column `project_name`, normalised by PEP 503, as `project`."""
    return pl.col("project_name").map_batches(_normalised, pl.String, is_elementwise=True).alias("project")


def _normalised(names: pl.Series) -> pl.Series:
    return pl.Series(normalised(names.to_arrow(compat_level=pl.CompatLevel.oldest())))
