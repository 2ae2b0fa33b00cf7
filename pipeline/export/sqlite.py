"""All marts in one SQLite database, with types, keys and the texts that describe them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import ExportError
from pipeline.export.identity import Identity
from pipeline.export.marts import Mart
from pipeline.warehouse.plain import plain, quoted

BATCH = 5_000
"""Rows that are in memory at once."""

_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE")

_ABOUT = ("name text not null primary key", "value text")
_DICTIONARY = ("table_name text not null", "column_name text", "type text", "description text")
_AFFINITIES = {"BOOLEAN": "BOOLEAN", "DOUBLE": "REAL", "FLOAT": "REAL"}


def write_sqlite(connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart], identity: Identity, path: Path) -> None:
    """Write every mart, and the tables `about` (what this is) and `dictionary` (one row a table or column).

    Booleans are 0 and 1, instants and days are ISO 8601 text, lists are JSON text; keys are primary keys.

    Args:
        connection: The open published file.
        marts: Its tables.
        identity: What the package is.
        path: A file that does not exist yet.

    Raises:
        ExportError: the disk is full, or a value has no place in SQLite.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            # The file is thrown away when anything fails, so that no journal is needed.
            database.execute("pragma journal_mode = off")
            database.execute("pragma synchronous = off")
            database.execute("begin")
            _write(database, "about", _ABOUT, _about(identity))
            _write(database, "dictionary", _DICTIONARY, _dictionary(marts))
            for mart in marts:
                _write(database, mart.name, _columns(mart), _rows(connection, mart), key=mart.key)
            database.execute("commit")
    except sqlite3.Error as error:
        raise ExportError(
            f"{path.name} cannot be written: {error}.",
            way_out="Make room on the disk." if error.sqlite_errorname in _NO_ROOM else "",
        ) from error


def _about(identity: Identity) -> Iterator[tuple[Any, ...]]:
    yield ("title", identity.title)
    yield ("description", identity.description)
    yield ("is_simulated", str(identity.is_simulated).lower())
    for name in ("source", "period", "observed_on", "code_version", "schema_version"):
        yield (name, str(identity.run[name]))


def _dictionary(marts: Sequence[Mart]) -> Iterator[tuple[Any, ...]]:
    for mart in marts:
        yield (mart.name, None, None, mart.description)
        for column in mart.columns:
            yield (mart.name, column.name, column.kind, column.description)


def _columns(mart: Mart) -> list[str]:
    return [
        f"{quoted(column.name)} {_affinity(column.kind)}{' not null' if column.is_required else ''}"
        for column in mart.columns
    ]


def _affinity(kind: str) -> str:
    if kind.endswith("INT") or kind == "INTEGER":
        return "INTEGER"
    return _AFFINITIES.get(kind, "TEXT")


def _rows(connection: duckdb.DuckDBPyConnection, mart: Mart) -> Iterator[tuple[Any, ...]]:
    values = ", ".join(plain(quoted(column.name), column.kind) for column in mart.columns)
    cursor = connection.execute(f"select {values} from {mart.address}")  # noqa: S608 - quoted names
    while batch := cursor.fetchmany(BATCH):
        yield from batch


def _write(
    database: sqlite3.Connection,
    name: str,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    key: Sequence[str] = (),
) -> None:
    """Create a table out of its columns, as SQL defines them, and fill it."""
    keys = [f"primary key ({', '.join(map(quoted, key))})"] if key else []
    database.execute(f"create table {quoted(name)} ({', '.join([*columns, *keys])})")
    places = ", ".join("?" * len(columns))
    database.executemany(f"insert into {quoted(name)} values ({places})", rows)  # noqa: S608 - a quoted name
