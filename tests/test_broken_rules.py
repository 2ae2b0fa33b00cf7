"""A rule broken on purpose must be noticed: each version of the SQL below gives figures that are not the true ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.landing import land
from pipeline.manifest import Landing
from pipeline.settings import Settings
from pipeline.sources.simulated.source import SimulatedSource
from pipeline.sources.simulated.truth import truth_tables
from pipeline.sources.simulated.world import make_world
from pipeline.warehouse.build import Facts, build_tables
from pipeline.warehouse.catalog import Table
from pipeline.warehouse.database import new_database

PROJECTS, SEED = 1_500, 11

BROKEN = {
    "the last file decides instead of all": (
        "signals.newest_releases",
        "count(*) filter (where listed.has_provenance) as attested_file_count",
        "if(arg_max(listed.has_provenance, listed.uploaded_at), count(*), 0) as attested_file_count",
        "publishing_evidence",
    ),
    "the last version of the list is the newest, pre-releases and all": (
        "signals.newest_releases",
        "kind * 4294967296 + greatest(version_id, 0)",
        "3 * 4294967296 + greatest(version_id, 0)",
        "publishing_evidence",
    ),
    "deleted files count as listed": (
        "signals.uploads",
        "max(uploaded_at) filter (where is_listed is not false) as newest_listed_at",
        "max(uploaded_at) as newest_listed_at",
        "newest_upload_at",
    ),
    "the date of the announcement is taken for the proof": (
        "signals.two_factor",
        "uploads.newest_upload_at >= $enforced_from::date",
        "uploads.newest_upload_at >= '2024-01-01'::date",
        "two_factor_evidence",
    ),
    "what was not observed counts as not attested": (
        "signals.publishing",
        "when newest.observed_file_count = newest.listed_file_count",
        "when newest.listed_file_count > 0",
        "publishing_evidence",
    ),
    "a role counts instead of an account": (
        "signals.ownership",
        "count(distinct account) filter (where role = 'Owner')",
        "count(account)",
        "owner_count",
    ),
}


SIGNALS = {
    "publishing_evidence": "signals.publishing",
    "two_factor_evidence": "signals.two_factor",
    "newest_upload_at": "signals.uploads",
    "owner_count": "signals.ownership",
}
"""Where each column is decided."""


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    root = tmp_path_factory.mktemp("landing")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return land(SimulatedSource(PROJECTS, SEED), root, now=lambda: now, code_version="test", advance=lambda _: None)


@pytest.fixture(scope="module")
def truth(landing: Landing):
    return truth_tables(make_world(PROJECTS, SEED, landing.manifest.observed_on))["projects"]


def wrong_rows(tables: list[Table], landings: list[Landing], run_facts: dict, truth, column: str, path: Path) -> int:
    """How many projects do not have their true value, when they are built with these tables."""
    with new_database(path, Settings()) as connection:
        facts = Facts(run_facts | {"observed_on": landings[0].manifest.observed_on}, {})
        build_tables(connection, tables, landings, Settings(), facts, lambda _: None)
        connection.register("truth", truth)
        query = (
            f"select count(*) from staging.projects join {SIGNALS[column]} as found using (project_id) "
            f"join truth using (project) where found.{column} is distinct from truth.{column}"
        )
        return connection.execute(query).fetchall()[0][0]


def _needed(catalog: list[Table], wanted: set[str]) -> list[Table]:
    chosen: set[str] = set()
    for table in reversed(catalog):
        if table.address in wanted or any(table.address in t.references for t in catalog if t.address in chosen):
            chosen.add(table.address)
    return [table for table in catalog if table.address in chosen]


@pytest.mark.parametrize("column", SIGNALS)
def test_the_rules_as_they_are_give_the_truth(
    catalog, landing, reference_landing, run_facts, truth, column: str, tmp_path: Path
) -> None:
    tables = _needed(catalog, set(SIGNALS.values()))
    assert wrong_rows(tables, [landing, reference_landing], run_facts, truth, column, tmp_path / "a.duckdb") == 0


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_does_not(
    catalog, landing, reference_landing, run_facts, truth, name: str, tmp_path: Path
) -> None:
    address, rule, broken, column = BROKEN[name]
    tables = []
    for table in _needed(catalog, set(SIGNALS.values())):
        if table.address == address:
            assert table.sql is not None
            assert rule in table.sql, f"the rule is not written as {rule!r} any more"
            table = replace(table, sql=table.sql.replace(rule, broken))  # noqa: PLW2901
        tables.append(table)
    assert wrong_rows(tables, [landing, reference_landing], run_facts, truth, column, tmp_path / "a.duckdb") > 0
