"""The published file, opened for reading: whether it is one of this project, and of a version that this code reads."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import BuildError
from pipeline.warehouse.database import open_read_only

SCHEMA_VERSION = 2
"""Version of the published tables; it grows when a table or column changes its meaning or goes (docs/schema.md)."""

_SHUT = (
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "python_enable_replacements = false",
    "enable_external_access = false",
    "lock_configuration = true",
)
"""What a stranger's SQL must not do: load code, read variables of this program, open another file, undo any of it."""


@contextmanager
def open_published(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file for reading, in UTC.

    Raises:
        BuildError: there is none, it is not one of this project, or this code does not read its schema version.
    """
    with open_read_only(database) as connection:
        connection.execute("set timezone = 'UTC'")
        read_run(connection, database)
        yield connection


def shut(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave a connection nothing but its own file: no other file, no extension, no setting, for as long as it lives.

    See DuckDB's "Securing DuckDB" (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview).
    """
    for setting in _SHUT:
        connection.execute(f"set {setting}")


def read_run(connection: duckdb.DuckDBPyConnection, database: Path) -> Mapping[str, Any]:
    """The row of the table `runs`.

    Args:
        connection: An open file.
        database: Where it lies, for the message.

    Raises:
        BuildError: the file is not one of this project, or this code does not read its schema version.
    """
    try:
        found = connection.execute("select * from main.runs order by started_at desc limit 1")
        names = [column[0] for column in found.description]
        rows = found.fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        names, rows = [], []
    if "schema_version" not in names:
        raise BuildError(
            f"{database} is not a database of this project: it has no table runs that says a schema version.",
            way_out="Name another file with --db, or make one with `pypi-adoption run`.",
        )
    if not rows:
        raise BuildError(f"{database} holds no run.", way_out="Make it again with `pypi-adoption run`.")
    run = dict(zip(names, rows[0], strict=True))
    if run["schema_version"] != SCHEMA_VERSION:
        raise _unreadable(run, database)
    return run


def column_types(database: Path) -> dict[tuple[str, str], str]:
    """The DuckDB type of every column of a published file, by address of the table and name.

    Raises:
        BuildError: as `open_published` says.
    """
    with open_published(database) as connection:
        rows = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall()
    return {(address, column): kind for address, column, kind in rows}


def _unreadable(run: Mapping[str, Any], database: Path) -> BuildError:
    problem = f"{database} has schema version {run['schema_version']}, and this code reads {SCHEMA_VERSION}."
    if run["schema_version"] is not None and run["schema_version"] > SCHEMA_VERSION:
        return BuildError(problem, way_out="Bring pypi-adoption up to date (docs/schema.md).")
    # Quoted, since the line will be copied into a shell, and the file may be a stranger's.
    words = ("--source", str(run.get("source")), "--period", str(run.get("period")), "--db", str(database))
    command = shlex.join(["pypi-adoption", "build", *words])
    return BuildError(
        problem,
        way_out=f"Move it away, and make each of its months anew from what is landed: `{command}` (docs/schema.md).",
    )
