"""The bundled snapshot: every project of the index with the date of its newest release and its download rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import SourceError
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.datacard import read_card, verify
from pipeline.sources.interface import Description, TableNotes

DAY = "newest_release_day"
MONTH = "newest_release_month"
"""A snapshot file holds one of the two, with the precision of its name."""


def file_schema(newest: str) -> pa.Schema:
    """What a snapshot file must hold, `newest` being DAY or MONTH; whole numbers of another width are taken too."""
    return pa.schema([("project", pa.string()), (newest, pa.date32()), ("download_rank", pa.int32())])


ASK_PYPI = (
    "`pypi-adoption run --source pypi --top 1000 --contact you@example.org` observes it for the most downloaded "
    "projects."
)
ASK_BIGQUERY = "`pypi-adoption run --source bigquery --bigquery-project ID` observes it."

NOT_OBSERVED = {
    "observations": f"The snapshot asked for no project page. {ASK_PYPI}",
    "files": f"The snapshot holds the date of the newest release only, no files. {ASK_PYPI}",
    "publishers": f"The snapshot holds no publisher identities. {ASK_PYPI}",
    "roles": f"The snapshot holds no roles and no organizations. {ASK_PYPI}",
    "project_urls": f"The snapshot holds no links. {ASK_PYPI}",
    "requirements": f"The snapshot holds no requirements. {ASK_PYPI}",
    "downloads_daily": f"The snapshot holds ranks, no download counts. {ASK_BIGQUERY}",
    "download_totals": "The snapshot holds ranks, no download counts. "
    "`pypi-adoption run --source pypi --toplist FILE --contact you@example.org` adds published counts.",
}


class SnapshotSource:
    """Reads the newest `index-YYYY-MM.parquet` of a folder, held against its data card."""

    def __init__(self, folder: Path) -> None:
        files = sorted(folder.glob("index-*.parquet"))
        if not files:
            raise SourceError(f"{folder} holds no index-YYYY-MM.parquet.", way_out="Restore it from the repository.")
        self.file = files[-1]
        self.card = read_card(self.file)

    def describe(self) -> Description:
        """The snapshot stands for the month in its name."""
        verify(self.file, self.card)
        return Description(
            source="snapshot",
            period=self.file.stem.removeprefix("index-"),
            observed_on=self.card.observed_on,
            parameters={"file": self.file.name},
            is_simulated=self.card.origin == "simulated",
            inputs=(self.file,),
        )

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:  # noqa: ARG002 - nothing to continue
        """Yield the landing table `index`, one batch a row group.

        Raises:
            SourceError: the file is no Parquet file of these columns.
        """
        try:
            with pq.ParquetFile(self.file) as parquet:
                found = parquet.schema_arrow.names
                schema = file_schema(DAY if DAY in found else MONTH)
                missing = set(schema.names) - set(found)
                if missing:
                    raise SourceError(
                        f"{self.file} lacks the column {min(missing)}.", way_out="Restore it from the repository."
                    )
                for batch in parquet.iter_batches(columns=schema.names):
                    yield "index", _as_landed(batch.select(schema.names).cast(schema))
        except (pa.ArrowException, OSError) as error:
            what = str(error).splitlines()[0]
            raise SourceError(
                f"{self.file} cannot be read as Parquet: {what}", way_out="Restore it from the repository."
            ) from error

    def notes(self) -> Mapping[str, TableNotes]:
        """Only `index` is observed."""
        index = TableNotes(is_observed=True, note=f"{self.card.title}. {self.card.precision} {self.card.holds_not}")
        unobserved = {table: TableNotes(is_observed=False, note=NOT_OBSERVED[table]) for table in OBSERVED_TABLES[1:]}
        return {"index": index, **unobserved}


def _as_landed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of a snapshot file in the schema of the landing table `index`."""
    schema = LANDING_TABLES["index"]
    if DAY in batch.schema.names:
        days = batch[DAY]
        months = pc.floor_temporal(days, unit="month").cast(pa.date32())
    else:
        days, months = pa.nulls(batch.num_rows, pa.date32()), batch[MONTH]
    return pa.record_batch([batch["project"], months, days, batch["download_rank"]], schema=schema)
