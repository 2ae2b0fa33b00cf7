from __future__ import annotations

import duckdb
import pytest

from pipeline.errors import BuildError, CheckError
from pipeline.warehouse.catalog import Check
from pipeline.warehouse.checks import run_checks, stop_on_failure


@pytest.mark.parametrize(
    ("value", "bound", "status"),
    [
        ("0", "= 0", "passed"),
        ("1", "= 0", "failed"),
        ("0.01", "<= 0.01", "passed"),
        ("0.011", "<= 0.01", "failed"),
        ("5", ">= 5", "passed"),
        ("5", "> 5", "failed"),
        ("-1", "< 0", "passed"),
        ("null", "= 0", "not_applicable"),
    ],
)
def test_bounds(value: str, bound: str, status: str) -> None:
    with duckdb.connect() as connection:
        (result,) = run_checks(connection, [Check(name="c", sql=f"select {value}", bound=bound)])
    assert result.status == status


@pytest.mark.parametrize(
    ("rows", "status"), [("", "not_applicable"), ("insert into main.t values (1)", "passed")], ids=["empty", "filled"]
)
def test_of_empty_tables_nothing_is_held(rows: str, status: str) -> None:
    """Whether the table of the run holds a row says nothing of the others."""
    check = Check(name="c", sql="select count(*) from main.t, main.runs where x > 1")
    with duckdb.connect() as connection:
        connection.execute(f"create table t (x integer); create table runs as select 1 as y; {rows}")
        (result,) = run_checks(connection, [check])
    assert result.status == status


def test_a_table_that_must_not_be_empty_fails_when_it_is() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t (x integer)")
        (result,) = run_checks(connection, [Check(name="c", sql="select count(*) from main.t", bound="> 0")])
    assert result.status == "failed"


def test_a_lost_table_fails() -> None:
    check = Check(name="c", sql="select (select count(*) from main.given) - (select count(*) from main.made)")
    with duckdb.connect() as connection:
        connection.execute("create table given as select 1 as x; create table made (x integer)")
        (result,) = run_checks(connection, [check])
    assert result.status == "failed"


def test_only_a_failed_check_of_severity_fail_stops() -> None:
    checks = [Check(name="mild", severity="warn", sql="select 3"), Check(name="fine", sql="select 0")]
    with duckdb.connect() as connection:
        stop_on_failure(run_checks(connection, checks))
        results = run_checks(connection, [*checks, Check(name="hard", sql="select 2", reason="Do this.")])
    with pytest.raises(CheckError, match=r"hard: 2 is not = 0\. Nothing was published\. Do this\."):
        stop_on_failure(results)


@pytest.mark.parametrize(
    "check", [Check(name="c", sql="select nothing from nowhere"), Check(name="c", sql="select 1", bound="odd")]
)
def test_what_is_no_check_is_refused(check: Check) -> None:
    with duckdb.connect() as connection, pytest.raises(BuildError, match="check c"):
        run_checks(connection, [check])
