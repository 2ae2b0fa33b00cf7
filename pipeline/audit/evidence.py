"""What the index shows of some projects: asked, landed and built with the same SQL as the published file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.landing import land
from pipeline.manifest import Landing
from pipeline.settings import Settings
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import Source
from pipeline.warehouse.build import Facts, build_tables
from pipeline.warehouse.catalog import Table, load_catalog
from pipeline.warehouse.database import new_database
from pipeline.warehouse.records import run_facts

WANTED = (
    "main.projects",
    "main.accounts",
    "main.dependency_exposure",
    "signals.ownership",
    "staging.observations",
    "staging.requirements",
    "staging.roles",
)
"""The tables that the queries of the audit read; they are built with everything that they rest on."""

SCHEMA_OF_THE_RUN = 1
"""Nothing reads it: the file is thrown away."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Evidence:
    """The results of the queries of the audit, each by the name of its file."""

    projects: Rows
    accounts: Rows
    needs: Rows


def index_of(projects: Sequence[str]) -> pa.Table:
    """The landing table `index` of these projects alone: nothing is known of them before the index is asked."""
    rows = [{"project_name": project} for project in projects]
    return pa.Table.from_pylist(rows, schema=LANDING_TABLES["index"])


def gather(source: Source, settings: Settings, now: datetime) -> Evidence:
    """Ask a source, and build what the audit reads.

    Args:
        source: Gives the projects of the audit and nothing else.
        settings: The cut dates, and what DuckDB may use.
        now: When the audit is made.

    Raises:
        SourceError: the index cannot be asked.
        BuildError: the tables cannot be built.
    """
    with TemporaryDirectory(prefix="pypi-adoption-audit-") as folder:
        landing = land(
            source, Path(folder), now=lambda: now, code_version=version("pypi-adoption"), advance=lambda _: None
        )
        with _built(landing, Path(folder) / "audit.duckdb", settings, now) as connection:
            return Evidence(**{name: _rows(connection, name) for name in ("projects", "accounts", "needs")})


@contextmanager
def _built(landing: Landing, path: Path, settings: Settings, now: datetime) -> Iterator[duckdb.DuckDBPyConnection]:
    run = run_facts(
        landing.manifest,
        settings.cuts,
        started_at=now,
        code_version=landing.manifest.code_version,
        schema_version=SCHEMA_OF_THE_RUN,
    )
    with new_database(path, settings) as connection:
        build_tables(connection, _needed(load_catalog()), [landing], settings, Facts(run, {}), lambda _: None)
        yield connection


def _needed(catalog: Sequence[Table]) -> list[Table]:
    """The tables wanted and all that they read, in the order of the catalog."""
    by_address = {table.address: table for table in catalog}
    chosen: set[str] = set()
    waiting = list(WANTED)
    while waiting:
        address = waiting.pop()
        if address not in chosen:
            chosen.add(address)
            waiting += by_address[address].references
    return [table for table in catalog if table.address in chosen]


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Rows:
    text = files("pipeline.audit").joinpath("queries", f"{query}.sql").read_text(encoding="utf-8")
    rows: Rows = connection.sql(text).to_arrow_table().to_pylist()
    return rows
