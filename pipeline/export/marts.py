"""The tables that are exported, as the published file and the cards describe them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipeline.errors import ExportError
from pipeline.warehouse.catalog import Table
from pipeline.warehouse.plain import quoted


@dataclass(frozen=True)
class Column:
    """A column of a mart."""

    name: str
    kind: str
    """Its DuckDB type."""
    description: str
    is_required: bool
    """Whether it always holds a value."""
    has_empty_text: bool
    """Whether a value that is required is the empty text somewhere, which readers of CSV take for missing."""
    accepted: tuple[str, ...]
    """The only values that it takes; empty where that is not fixed."""


@dataclass(frozen=True)
class Mart:
    """A published table."""

    name: str
    description: str
    """What it holds, and its grain."""
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns that make a row unique; empty where nothing does."""
    address: str
    """Where its rows are read, as SQL wants it."""


def read_marts(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> list[Mart]:
    """The tables of the schema `main`, with types and descriptions of the file, and the rules of the cards.

    A rule about a column that the file does not have is left out, since files grow columns (docs/schema.md).

    Raises:
        ExportError: the name of a table cannot be the name of a file, or that of a column is no plain word.
    """
    known_tables = {table.name: table for table in tables if table.layer == "marts"}
    described = connection.execute(
        "select table_name, coalesce(comment, '') from duckdb_tables() where schema_name = 'main' order by table_name"
    ).fetchall()
    marts = []
    for name, description in described:
        if not re.fullmatch(r"\w+", name, re.ASCII):
            raise ExportError(f"A table is called {name!r}, which cannot be the name of a file.")
        table = known_tables.get(name)
        key = tuple(table.card.unique) if table else ()
        required = {*key, *(table.card.not_null if table else ())}
        columns = _read_columns(connection, name, required, table.codes if table else {})
        strange = [column.name for column in columns if not re.fullmatch(r"\w+", column.name, re.ASCII)]
        if strange:
            raise ExportError(f"A column of {name} is called {strange[0]!r}, which a spreadsheet could run.")
        known = {column.name for column in columns}
        marts.append(Mart(name, description, columns, key if known.issuperset(key) else (), f"main.{name}"))
    return marts


def _read_columns(
    connection: duckdb.DuckDBPyConnection, table: str, required: set[str], codes: Mapping[str, tuple[str, ...]]
) -> tuple[Column, ...]:
    rows = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'main' and table_name = $table order by column_index",
        {"table": table},
    ).fetchall()
    texts = [name for name, kind, _ in rows if name in required and kind == "VARCHAR"]
    with_empty = _with_empty_text(connection, table, texts)
    return tuple(
        Column(name, kind, description, name in required, name in with_empty, codes.get(name, ()))
        for name, kind, description in rows
    )


def _with_empty_text(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> set[str]:
    if not columns:
        return set()
    found = ", ".join(f"coalesce(bool_or({quoted(column)} = ''), false)" for column in columns)
    (row,) = connection.execute(f"select {found} from main.{table}").fetchall()  # noqa: S608 - names of the file
    return {column for column, is_there in zip(columns, row, strict=True) if is_there}
