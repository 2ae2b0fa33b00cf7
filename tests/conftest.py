"""Shared fixtures: small warehouses out of rows written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pyarrow as pa
import pytest

from pipeline.landing import land
from pipeline.manifest import Landing
from pipeline.settings import REFERENCE_FOLDER, Settings
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.reference import ReferenceSource
from pipeline.warehouse.build import Facts, build_tables
from pipeline.warehouse.catalog import Table, load_catalog
from pipeline.warehouse.database import new_database
from pipeline.warehouse.history import read_history

# A busy machine is no failure: what is too slow is measured where it is meant to be.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

OBSERVED_ON = date(2026, 10, 31)
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
Rows = Mapping[str, list[dict[str, Any]]]


class GivenSource:
    """A source that gives the rows of a test; a landing table that the test does not name is not observed."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def describe(self) -> Description:
        return Description(source="given", period="2026-10", observed_on=OBSERVED_ON)

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        for table, rows in self.rows.items():
            batch = pa.RecordBatch.from_pylist([with_defaults(table, row) for row in rows], LANDING_TABLES[table])
            yield table, batch

    def notes(self) -> dict[str, TableNotes]:
        return {t: TableNotes(is_observed=t in self.rows, note="a test") for t in OBSERVED_TABLES}


def with_defaults(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a test has no reason to say."""
    defaults: dict[str, Any] = {
        "observed_at": NOW,
        "api_version": "1.4",
        "roles_observed": True,
        "filename": f"{row.get('project_name')}-{row.get('version')}-{row.get('uploaded_at')}",
        "is_listed": True,
        "is_yanked": False,
        "has_provenance": False,
    }
    names = LANDING_TABLES[table].names
    unknown = set(row) - set(names)
    assert not unknown, f"{table} has no column {unknown}"
    return {name: defaults.get(name) for name in names} | row


@pytest.fixture(scope="session")
def catalog() -> list[Table]:
    return load_catalog()


@pytest.fixture(scope="session")
def reference_landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    root = tmp_path_factory.mktemp("reference")
    return land(ReferenceSource(REFERENCE_FOLDER), root, now=lambda: NOW, code_version="test", advance=lambda _: None)


@pytest.fixture
def run_facts() -> dict[str, Any]:
    cuts = Settings().cuts
    return {
        "run_id": "00000000-0000-0000-0000-000000000000",
        "started_at": NOW,
        "source": "given",
        "period": "2026-10",
        "observed_on": OBSERVED_ON,
        "is_simulated": False,
        "code_version": "test",
        "schema_version": 2,
        "announced_from": cuts.announced_from,
        "enforced_from": cuts.enforced_from,
        "provenance_from": cuts.provenance_from,
        "parameters": {},
    }


@pytest.fixture(scope="session")
def no_history(catalog: list[Table]) -> dict[str, pa.Table]:
    return read_history(Path("nowhere.duckdb"), catalog, source="given", period="2026-10", is_simulated=False)


@pytest.fixture
def make_warehouse(
    tmp_path: Path, catalog: list[Table], reference_landing: Landing, run_facts: dict[str, Any], no_history
) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Build `wanted` tables (all by default) and what they read out of landing rows; gives an open connection."""
    opened = []

    def make(rows: Rows, *wanted: str) -> duckdb.DuckDBPyConnection:
        landing = land(
            GivenSource(rows),
            tmp_path / f"landing-{len(opened)}",
            now=lambda: NOW,
            code_version="test",
            advance=lambda _: None,
        )
        chosen = _ancestors(catalog, wanted) if wanted else {t.address for t in catalog} - {"main.checks"}
        tables = [table for table in catalog if table.address in chosen]
        context = new_database(tmp_path / f"{len(opened)}.duckdb", Settings(threads=1))
        connection = context.__enter__()
        facts = Facts(run_facts, no_history)
        opened.append(context)
        build_tables(connection, tables, [landing, reference_landing], Settings(), facts, lambda _: None)
        return connection

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def _ancestors(catalog: list[Table], wanted: tuple[str, ...]) -> set[str]:
    by_address = {table.address: table for table in catalog}
    chosen: set[str] = set()
    pending = list(wanted)
    while pending:
        address = pending.pop()
        if address not in chosen:
            chosen.add(address)
            pending.extend(by_address[address].references)
    return chosen
