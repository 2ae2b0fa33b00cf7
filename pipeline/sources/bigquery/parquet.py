"""The same queries over Parquet files in the datasets' shape, translated by sqlglot: to try everything without account.

DuckDB stands here in the place of the outside system, as one more service that is asked and answers in Arrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from pipeline.errors import SourceError
from pipeline.files import sha256_of
from pipeline.sources.bigquery.shape import TABLES, flat
from pipeline.sources.bigquery.statement import Query

_ROWS_A_BATCH: Final = 100_000
SIMULATED_MARK: Final = b"SIMULATED"
_ANEW: Final = "Write both with `pypi-adoption simulate DIR --bigquery-shape`."


class ParquetDatasets:
    """A folder with `file_downloads.parquet` and `distribution_metadata.parquet`, as `simulate` writes them."""

    def __init__(self, folder: Path) -> None:
        """Open the folder.

        Raises:
            SourceError: a file is missing, or is no Parquet file.
        """
        self.files = {table: folder / f"{table.rpartition('.')[2]}.parquet" for table in TABLES}
        for path in self.files.values():
            if not path.is_file():
                raise SourceError(f"{path} is missing.", way_out=_ANEW)
        contents = "".join(sha256_of(path) for path in self.files.values())
        self.identity = "files-" + hashlib.sha256(contents.encode()).hexdigest()[:12]
        self._schemas = {table: _schema_of(path) for table, path in self.files.items()}
        self.is_simulated = any(SIMULATED_MARK in (schema.metadata or {}) for schema in self._schemas.values())

    def columns(self, table: str) -> Mapping[str, str]:
        """See `Engine.columns`."""
        return flat(self._schemas[table])

    def bytes_of(self, query: Query) -> int:  # noqa: ARG002 - files cost nothing
        """See `Engine.bytes_of`."""
        return 0

    def run(self, query: Query, job_id: str, most_bytes: int) -> ParquetJob:  # noqa: ARG002 - files cost nothing
        """See `Engine.run`."""
        return ParquetJob(query, translate(query.sql), self.files)

    def find(self, job_id: str) -> None:
        """See `Engine.find`."""


@dataclass(frozen=True)
class ParquetJob:
    """A query over files; it runs when its rows are asked for."""

    query: Query
    sql: str
    files: Mapping[str, Path]
    bytes_billed: int = 0
    has_rows: bool = True

    def batches(self) -> Iterator[pa.RecordBatch]:
        """See `Job.batches`."""
        try:
            with duckdb.connect() as connection:
                connection.execute("set timezone = 'UTC'")
                for table, path in self.files.items():
                    connection.read_parquet(str(path)).create_view(table.rpartition(".")[2])
                values = {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in self.query.values.items()
                }
                yield from connection.sql(self.sql, params=values).to_arrow_reader(_ROWS_A_BATCH)
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise SourceError(
                f"The query {self.query.name} does not run over the files: {what}",
                way_out=_ANEW,
            ) from error


def _schema_of(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        what = str(error).partition("\n")[0]
        raise SourceError(f"{path} cannot be read as Parquet: {what}", way_out=_ANEW) from error


def translate(sql: str) -> str:
    """The statement in DuckDB's dialect, its tables named without project and dataset."""
    tree = sqlglot.parse_one(sql, read="bigquery")
    for table in tree.find_all(exp.Table):
        if table.catalog:
            table.replace(exp.to_table(table.name))
    return tree.sql(dialect="duckdb", comments=False)
