"""The pipeline's figures on a simulated index, held against its truth, which another route computes."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import Settings
from pipeline.sources.simulated.truth import truth_tables
from pipeline.sources.simulated.world import make_world

PROJECTS, SEED = 3_000, 7


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The published file of a simulated index, with its truth tables in the schema `truth`."""
    folder = tmp_path_factory.mktemp("simulated")
    settings = Settings(
        source="simulated",
        projects=PROJECTS,
        seed=SEED,
        database=folder / "simulated.duckdb",
        landing=folder / "landing",
        reports=folder / "reports",
    )
    run(Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter()))
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute(f"attach '{settings.database}' as published (read_only)")
    connection.execute("create schema truth")
    for name, table in truth_tables(make_world(PROJECTS, SEED, _observed_on(connection))).items():
        connection.register("given", table)
        connection.execute(f"create table truth.{name} as from given")
        connection.unregister("given")
    return connection


def _observed_on(connection: duckdb.DuckDBPyConnection):
    return connection.execute("select observed_on from published.runs").fetchall()[0][0]


def differences(connection: duckdb.DuckDBPyConnection, found: str, true: str) -> list[tuple]:
    """The rows that only one of two queries gives, a few of them."""
    one = f"select 'found' as side, * from ({found} except all {true})"
    other = f"select 'true' as side, * from ({true} except all {found})"
    return connection.execute(f"from ({one} union all {other}) order by 2, 1 limit 6").fetchall()


EXACT = [
    "newest_release_kind",
    "first_upload_at::timestamp",
    "newest_upload_at::timestamp",
    "two_factor_evidence",
    "publishing_evidence",
    "first_attested_at::timestamp",
    "has_regressed",
    "publisher_kind",
    "publisher_repository",
    "has_repository_changed",
    "status",
    "organization",
    "owner_count",
    "maintainer_count",
    "has_single_owner",
    "downloads_30d",
    "download_rank",
    "tier",
    "is_top1pct",
    "is_mass80",
    "dependents_direct",
    "dependents_transitive",
]


@pytest.mark.parametrize("column", EXACT)
def test_every_project_has_its_true_value(simulated: duckdb.DuckDBPyConnection, column: str) -> None:
    found = f"select project, {column} from published.projects"
    true = f"select project, {column} from truth.projects"
    assert differences(simulated, found, true) == []


def test_the_newest_version_is_the_true_release(simulated: duckdb.DuckDBPyConnection) -> None:
    found = "select project, newest_version from published.projects"
    assert differences(simulated, found, "select project, newest_version from truth.projects") == []


def test_every_closure_has_its_true_size_and_depth(simulated: duckdb.DuckDBPyConnection) -> None:
    found = "select project, closure_size, depth from published.dependency_exposure"
    true = "select project, closure_size, depth from truth.projects where unparsable_requirement_count = 0"
    assert differences(simulated, found, true) == []


def test_every_requirement_that_names_no_project_is_counted(simulated: duckdb.DuckDBPyConnection) -> None:
    found = "select sum(closure_unlisted_count), count(*) from published.dependency_exposure where closure_size = 0"
    true = """
        select sum(unknown_requirement_count), count(*) from truth.projects
        where unparsable_requirement_count = 0 and closure_size = 0
    """
    assert simulated.execute(found).fetchall() == simulated.execute(true).fetchall()
    assert simulated.execute(found).fetchone()[0] > 0


def test_every_account_has_its_true_reach(simulated: duckdb.DuckDBPyConnection) -> None:
    columns = "account, project_count, critical_project_count, downloads_30d_reachable, shown_two_factor"
    true = columns.replace("account,", "lower(account) as account,", 1).replace(
        "shown_two_factor", "if(shown_two_factor, true, null) as shown_two_factor"
    )
    found = f"select {columns} from published.accounts"
    assert differences(simulated, found, f"select {true} from truth.accounts") == []


MONTHLY = [
    ("files", "attested_file_count", "file_count"),
    ("releases", "attested_release_count", "release_count"),
    ("projects", "attested_project_count", "project_count"),
]


@pytest.mark.parametrize(("unit", "numerator", "denominator"), MONTHLY)
def test_adoption_by_month_is_the_true_one(simulated, unit: str, numerator: str, denominator: str) -> None:
    found = (
        "select month, tier, coalesce(numerator, 0) as numerator, denominator from published.adoption_monthly "
        f"where measure = 'attested' and unit = '{unit}' and denominator > 0"
    )
    true = (
        f"select month, tier, {numerator}, {denominator} from truth.adoption_monthly "
        f"where month >= date '2024-10-01' and {denominator} > 0"
    )
    assert differences(simulated, found, true) == []


def test_first_adoption_by_month_is_the_true_one(simulated: duckdb.DuckDBPyConnection) -> None:
    found = (
        "select date_trunc('month', first_attested_at)::date as month, count(*) from published.projects "
        "where first_attested_at is not null group by all"
    )
    true = (
        "select month, first_attested_project_count from truth.adoption_monthly "
        "where tier = 'all' and first_attested_project_count > 0"
    )
    assert differences(simulated, found, true) == []


def test_counts_by_class_and_tier_are_the_true_ones(simulated: duckdb.DuckDBPyConnection) -> None:
    found = (
        "select tier, numerator, denominator from published.tier_summary "
        "where measure = 'evidence_shown' and unit = 'projects' and tier <> 'all'"
    )
    true = (
        "select tier, count_if(is_shown_since_enforcement), count_if(two_factor_evidence <> 'unknown') "
        "from truth.projects group by tier"
    )
    assert differences(simulated, found, true) == []


def test_what_is_shown_is_true(simulated: duckdb.DuckDBPyConnection) -> None:
    """Evidence is one-sided: an account shown to have a second factor has one, whoever else has one too."""
    wrong = "select count(*) from truth.accounts where shown_two_factor and not true_has_two_factor"
    shown = "select count(*) from truth.accounts where shown_two_factor"
    assert simulated.execute(wrong).fetchall()[0][0] <= 0.02 * simulated.execute(shown).fetchall()[0][0]
