"""Accounts under numbers, as in the reports (docs/ethics.md): what is handed on cannot be called back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from pipeline.export.marts import Mart

NOTE = "Accounts stand under numbers, which are those of this package alone; organizations and repositories have names."

_NUMBERS = """
create temp table numbers as
select account, 'account ' || row_number() over (order by min(place), account) as number
from (
    select account, rowid as place from main.role_history
    union all
    -- After all others: accounts that only these tables name.
    select account, 1::bigint << 60 from main.accounts
    union all
    select unnest([before, after]), 1::bigint << 61 from main.changes where what in ('Owner', 'Maintainer')
)
where account is not null
group by account
"""

_ONE = "(select numbers.number from numbers where numbers.account = mart.{0})"
_ROLE = "case when mart.what in ('Owner', 'Maintainer') then " + _ONE + " else mart.{0} end"
_WRITTEN = {
    "accounts": {"account": _ONE},
    "role_history": {"account": _ONE},
    "changes": {"before": _ROLE, "after": _ROLE},
}
"""The columns that name accounts, by mart, each with the expression that is written instead."""


def with_numbers(connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart]) -> list[Mart]:
    """Put numbers in the place of the names of accounts, in temporary tables; the file itself stays as it is.

    One number is one account in all tables. They are given in the order in which `role_history` names the accounts, so
    that they hold nothing of the names but the alphabet within a project, and two packages of one file are the same.
    """
    connection.execute(_NUMBERS)
    return [_numbered(connection, mart) if mart.name in _WRITTEN else mart for mart in marts]


def _numbered(connection: duckdb.DuckDBPyConnection, mart: Mart) -> Mart:
    written = _WRITTEN[mart.name]
    values = ", ".join(f"{expression.format(column)} as {column}" for column, expression in written.items())
    address = f"temp.{mart.name}"
    rows = f"select mart.* replace ({values}) from main.{mart.name} as mart order by mart.rowid"  # noqa: S608 - our words
    connection.execute(f"create temp table {mart.name} as {rows}")
    columns = tuple(
        replace(column, description=f"{column.description} {NOTE}") if column.name in written else column
        for column in mart.columns
    )
    return replace(mart, address=address, columns=columns)
