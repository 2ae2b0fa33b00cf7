"""What the published file holds already: when the same month is built again, tables whose inputs are the same stay.

Every table has a key: a hash of the values that its SQL wants bound, of the files landed for it, and of what the tables
that it reads held when they last changed. A key that is known from the build before means that the table would come out
the same. A table that was built anew and came out the same nevertheless (a fetch that changed nothing) does not count
as changed, so that what reads it stays too. All of this holds for one state of the code: any other starts a new file.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.manifest import Landing
from pipeline.warehouse.catalog import Table

PACKAGE = Path(__file__).resolve().parent.parent
LIBRARIES = ("duckdb", "numpy", "packaging", "polars", "pyarrow", "scipy", "statsmodels")
"""What the tables are made by, besides the code of this project."""


@dataclass(frozen=True)
class Built:
    """A table of a file."""

    key: str
    """What it was last built from."""
    content: str
    """The key under which what it holds last changed."""


class Builds:
    """The tables of one file, as far as they are built."""

    def __init__(
        self,
        earlier: Mapping[str, Built],
        landings: Sequence[Landing],
        values: Mapping[str, object],
    ) -> None:
        """Begin with what the file holds.

        Args:
            earlier: By address, the tables that the file holds already.
            landings: What was fetched.
            values: The values that the SQL may want bound.
        """
        self._earlier = earlier
        self._values = {name: str(value) for name, value in values.items()}
        self._landed = {
            table: [[one.manifest.source, one.manifest.period, one.manifest.tables[table].sha256] for one in holding]
            for table in {name for landing in landings for name in landing.manifest.tables}
            if (holding := [one for one in landings if table in one.manifest.tables])
        }
        self._built: dict[str, Built] = {}

    def holds(self, table: Table) -> bool:
        """Whether the file holds the table as it would be built now."""
        earlier = self._earlier.get(table.address)
        if not table.card.kept or earlier is None or earlier.key != self._key(table):
            return False
        self._built[table.address] = earlier
        return True

    def has(self, table: Table) -> bool:
        """Whether the file holds the table in any state."""
        return table.card.kept and table.address in self._earlier

    def put(self, table: Table, *, is_changed: bool) -> None:
        """Remember that the table was built, and whether it holds anything else than before."""
        key = self._key(table)
        content = key if is_changed else self._earlier[table.address].content
        self._built[table.address] = Built(key, content)

    @property
    def is_again(self) -> bool:
        """Whether the file held tables before."""
        return bool(self._earlier)

    def stayed(self, addresses: Iterable[str]) -> bool:
        """Whether all of these tables hold what they held before."""
        return all(
            address in self._earlier
            and address in self._built
            and self._built[address].content == self._earlier[address].content
            for address in addresses
        )

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write into the file what it was built from."""
        rows = [{"address": address, **vars(built)} for address, built in self._built.items()]
        connection.register("builds", pa.Table.from_pylist(rows, _SCHEMA))
        connection.execute("create schema if not exists build")
        connection.execute("create or replace table build.tables as from builds")
        connection.execute("create or replace table build.state as select $state as state", {"state": state_of_code()})
        for what, words in _COMMENTS.items():
            connection.execute(f"comment on {what} is '{words}'")
        connection.unregister("builds")

    def _key(self, table: Table) -> str:
        # What reads nothing of these is told by the run itself, and another run tells something else.
        is_told = not table.references and not table.landed
        named = self._values if table.sql is None else {name: self._values.get(name) for name in table.parameters}
        parts = [
            table.address,
            named,
            [self._landed.get(name) for name in sorted(table.landed)],
            [self._built[address].content for address in sorted(table.references)],
            uuid.uuid4().hex if is_told else None,
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


_COMMENTS = {
    "table build.tables": "What each table was built from. Grain: one row per table",
    "column build.tables.address": "Schema and name of the table.",
    "column build.tables.key": "Hash of what it was last built from.",
    "column build.tables.content": "That hash as it was when the content last changed.",
    "table build.state": "The state of the code that built the file. Grain: one row",
    "column build.state.state": "Hash of the code, its SQL and cards, and the versions of its libraries.",
}
_SCHEMA = pa.schema([("address", pa.string()), ("key", pa.string()), ("content", pa.string())])


def earlier_builds(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], run: Mapping[str, Any]
) -> dict[str, Built]:
    """What a published file holds that a new build may keep.

    Args:
        connection: The open file.
        tables: The catalog.
        run: The row of `runs` that the new build will hold.

    Returns:
        By address; nothing where the file is of another month or source, or was built by another state of the code.
    """
    held: dict[str, list[str]] = {}
    query = (
        "select schema_name || '.' || table_name, column_name from duckdb_columns() order by table_oid, column_index"
    )
    for address, column in connection.execute(query).fetchall():
        held.setdefault(address, []).append(column)
    if "build.state" not in held or "main.runs" not in held:
        return {}
    months = connection.execute("select source, period from main.runs").fetchall()
    states = connection.execute("select state from build.state").fetchall()
    if months != [(run["source"], run["period"])] or states != [(state_of_code(),)]:
        return {}
    whole = {table.address for table in tables if held.get(table.address) == list(table.columns)}
    rows = connection.execute("select address, key, content from build.tables").fetchall()
    return {address: Built(key, content) for address, key, content in rows if address in whole}


def content_of(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[int, int | None]:
    """Number of rows, and a sum of hashes that does not depend on their order; equal for equal content."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    ((rows, total),) = connection.execute(f"select count(*), sum(hash({columns})) from {table.address}").fetchall()  # noqa: S608 - our own names
    return rows, total


def state_of_code() -> str:
    """A hash of everything that decides how tables are made, apart from the data."""
    digest = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".sql", ".yml"}):
        digest.update(f"{path.relative_to(PACKAGE)}\n".encode() + path.read_bytes())
    digest.update(json.dumps({name: version(name) for name in LIBRARIES}).encode())
    return digest.hexdigest()
