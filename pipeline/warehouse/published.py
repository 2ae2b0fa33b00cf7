"""The published file, opened for reading: whether it is one of this project, and of a version that this code reads."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
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
)
"""What the views of a stranger's file must not do: load code, read variables of this program, open another file.

See DuckDB's "Securing DuckDB" (https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview).
"""

_RUN: Mapping[str, type] = MappingProxyType(
    {
        "run_id": str,
        "started_at": datetime,
        "source": str,
        "period": str,
        "observed_on": date,
        "is_simulated": bool,
        "code_version": str,
    }
)
"""What the row of `runs` must say, for the rest of the file to be understood."""


@contextmanager
def open_published(database: Path, *, writes_to: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published file for reading, in UTC, with nothing in reach but itself: it may be a stranger's.

    Args:
        database: The file.
        writes_to: A folder that is in reach too, for tables and for what DuckDB spills.

    Raises:
        BuildError: there is none, it is not one of this project, or this code does not read its schema version.
    """
    with open_read_only(database) as connection:
        if connection.execute("from system.main.duckdb_functions() where not internal limit 1").fetchall():
            raise _foreign(database, "it brings functions of its own, which could take the place of those of DuckDB")
        connection.execute("set timezone = 'UTC'")
        if writes_to is not None:
            connection.execute("set temp_directory = $folder", {"folder": str(writes_to / ".spill")})
            connection.execute("set allowed_directories = $folders", {"folders": [str(writes_to)]})
        else:
            connection.execute("set max_temp_directory_size = '0 bytes'")
        for setting in _SHUT:
            connection.execute(f"set {setting}")
        read_run(connection, database)
        yield connection


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
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.PermissionException):
        # No such table, or a stranger's view of what is out of reach.
        names, rows = [], []
    if "schema_version" not in names:
        raise _foreign(database, "it has no table runs that says a schema version")
    if not rows:
        raise BuildError(f"{database} holds no run.", way_out="Make it again with `pypi-adoption run`.")
    run = dict(zip(names, rows[0], strict=True))
    if run["schema_version"] != SCHEMA_VERSION:
        raise _unreadable(run, database)
    wrong = [name for name, kind in _RUN.items() if not isinstance(run.get(name), kind)]
    if wrong:
        raise _foreign(database, f"its table runs does not say {' and '.join(wrong)} as it should")
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


def _foreign(database: Path, why: str) -> BuildError:
    return BuildError(
        f"{database} is not a database of this project: {why}.",
        way_out="Name another file with --db, or make one with `pypi-adoption run`.",
    )


def _unreadable(run: Mapping[str, Any], database: Path) -> BuildError:
    problem = f"{database} has schema version {run['schema_version']}, and this code reads {SCHEMA_VERSION}."
    if isinstance(run["schema_version"], int) and run["schema_version"] > SCHEMA_VERSION:
        return BuildError(problem, way_out="Bring pypi-adoption up to date (docs/schema.md).")
    # Quoted, since the line will be copied into a shell, and the file may be a stranger's.
    words = ("--source", str(run.get("source")), "--period", str(run.get("period")), "--db", str(database))
    command = shlex.join(["pypi-adoption", "build", *words])
    return BuildError(
        problem,
        way_out=f"Move it away, and make each of its months anew from what is landed: `{command}` (docs/schema.md).",
    )
