"""What the published file remembers of other months, to be taken over into the one that replaces it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.errors import PipelineError, PublishError
from pipeline.warehouse.catalog import Table
from pipeline.warehouse.database import open_read_only

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

    Raises:
        PublishError: the published file holds the other kind of data, real or simulated, or a history of another shape.
    """
    columns = {table.address: list(table.columns) for table in tables}
    if not database.exists():
        return {name: _empty(columns[raw]) for name, (raw, _) in TAKEN_OVER.items()}
    try:
        with open_read_only(database) as connection:
            ((was_simulated,),) = connection.execute("select is_simulated from runs").fetchall()
            history = {
                name: connection.sql(
                    f"select {', '.join(columns[raw])} from {mart} "  # noqa: S608 - our own names
                    "where not (source = $source and period = $period)",
                    params={"source": source, "period": period},
                ).to_arrow_table()
                for name, (raw, mart) in TAKEN_OVER.items()
            }
    except (PipelineError, duckdb.Error, ValueError) as error:
        what = error.problem if isinstance(error, PipelineError) else str(error).splitlines()[0]
        raise PublishError(
            f"The history in {database} cannot be taken over: {what}",
            way_out="Close the program that has it open for writing; or move the file away, and make each month anew "
            "with `pypi-adoption build --period YYYY-MM`.",
        ) from error
    if was_simulated is not is_simulated:
        kinds = ("simulated", "observed") if was_simulated else ("observed", "simulated")
        raise PublishError(
            f"{database} holds {kinds[0]} data, which {kinds[1]} data must not replace.",
            way_out="Choose another place with --db.",
        )
    return history


def _empty(columns: list[str]) -> pa.Table:
    """A history without a row; the types are those of the marts of the same names."""
    return pa.table({name: pa.array([], _TYPES.get(name, pa.string())) for name in columns})


_TYPES = {
    "observed_on": pa.date32(),
    "download_rank": pa.int32(),
    "downloads_30d": pa.int64(),
    "owner_count": pa.int64(),
    "newest_upload_at": pa.timestamp("us"),
    "first_attested_at": pa.timestamp("us"),
}
