"""What the published file remembers of other months, to be taken over into the one that replaces it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.errors import BuildError, PublishError
from pipeline.warehouse.catalog import Table
from pipeline.warehouse.published import open_published, read_run

TAKEN_OVER = {
    "published_projects": ("raw.published_projects", "main.project_history"),
    "published_roles": ("raw.published_roles", "main.role_history"),
}
"""By the name under which the SQL reads it: the table that holds it in the new file, and where it lies in the old."""


def read_history(
    database: Path, tables: Sequence[Table], *, source: str, period: str, is_simulated: bool
) -> dict[str, pa.Table]:
    """Read the history of a published file.

    Args:
        database: The published file; where there is none, there is no history.
        tables: The catalog.
        source: The source of the new file.
        period: Its month, which is not history.
        is_simulated: Whether the new file will hold a fictitious index.

    Returns:
        The tables that the SQL of the layer `raw` reads, by name.

    A file of the same schema version may lack columns, or whole tables, that came later (docs/schema.md): what it lacks
    is NULL, or no history.

    Raises:
        PublishError: the published file holds the other kind of data, real or simulated, is not one of this project, or
            is one of another schema version, whose history may mean something else.
    """
    if not database.exists():
        return {name: _empty(_columns(tables, raw)) for name, (raw, _) in TAKEN_OVER.items()}
    with _taking_over(database, is_simulated=is_simulated) as connection:
        there = {name: _columns_there(connection, mart) for name, (_, mart) in TAKEN_OVER.items()}
        if not there["published_roles"] or "organization" not in there["published_projects"]:
            # It says that roles and organization were observed (changes.sql), and here they are lost.
            there["published_projects"].discard("owner_count")
        month = {"source": source, "period": period}
        return {
            name: _read(connection, mart, _columns(tables, raw), there[name], month)
            for name, (raw, mart) in TAKEN_OVER.items()
        }


def be_of_one_kind(database: Path, *, is_simulated: bool) -> None:
    """Stop where a published file is none that what is fetched or built now may replace.

    Raises:
        PublishError: as for `read_history`.
    """
    if database.exists():
        with _taking_over(database, is_simulated=is_simulated):
            pass


@contextmanager
def _taking_over(database: Path, *, is_simulated: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, open, where it is of the same kind."""
    try:
        with open_published(database) as connection:
            _hold_kind(database, read_run(connection, database)["is_simulated"], is_simulated)
            yield connection
    except (BuildError, duckdb.Error, ValueError, pa.ArrowException) as error:
        what = error.problem if isinstance(error, BuildError) else str(error).splitlines()[0]
        raise PublishError(
            f"The history in {database} cannot be taken over: {what}",
            way_out="Close the program that has it open for writing; or move the file away, and make each month anew "
            "with `pypi-adoption build --period YYYY-MM`.",
        ) from error


def _hold_kind(database: Path, was_simulated: bool, is_simulated: bool) -> None:  # noqa: FBT001 - the two compared
    if was_simulated is not is_simulated:
        kinds = ("simulated", "observed") if was_simulated else ("observed", "simulated")
        raise PublishError(
            f"{database} holds {kinds[0]} data, which {kinds[1]} data must not replace.",
            way_out="Choose another place with --db.",
        )


def _columns(tables: Sequence[Table], address: str) -> Mapping[str, bool]:
    """The columns of a table, each with whether a row is nothing without it."""
    (table,) = (table for table in tables if table.address == address)
    return {name: name in table.card.unique for name in table.columns}


def _columns_there(connection: duckdb.DuckDBPyConnection, mart: str) -> set[str]:
    """The columns that a table of the file has; none where there is no such table."""
    schema, name = mart.split(".")
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = $schema and table_name = $name",
        {"schema": schema, "name": name},
    ).fetchall()
    return {column for (column,) in found}


def _read(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    columns: Mapping[str, bool],
    there: set[str],
    month: Mapping[str, str],
) -> pa.Table:
    """The rows of other months than `month`, with every column that is wanted; what is not `there` is NULL."""
    if not there:
        return _empty(columns)
    values = [column if column in there or needed else f"null as {column}" for column, needed in columns.items()]
    rows = connection.sql(
        f"select {', '.join(values)} from {mart} where not (source = $source and period = $period)",  # noqa: S608 - ours
        params=month,
    ).to_arrow_table()
    for place, column in enumerate(columns):
        if column not in there:
            rows = rows.set_column(place, column, pa.nulls(rows.num_rows, _type_of(column)))
    return rows


def _empty(columns: Iterable[str]) -> pa.Table:
    """A history without a row."""
    return pa.table({name: pa.array([], _type_of(name)) for name in columns})


def _type_of(column: str) -> pa.DataType:
    return _TYPES.get(column, pa.string())


_TYPES = {
    "observed_on": pa.date32(),
    "page_read_on": pa.date32(),
    "download_rank": pa.int64(),
    "downloads_30d": pa.int64(),
    "owner_count": pa.int64(),
    "newest_upload_at": pa.timestamp("us"),
    "first_attested_at": pa.timestamp("us"),
}
"""The types of the marts; what is not named is text."""
