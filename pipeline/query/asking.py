"""One statement of SQL asked of an open file; its result as rows of plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import duckdb

from pipeline.errors import QueryError
from pipeline.text import visible
from pipeline.warehouse.plain import harmless, is_nested, plain

Value = bool | int | float | str | None
Row = tuple[Value, ...]
Done = TypeVar("Done")

BATCH = 5_000
"""Rows that are in memory at once."""

MOST_CHARACTERS_TOLD = 600
"""Of the words of the database about a mistake; they quote values."""


@dataclass(frozen=True)
class Result:
    """What a query gives."""

    columns: tuple[str, ...]
    is_nested: tuple[bool, ...]
    """Which columns hold JSON text in the place of lists and structures."""
    rows: Iterator[Row]
    """Numbers, booleans, texts and None, read while one goes on."""


def ask(connection: duckdb.DuckDBPyConnection, sql: str, *, for_spreadsheets: bool = False) -> Result:
    """Ask one statement.

    Args:
        connection: A connection that may do what the statement says.
        sql: One statement that gives rows.
        for_spreadsheets: Whether texts, names of columns among them, must be harmless in a spreadsheet.

    Raises:
        QueryError: it is not one statement, or not one that the database understands or allows. An error that shows
            only in the data is raised while the rows are read.
    """
    with _said_plainly():
        _be_one_statement(connection, sql)
        relation = _interruptibly(connection, lambda: connection.sql(sql))
        kinds = [str(kind) for kind in relation.types]
        write = harmless if for_spreadsheets else plain
        values = [f'{write(f"#{n}", kind)} as "{n}"' for n, kind in enumerate(kinds, 1)]
        columns = _harmless_names(connection, relation.columns) if for_spreadsheets else relation.columns
        written = relation.project(", ".join(values))
    nested = tuple(is_nested(kind) for kind in kinds)
    return Result(tuple(columns), nested, _rows(connection, written))


def _be_one_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        sql.encode()
    except UnicodeEncodeError:
        raise QueryError("The SQL is not UTF-8 text.") from None
    count = len(connection.extract_statements(sql))
    if count != 1:
        found = f"these are {count}" if count else "there is none"
        raise QueryError(f"One statement of SQL is wanted, and {found}.")


def _harmless_names(connection: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    """Names of columns come from the data where a query pivots."""
    written = harmless("name", "VARCHAR")
    rows = connection.execute(f"select {written} from unnest($names) as t (name)", {"names": names}).fetchall()  # noqa: S608
    return [name for (name,) in rows]


def _rows(connection: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation) -> Iterator[Row]:
    """Read rows in batches; the relation is held as long, since what `pivot` or `describe` gave lies in it."""
    with _said_plainly():
        cursor = _interruptibly(connection, lambda: connection.execute(relation.sql_query()))
        while batch := _interruptibly(connection, lambda: cursor.fetchmany(BATCH)):
            yield from batch


def _interruptibly(connection: duckdb.DuckDBPyConnection, step: Callable[[], Done]) -> Done:
    """Do a step beside, so that Ctrl-C ends it: DuckDB does not look for signals while it streams."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        result = beside.submit(step)
        try:
            return result.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What the database says of a mistake, as one line."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise QueryError(
            "The query takes more memory than it may, and it writes nothing to the disk.",
            way_out="Ask for less at once, or open the file in DuckDB itself.",
        ) from error
    except duckdb.Error as error:
        told = visible(" ".join(str(error).split("\n\n", maxsplit=1)[0].split()))[:MOST_CHARACTERS_TOLD]
        is_about_names = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
        way_out = "`pypi-adoption schema` lists the tables, `pypi-adoption schema TABLE` its columns."
        raise QueryError(f"{told.rstrip('.!')}.", way_out=way_out if is_about_names else "") from error
