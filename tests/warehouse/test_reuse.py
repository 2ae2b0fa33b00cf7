"""A month built again: what did not change stays, and the file equals one that was built from nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.landing import land
from pipeline.manifest import Landing
from pipeline.settings import CutDates, Settings
from pipeline.sources.simulated.source import SimulatedSource
from pipeline.warehouse import reuse
from pipeline.warehouse.build import Facts, build
from pipeline.warehouse.catalog import Table, TableCard
from pipeline.warehouse.database import is_as_published, publish
from pipeline.warehouse.history import read_history
from pipeline.warehouse.reuse import Builds, Built

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Rows = dict[str, list[tuple[Any, ...]]]


class OtherDownloads(SimulatedSource):
    """The same index, of which one day of downloads was counted anew."""

    def describe(self):
        described = super().describe()
        return replace(described, parameters={**described.parameters, "refetched": "a day"})

    def batches(self, scratch: Path):
        for table, batch in super().batches(scratch):
            if table == "downloads_daily":
                more = pa.compute.add(batch["installer_count"], 7_000_000)
                yield table, batch.set_column(2, batch.schema.field(2), more)
            else:
                yield table, batch


def landed(root: Path, source: SimulatedSource) -> Landing:
    return land(source, root, now=lambda: NOW, code_version="test", advance=lambda _: None)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return landed(tmp_path_factory.mktemp("landing"), SimulatedSource(400, 3))


@pytest.fixture
def made(tmp_path: Path, catalog: list[Table], reference_landing: Landing, run_facts: dict[str, Any]) -> Callable:
    """Build a month over what lies at `database`, and give its tables, and when each was last built."""

    def make(database: Path, landing: Landing, run_id: str, **settings: Any) -> tuple[Rows, dict[str, str]]:
        manifest = landing.manifest
        month = {"source": manifest.source, "period": manifest.period, "is_simulated": True}
        facts = Facts({**run_facts, **month, "run_id": run_id}, read_history(database, catalog, **month))
        candidate = tmp_path / f"candidate-{run_id}.duckdb"
        wanted = Settings(database=database, threads=1, **settings)
        build(candidate, catalog, [landing, reference_landing], wanted, facts, lambda _: None)
        publish(candidate, database)
        with duckdb.connect(str(database), read_only=True) as connection:
            kept = [table.address for table in catalog if table.card.kept]
            own = (".runs", ".inputs")
            rows = {
                address: connection.execute(f"from {address} order by all").fetchall()
                for address in kept
                if not address.endswith(own)
            }
            keys = dict(connection.execute("select address, key from build.tables").fetchall())
        return rows, keys

    return make


def rebuilt(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {address for address in after if before.get(address) != after[address]}


def test_the_same_inputs_leave_every_table_but_those_of_the_run_itself(tmp_path, made, landing) -> None:
    first, keys = made(tmp_path / "a.duckdb", landing, "1")
    second, again = made(tmp_path / "a.duckdb", landing, "2")
    assert second == first
    changed = rebuilt(keys, again)
    assert {"raw.runs", "main.runs"} <= changed
    assert not {address for address in changed if address.startswith("signals.")}
    kept = {"staging.files", "main.projects", "main.project_history", "main.role_history", "main.estimates"}
    assert not kept & changed


def test_another_day_of_downloads_gives_what_a_build_from_nothing_gives(tmp_path, made, landing) -> None:
    _, keys = made(tmp_path / "a.duckdb", landing, "1")
    other = landed(tmp_path / "other", OtherDownloads(400, 3))
    again, after = made(tmp_path / "a.duckdb", other, "2")
    fresh, _ = made(tmp_path / "fresh.duckdb", other, "3")
    assert again == fresh
    assert again["main.projects"] != made(tmp_path / "old.duckdb", landing, "4")[0]["main.projects"]
    changed = rebuilt(keys, after)
    assert {"staging.downloads_daily", "signals.ranks", "main.projects"} <= changed
    # The names in the downloads are the same, so what hangs on the numbers of the projects stays.
    assert not {"staging.files", "staging.version_order", "signals.dependents", "signals.uploads"} & changed


def test_another_cut_date_gives_what_a_build_from_nothing_gives(tmp_path, made, landing) -> None:
    cuts = CutDates(enforced_from=date(2025, 6, 1))
    before, keys = made(tmp_path / "a.duckdb", landing, "1")
    again, after = made(tmp_path / "a.duckdb", landing, "2", cuts=cuts)
    fresh, _ = made(tmp_path / "fresh.duckdb", landing, "3", cuts=cuts)
    assert again == fresh
    assert again["signals.two_factor"] != before["signals.two_factor"]
    assert "staging.files" not in rebuilt(keys, after)


def test_other_code_and_another_month_begin_a_new_file(tmp_path, made, landing, catalog, monkeypatch) -> None:
    made(tmp_path / "a.duckdb", landing, "1")
    month = {"source": landing.manifest.source, "period": landing.manifest.period}
    with duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True) as connection:
        assert reuse.earlier_builds(connection, catalog, month)
        assert not reuse.earlier_builds(connection, catalog, month | {"period": "2031-01"})
        assert not reuse.earlier_builds(connection, catalog, month | {"source": "another"})
        monkeypatch.setattr(reuse, "state_of_code", lambda: "another state")
        assert not reuse.earlier_builds(connection, catalog, month)


@pytest.mark.parametrize("change", ["drop table main.accounts", "alter table main.accounts drop column project_count"])
def test_a_table_that_is_not_whole_is_none_to_keep(tmp_path, made, landing, catalog, change: str) -> None:
    made(tmp_path / "a.duckdb", landing, "1")
    month = {"source": landing.manifest.source, "period": landing.manifest.period}
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        before = reuse.earlier_builds(connection, catalog, month)
        connection.execute(change)
        after = reuse.earlier_builds(connection, catalog, month)
    assert before.keys() - after.keys() == {"main.accounts"}


@pytest.mark.parametrize(
    "change",
    [
        "drop table signals.ranks",
        "alter table main.accounts drop column project_count",
        "update main.projects set two_factor_evidence = 'trusted_publisher'",
        "delete from staging.projects where project_id = 1",
        "create table main.mine as select 1 as one",
    ],
)
def test_a_file_that_somebody_wrote_into_is_built_from_nothing(tmp_path, made, landing, change: str) -> None:
    first, _ = made(tmp_path / "a.duckdb", landing, "1")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(change)
    assert made(tmp_path / "a.duckdb", landing, "2")[0] == first
    with duckdb.connect(str(tmp_path / "a.duckdb"), read_only=True) as connection:
        assert "mine" not in {name for (name,) in connection.execute("show tables").fetchall()}


def test_a_copy_of_another_file_is_no_start(tmp_path, made, landing) -> None:
    first, _ = made(tmp_path / "a.duckdb", landing, "1")
    (tmp_path / "b.duckdb").write_bytes((tmp_path / "a.duckdb").read_bytes())
    assert is_as_published(tmp_path / "a.duckdb")
    assert not is_as_published(tmp_path / "b.duckdb")
    assert made(tmp_path / "b.duckdb", landing, "2")[0] == first


def test_the_state_of_the_code_covers_its_sql_and_its_cards(tmp_path, monkeypatch) -> None:
    for name, text in (("a.py", "x = 1"), ("a.sql", "select 1"), ("a.yml", "grain: one")):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(reuse, "PACKAGE", tmp_path)
    states = {reuse.state_of_code()}
    for name in ("a.py", "a.sql", "a.yml"):
        (tmp_path / name).write_text("another")
        states.add(reuse.state_of_code())
    assert len(states) == 4


def test_the_state_of_the_code_covers_names_of_files_and_versions_of_libraries(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    monkeypatch.setattr(reuse, "PACKAGE", tmp_path)
    before = reuse.state_of_code()
    for library in reuse.LIBRARIES:
        with monkeypatch.context() as patch:
            patch.setattr(reuse, "version", lambda name, other=library: "0" if name == other else version(name))
            assert reuse.state_of_code() != before, library
    assert reuse.state_of_code() == before
    (tmp_path / "a.sql").rename(tmp_path / "b.sql")
    assert reuse.state_of_code() != before


def table(address: str, *, references: tuple[str, ...] = (), python: str | None = None, **named: Any) -> Table:
    card = TableCard(grain="", description="", columns={}, python=python)
    layer, _, name = address.partition(".")
    sql = None if python else "select 1"
    parameters, landed = (frozenset(named.get(what, ())) for what in ("parameters", "landed"))
    return Table(layer, name, card, sql, frozenset(references), parameters, landed)


@pytest.mark.parametrize(
    ("one", "what_else"),
    [
        ({"landed": ("index",)}, "landing"),
        # The same bytes of somebody else, or of another month.
        ({"landed": ("index",)}, "source"),
        ({"landed": ("index",)}, "period"),
        ({"landed": ("index",), "parameters": ("observed_on",)}, "values"),
        ({"python": "a:b", "references": ("staging.first",)}, "values"),
        ({"references": ("staging.first",)}, "reference"),
    ],
)
def test_a_table_stays_until_something_that_it_reads_is_another(landing: Landing, one: dict, what_else: str) -> None:
    first, made = table("staging.first", landed=("roles",)), table("signals.made", **one)
    values = {"observed_on": date(2026, 10, 31)}

    def build_after(earlier: dict[str, Built], landing: Landing, values: dict[str, object], *, changed: bool) -> Builds:
        builds = Builds(earlier, [landing], values)
        for each in (first, made):
            if not builds.holds(each):
                builds.put(each, is_changed=changed)
        return builds

    begun = build_after({}, landing, values, changed=True)
    earlier = {each.address: begun._built[each.address] for each in (first, made)}
    assert Builds(earlier, [landing], values).holds(first)
    assert build_after(earlier, landing, values, changed=True).stayed(earlier)

    tables = dict(landing.manifest.tables)
    name = {"landing": "index", "reference": "roles"}.get(what_else)
    if name:
        tables[name] = tables[name].model_copy(update={"sha256": "0" * 64})
    named = {what_else: "another"} if what_else in {"source", "period"} else {}
    other = Landing(landing.folder, landing.manifest.model_copy(update={"tables": tables, **named}))
    later = {"observed_on": date(2026, 11, 1)} if what_else == "values" else values
    again = build_after(earlier, other, later, changed=True)
    assert again._built[made.address].key != earlier[made.address].key
    assert not again.stayed([made.address])
    # What came out the same nevertheless leaves what reads it.
    same = build_after(earlier, other, later, changed=False)
    assert same.stayed([first.address, made.address])


def test_what_nobody_reads_of_the_inputs_changes_nothing(landing: Landing) -> None:
    made = table("staging.made", landed=("index",), parameters=("observed_on",))
    begun = Builds({}, [landing], {"observed_on": date(2026, 10, 31), "enforced_from": date(2024, 8, 2)})
    begun.put(made, is_changed=True)
    tables = dict(landing.manifest.tables)
    tables["roles"] = tables["roles"].model_copy(update={"sha256": "0" * 64})
    other = Landing(landing.folder, landing.manifest.model_copy(update={"tables": tables}))
    later = Builds(begun._built, [other], {"observed_on": date(2026, 10, 31), "enforced_from": date(2025, 1, 1)})
    assert later.holds(made)


def test_what_a_run_says_of_itself_is_always_told_anew(landing: Landing) -> None:
    told = table("raw.runs")
    begun = Builds({}, [landing], {})
    begun.put(told, is_changed=True)
    assert not Builds(begun._built, [landing], {}).holds(told)
