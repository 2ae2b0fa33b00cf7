"""Two months of one simulated index: the changes told are the true ones, and history is never lost or mixed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import PublishError
from pipeline.progress import Reporter
from pipeline.run import Context, rebuild, run
from pipeline.settings import Settings
from pipeline.sources.simulated.truth import changes_between
from pipeline.sources.simulated.world import make_world

PROJECTS, SEED = 800, 3


def context(folder: Path, period: str | None, source: str = "simulated") -> Context:
    settings = Settings(
        source=source,
        projects=PROJECTS,
        seed=SEED,
        period=period,
        database=folder / "a.duckdb",
        landing=folder / "landing",
        reports=folder / "reports",
    )
    return Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter())


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


CHANGES = "select period, project, what, before, after from changes order by all"
HISTORY = "select source, period, count(*) from project_history group by all order by all"


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("months")
    run(context(folder, "2026-02"))
    run(context(folder, "2026-10"))
    return folder


@pytest.mark.parametrize("what", ["publishing_evidence", "two_factor_evidence", "organization", "Owner", "Maintainer"])
def test_the_changes_between_two_months_are_the_true_ones(two_months: Path, what: str) -> None:
    earlier, later = (make_world(PROJECTS, SEED, day) for day in (date(2026, 2, 28), date(2026, 10, 31)))
    unknown = {"not_observable", "unobserved", "unknown"}
    true = {
        (row["project"], row["before"], row["after"])
        for row in changes_between(earlier, later).to_pylist()
        if row["what"] == what and not {row["before"], row["after"]} & unknown
    }
    found = {
        (project, before, after) for _, project, w, before, after in rows(two_months / "a.duckdb", CHANGES) if w == what
    }
    if what in {"Owner", "Maintainer"}:
        true = {(p, b and b.lower(), a and a.lower()) for p, b, a in true}
    assert found == true
    assert true, "there is something to tell"


def test_a_month_built_again_changes_nothing(two_months: Path) -> None:
    before = rows(two_months / "a.duckdb", CHANGES), rows(two_months / "a.duckdb", HISTORY)
    rebuild(context(two_months, "2026-10"))
    assert (rows(two_months / "a.duckdb", CHANGES), rows(two_months / "a.duckdb", HISTORY)) == before


def test_months_can_be_made_anew_from_the_landing_in_any_order(two_months: Path) -> None:
    before = rows(two_months / "a.duckdb", CHANGES)
    (two_months / "a.duckdb").unlink()
    rebuild(context(two_months, "2026-10"))
    assert rows(two_months / "a.duckdb", CHANGES) == []
    rebuild(context(two_months, "2026-02"))
    assert rows(two_months / "a.duckdb", "select period from runs") == [("2026-02",)]
    rebuild(context(two_months, "2026-10"))
    assert rows(two_months / "a.duckdb", CHANGES) == before


def test_real_data_never_replace_simulated_ones(two_months: Path) -> None:
    before = (two_months / "a.duckdb").read_bytes()
    real = context(two_months, None, "snapshot")
    with pytest.raises(PublishError, match=r"holds simulated data.*--db"):
        run(real)
    assert (two_months / "a.duckdb").read_bytes() == before


def test_a_history_of_another_shape_is_said_to_be_one(two_months: Path, tmp_path: Path) -> None:
    database = tmp_path / "old.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table runs as select true as is_simulated")
        connection.execute("create table project_history as select 1 as x")
    old = context(two_months, "2026-10")
    with pytest.raises(PublishError, match=r"cannot be taken over.*build --period"):
        rebuild(replace(old, settings=replace(old.settings, database=database)))
