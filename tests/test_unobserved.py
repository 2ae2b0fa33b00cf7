"""Unknown never counts as no: take observations away, one kind at a time, and see what becomes of the shares."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.observed import observe
from pipeline.sources.simulated.world import make_world

Tables = dict[str, pa.Table]
SHARES = ("main.tier_summary", "main.headline_sensitivity", "main.adoption_monthly", "main.coverage")


@pytest.fixture(scope="module")
def full() -> Tables:
    return observe(make_world(250, 5, REFERENCE_DAY))


def _some_names(tables: Tables) -> list[str]:
    """The names, as spelled in every table, of 60 projects whose page was read."""
    return random.Random(1).sample(sorted(tables["observations"].column("project_name").to_pylist()), 60)


def _blank(table: pa.Table, column: str, names: list[str]) -> pa.Table:
    is_meant = pc.is_in(_normal(table), value_set=pa.array(names))
    emptied = pc.if_else(is_meant, pa.scalar(None, table.schema.field(column).type), table.column(column))
    return table.set_column(table.schema.get_field_index(column), table.schema.field(column), emptied)


def _normal(table: pa.Table) -> pa.ChunkedArray:
    return pc.replace_substring_regex(pc.utf8_lower(table.column("project_name")), r"[-_.]+", "-")


def _without(table: pa.Table, names: list[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(_normal(table), value_set=pa.array(names))))


def no_provenance(tables: Tables, names: list[str]) -> Tables:
    return tables | {"files": _blank(tables["files"], "has_provenance", names)}


def old_index(tables: Tables, names: list[str]) -> Tables:
    rows = tables["observations"].to_pylist()
    for row in rows:
        if row["project_name"] in names:
            row["api_version"] = "1.1"
    return tables | {"observations": pa.Table.from_pylist(rows, tables["observations"].schema)}


def no_files(tables: Tables, names: list[str]) -> Tables:
    index = _blank(tables["index"], "newest_release_month", names)
    return tables | {
        "index": index,
        "files": _without(tables["files"], names),
        "publishers": _without(tables["publishers"], names),
    }


def no_roles(tables: Tables, names: list[str]) -> Tables:
    rows = tables["observations"].to_pylist()
    for row in rows:
        if row["project_name"] in names:
            row.update(roles_observed=False, organization=None)
    observations = pa.Table.from_pylist(rows, tables["observations"].schema)
    return tables | {"observations": observations, "roles": _without(tables["roles"], names)}


def no_publishers(tables: Tables, names: list[str]) -> Tables:
    return tables | {"publishers": _without(tables["publishers"], names)}


def no_links(tables: Tables, names: list[str]) -> Tables:
    return tables | {"project_urls": _without(tables["project_urls"], names)}


REMOVALS: dict[str, tuple[Callable[[Tables, list[str]], Tables], str]] = {
    "provenance": (no_provenance, "provenance"),
    "an index without provenance": (old_index, "provenance"),
    "files": (no_files, "files"),
    "roles": (no_roles, "roles"),
    "publishers": (no_publishers, "publisher_identity"),
    "links": (no_links, "source_host"),
}


def _shares(connection: duckdb.DuckDBPyConnection) -> dict[tuple[Any, ...], tuple[Any, Any]]:
    """Numerator and denominator of every share, by its key."""
    found = {}
    for table, keys in (
        ("tier_summary", "tier, measure, unit"),
        ("headline_sensitivity", "headline, criticality, cut_date, denominator_kind, unit"),
        ("adoption_monthly", "month, tier, measure, unit"),
    ):
        for row in connection.execute(f"select share, denominator, {keys} from {table}").fetchall():
            found[(table, *row[2:])] = row[:2]
    return found


def _rows(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in tables.items()}


@pytest.fixture
def whole(full: Tables, make_warehouse):
    connection = make_warehouse(_rows(full), *SHARES)
    coverage = dict(connection.execute("select measure, observed_count from coverage").fetchall())
    return _shares(connection), coverage


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_share_changes_only_with_its_denominator(full: Tables, whole, make_warehouse, removal: str) -> None:
    remove, measure = REMOVALS[removal]
    before, coverage_before = whole
    connection = make_warehouse(_rows(remove(full, _some_names(full))), *SHARES)
    after = _shares(connection)
    wrong = [
        (key, before[key], after[key])
        for key in before.keys() & after.keys()
        if before[key][0] != after[key][0] and before[key][1] == after[key][1]
    ]
    assert wrong == []
    coverage = dict(connection.execute("select measure, observed_count from coverage").fetchall())
    assert coverage[measure] < coverage_before[measure], "coverage names the loss"


def test_less_looking_makes_no_census(full: Tables, make_warehouse) -> None:
    """Of 60 projects the page was not read: of how many files and releases there are, nothing is known any more."""
    names = _some_names(full)
    part = {
        name: table if name == "index" else _without(table, names)
        for name, table in full.items()
        if name != "downloads_daily"
    }
    units = {"files", "releases", "projects", "downloads"}
    for tables, is_whole in ((full, True), (part, False)):
        connection = make_warehouse(_rows(tables), *SHARES)
        query = """
            select 'tiers', unit, is_census, total is not null, share_low is not null from tier_summary
            where tier = 'all' and measure = 'attested' and unit = 'files'
            union all
            select 'months', unit, is_census, total is not null, share_low is not null from adoption_monthly
            where tier = 'all' and measure = 'attested' and month = date '2026-08-01' and denominator > 0
        """
        found = connection.execute(query).fetchall()
        assert {unit for what, unit, *_ in found if what == "months"} >= units - {"downloads"}
        if not is_whole:
            assert not any(is_census or is_known for _, _, is_census, is_known, _ in found)
            assert all(has_interval for _, unit, *_, has_interval in found if unit != "downloads")
        else:
            assert all(is_known for *_, is_known, _ in found)


def test_nobody_depends_is_said_only_where_nearly_all_requirements_were_read(full: Tables, make_warehouse) -> None:
    names = sorted(full["observations"].column("project_name").to_pylist())
    counted = (
        "count_if(dependents_direct = 0), count_if(dependents_direct > 0), count(pagerank) - count(dependents_direct)"
    )
    query = f"select {counted} from signals.criticality"
    nobody, somebody, _ = make_warehouse(_rows(full), "signals.criticality").execute(query).fetchone()
    assert nobody > 0
    few = {name: table if name == "index" else _without(table, names[40:]) for name, table in full.items()}
    found = make_warehouse(_rows(few), "signals.criticality").execute(query).fetchone()
    assert (found[0], found[2]) == (0, 0)
    assert 0 < found[1] < somebody


@pytest.mark.parametrize("table", ["files", "roles", "publishers", "requirements", "downloads_daily", "observations"])
def test_a_kind_that_nobody_observed_is_nowhere_no(full: Tables, make_warehouse, table: str) -> None:
    rest = {name: rows for name, rows in _rows(full).items() if name != table}
    if table == "observations":
        rest.pop("roles")
    connection = make_warehouse(rest, *SHARES, "main.projects")
    empty = {
        "files": "publishing_evidence <> 'unobserved' or has_regressed is not null or had_opportunity is not null",
        "roles": "false",
        "publishers": "publisher_kind is not null or has_repository_changed is not null",
        "requirements": "dependents_direct is not null or is_top_pagerank is not null",
        "downloads_daily": "false",
        "observations": "owner_count is not null or has_single_owner is not null or status is not null",
    }[table]
    assert connection.execute(f"select count(*) from projects where {empty}").fetchall() == [(0,)]
    notes = connection.execute("select note from coverage where observed_count = 0").fetchall()
    assert all(note for (note,) in notes)
