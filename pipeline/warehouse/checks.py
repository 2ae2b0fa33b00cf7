"""Checks: a number that a query gives, held against a bound."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import duckdb
import pyarrow as pa

from pipeline.errors import BuildError, CheckError
from pipeline.warehouse.catalog import Check, names_in

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}

RUNS = "main.runs"
RESULT_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("severity", pa.string()),
        ("status", pa.string()),
        ("value", pa.float64()),
        ("bound", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Result:
    """What a check found."""

    name: str
    severity: str
    status: str
    """`passed`, `failed`, or `not_applicable` where the query gives no number, or holds as what it reads is empty."""
    value: float | None
    bound: str
    reason: str


def run_checks(connection: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> list[Result]:
    """Run every check.

    Raises:
        BuildError: a check is not a query that gives one number, or its bound is none.
    """
    holds_rows = cache(lambda address: bool(connection.execute(f"select exists (from {address})").fetchall()[0][0]))
    return [_run(connection, check, holds_rows) for check in checks]


def as_arrow(results: list[Result]) -> pa.Table:
    """The rows of the mart `checks`."""
    return pa.Table.from_pylist([vars(result) for result in results], schema=RESULT_SCHEMA)


def stop_on_failure(results: Iterable[Result]) -> None:
    """Stop publication when a check of severity `fail` did not hold.

    Raises:
        CheckError: names the first of them and counts the rest.
    """
    failed = [result for result in results if result.status == "failed" and result.severity == "fail"]
    if failed:
        first = failed[0]
        more = f" ({len(failed) - 1} more failed)" if len(failed) > 1 else ""
        raise CheckError(
            f"Check failed: {first.name}: {first.value:g} is not {first.bound}{more}. Nothing was published.",
            way_out=first.reason or "Look at what was fetched, or land it anew with `pypi-adoption fetch`.",
        )


def _run(connection: duckdb.DuckDBPyConnection, check: Check, holds_rows: Callable[[str], bool]) -> Result:
    bound = re.fullmatch(r"(<=|>=|=|<|>)\s*(-?[0-9.]+)", check.bound)
    if bound is None:
        raise BuildError(f"The bound of the check {check.name} is not a comparison with a number: {check.bound}.")
    try:
        rows = connection.execute(check.sql).fetchall()
    except duckdb.Error as error:
        raise BuildError(f"The check {check.name} is not a query: {str(error).splitlines()[0]}") from error
    value = None if not rows or rows[0][0] is None else float(rows[0][0])
    if value is None:
        status = "not_applicable"
    elif not _COMPARISONS[bound[1]](value, float(bound[2])):
        status = "failed"
    else:
        # The row of the run is always there, and what holds for it alone says nothing of the rest.
        read = names_in(check.sql, connection)[0] - {RUNS}
        status = "passed" if not read or any(map(holds_rows, read)) else "not_applicable"
    return Result(check.name, check.severity, status, value, check.bound, check.reason)
