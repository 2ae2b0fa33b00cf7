"""The settings of a run: where things lie, and the dates that the definitions of evidence rest on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The checkout. The bundled snapshot and the reference facts lie in its `data/` folder."""

SNAPSHOT_FOLDER = PROJECT_ROOT / "data" / "snapshot"
REFERENCE_FOLDER = PROJECT_ROOT / "data" / "reference"


@dataclass(frozen=True)
class CutDates:
    """The dates at which the meaning of an upload changes (sources: data/reference/milestones.csv)."""

    announced_from: date = date(2024, 1, 1)
    """2FA required by policy; tokens issued earlier still passed without it (`2fa-required-for-all-users`)."""
    enforced_from: date = date(2024, 8, 2)
    """Token uploads by accounts without 2FA are rejected (`token-upload-requires-2fa`)."""
    provenance_from: date = date(2024, 10, 21)
    """The index shows provenance per file (`provenance-in-simple-api`)."""


@dataclass(frozen=True)
class BigQuerySettings:
    """What the source `bigquery` may be told."""

    bigquery_project: str | None = None
    """The Google Cloud project that runs, and pays, the queries."""
    bigquery_files: Path | None = None
    """A folder of Parquet files in the shape of the datasets, read instead of the service."""
    bigquery_endpoint: str | None = None
    """Address of an emulator instead of the service."""
    bigquery_storage_endpoint: str | None = None
    """`host:port` of its Storage Read API."""
    max_gib: float | None = None
    """The most that a run may be billed; None is what is left of 900 in the calendar month."""
    sample_days: int | None = None
    """How many of the 30 days stand for all of them; None counts all."""
    download_detail: str = "clients"
    exclude_metadata_files: bool = False
    refetch: tuple[str, ...] = ()
    """Days to count anew, and the word `metadata` for all uploads."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether files or an emulator are asked instead of the service."""
        places = (self.bigquery_files, self.bigquery_endpoint, self.bigquery_storage_endpoint)
        return any(place is not None for place in places)


@dataclass(frozen=True)
class Settings:
    """Everything that a run may be told; made by the command line, passed down, never changed."""

    source: str = "snapshot"
    projects: int = 20_000
    """How many projects the source `simulated` makes up."""
    seed: int = 1
    """Which of its fictitious indexes is meant."""
    top: int = 1000
    """How many of the most downloaded projects the source `pypi` asks about."""
    toplist: str | None = None
    """A list of the most downloaded projects with their counts, as a file or an address; None takes the ranks of the
    bundled snapshot."""
    downloads: str | None = None
    """Where download counts come from beside the source: `clickhouse`, or nowhere."""
    index_url: str | None = None
    """Address of the Simple API of another index than PyPI's."""
    contact: str | None = None
    """Whom the people who run the index can reach; told to it with every request."""
    max_failure_share: float = 0.05
    """Of how many projects, at most, the pages may fail before nothing is published."""
    verify: int = 0
    """Of how many files the attestations are checked cryptographically."""
    period: str | None = None
    """The month to land or to build, `YYYY-MM`; None is the month that the source itself stands for."""
    database: Path = PROJECT_ROOT / "data" / "adoption.duckdb"
    """The published file. That of made-up data is never the default one (see the command line)."""
    landing: Path = PROJECT_ROOT / "data" / "landing"
    reports: Path = PROJECT_ROOT / "reports"
    shows_accounts: bool = False
    """Whether reports call accounts by their names, and not by pseudonyms."""
    cuts: CutDates = field(default_factory=CutDates)
    bigquery: BigQuerySettings = field(default_factory=BigQuerySettings)
    memory_limit: str = "1GB"
    """What DuckDB may hold in memory; beyond it, it spills to a folder beside the database."""
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    def bound_values(self, observed_on: date) -> dict[str, object]:
        """The values that SQL files may name as parameters (`$enforced_from`); a day means its first instant in UTC."""
        return {
            "announced_from": self.cuts.announced_from,
            "enforced_from": self.cuts.enforced_from,
            "provenance_from": self.cuts.provenance_from,
            "observed_on": observed_on,
        }
