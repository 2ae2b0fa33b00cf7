"""What runs the queries: the service itself, or DuckDB over Parquet files in the datasets' shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import pyarrow as pa

from pipeline.sources.bigquery.statement import Query


class Job(Protocol):
    """A query that has run."""

    @property
    def bytes_billed(self) -> int:
        """What was charged for it; 0 where the result came out of the service's cache."""

    @property
    def has_rows(self) -> bool:
        """Whether its result can still be read."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The result as a stream; may be asked for again.

        Raises:
            SourceError: the connection was lost.
        """


class Engine(Protocol):
    """Every method raises SourceError, with one clear line, for whatever the outside system may answer."""

    identity: str
    """Which data these are; what was landed of others is not theirs."""
    is_simulated: bool

    def columns(self, table: str) -> Mapping[str, str]:
        """Dotted paths of all leaf columns of a table and their types (`STRING`, `STRING REPEATED`, `TIMESTAMP`)."""

    def bytes_of(self, query: Query) -> int:
        """What the query would read, in bytes; runs nothing and costs nothing."""

    def run(self, query: Query, job_id: str, most_bytes: int) -> Job:
        """Run the query under a given name, and wait for its end. Refused by the service above `most_bytes`."""

    def find(self, job_id: str) -> Job | None:
        """The query that ran under this name, waited for; None where there is none to be seen, or it failed."""
