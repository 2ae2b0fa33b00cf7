"""What every source offers: which tables it observes, and the rows, as typed Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Protocol

import pyarrow as pa

UPLOADS: Final = "uploads_sha256"
"""The parameter of a description that names the landed uploads which a source completes."""


@dataclass(frozen=True)
class TableNotes:
    """What the manifest records about one landed table."""

    is_observed: bool
    """Whether the outside system shows this at all; where it does not, `note` says why."""
    note: str = ""
    """Why it is not observed, or what a reader must know about how it was; with the command that would observe it."""
    query: str | None = None
    """The text of the query or the addresses asked, where one describes the whole table."""
    bytes_billed: int | None = None
    """What the outside system charged for it, in bytes."""
    observed_on: date | None = None
    """The day on which it looked like this, where that is another one than the fetch's."""


@dataclass(frozen=True)
class Description:
    """What a fetch is about to bring: the head of the manifest."""

    source: str
    """Short name of the source: `snapshot`, `pypi`, `bigquery`, `simulated`."""
    period: str
    """The month that the observation stands for, `YYYY-MM`."""
    observed_on: date
    """The day on which the outside system looked like this."""
    is_simulated: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What was asked for, as readable text: number of projects, seed, addresses."""
    inputs: tuple[Path, ...] = ()
    """Local files that the source reads, whose checksums the manifest records."""


class Source(Protocol):
    """One outside system. It knows nothing of DuckDB, and no later layer knows which source was used."""

    def describe(self) -> Description:
        """The head of the manifest.

        Raises:
            SourceError: the outside system cannot be used, said before anything is fetched.
        """

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield `(landing table, batch)` in any order, each batch in the schema of `contract.LANDING_TABLES`.

        Args:
            scratch: A folder of this source and period that outlives an interrupted fetch, to continue from.

        Raises:
            SourceError: the outside system failed in a way that ends the fetch.
        """

    def notes(self) -> Mapping[str, TableNotes]:
        """One entry for every landing table; asked after the batches are exhausted."""
