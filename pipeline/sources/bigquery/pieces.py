"""A piece: the query of one kind for whole days, and what is known about it before and after it was landed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from pipeline.manifest import FileName
from pipeline.sources.bigquery.statement import Query


@dataclass(frozen=True)
class Piece:
    """A query of one kind for whole days, `last_day` included: what is fetched, landed and paid as one."""

    kind: str
    first_day: date
    last_day: date
    query: Query

    @property
    def title(self) -> str:
        """Kind and days, for people."""
        days = f"{self.first_day}" if self.first_day == self.last_day else f"{self.first_day} to {self.last_day}"
        return f"{self.kind} of {days}"

    @property
    def stem(self) -> str:
        """Name of its files; another text of the query makes another piece."""
        return f"{self.first_day}_{self.last_day}_{self.query.sha256[:12]}"


class PieceRecord(BaseModel):
    """What is known about a landed piece."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: FileName
    first_day: date
    last_day: date
    query_name: str
    query_sha256: str
    file: FileName
    row_count: int
    size_bytes: int
    sha256: str
    bytes_estimated: int
    """By the dry run before."""
    bytes_billed: int
    bytes_billed_before: int = 0
    """For rows of the same piece that are gone: fetched anew on purpose, or lost with the service's result."""
    job_id: str
    fetched_at: datetime


class PendingJob(BaseModel):
    """A query that was sent, or is about to be, and whose rows are not landed yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_id: str
    query_sha256: str
    started_at: datetime
    bytes_billed: int = 0
    """Known once the query has ended."""
    bytes_billed_before: int = 0
    """For earlier queries of the same piece."""
