"""A simulated world in the true shape of the two public datasets: one row per download, one row per uploaded file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.sources.bigquery.shape import DISTRIBUTION_METADATA_SCHEMA, FILE_DOWNLOADS_SCHEMA
from pipeline.sources.simulated.downloads import CLASSES
from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.newest import standing_in
from pipeline.sources.simulated.world import World, make_world

_CLIENTS: Final[dict[str, tuple[tuple[str | None, bool | None], ...]]] = {
    "installer_count": (("pip", None), ("uv", None), ("poetry", None), ("pip", False), ("Bazel", None)),
    "installer_ci_count": (("pip", True), ("uv", True), ("pdm", True)),
    "mirror_count": (("bandersnatch", None), ("Artifactory", True), ("Nexus", None), ("z3c.pypimirror", None)),
    "other_count": (("Browser", None), ("requests", None), ("Homebrew", True), ("a tool of tomorrow", None)),
    "unknown_count": ((None, None), (None, True)),
}
"""Installer names and CI flags of the rows of each class, in turn; an unknown client also has no details at all."""
_SECONDS: Final = 86_400
_DAYS: Final = 61
"""Of downloads: the 30 days up to the end of a month, and up to the end of the month before."""


def thinned(world: World) -> World:
    """The same world with few downloads: each count n becomes floor(log2(n + 1)), so that each can be a row."""
    counts = [pl.col(name).add(1).log(2).floor().cast(pl.Int64).alias(name) for name in CLASSES]
    rows = world.downloads.with_columns(counts).filter(pl.sum_horizontal(CLASSES) > 0)
    return replace(world, downloads=rows)


def file_downloads(world: World) -> pa.Table:
    """One row per download, in the schema of `file_downloads`, spread over the seconds of its day."""
    names = world.projects.select("project_id", "name")
    rows = world.downloads.join(names, "project_id", maintain_order="left")
    parts = []
    for counted in CLASSES:
        counts = rows[counted].to_numpy()
        repeated = rows.select("name", "day")[np.repeat(np.arange(rows.height), counts)]
        parts.append(_downloads_of(repeated, _CLIENTS[counted], is_known=counted != "unknown_count"))
    return pa.concat_tables(parts)


def distribution_metadata(world: World) -> pa.Table:
    """One row per file ever uploaded, in the schema of `distribution_metadata`."""
    releases = world.releases.with_columns(project_name=pl.lit(""))
    stated = standing_in(releases, world).group_by("project_id", "version").agg(pl.col("requirement"))
    files = world.files.join(stated, ["project_id", "version"], how="left", maintain_order="left")
    instants = (files["uploaded_at"] * 1_000_000).cast(pl.Datetime("us", "UTC"))
    given = {
        "name": files["uploaded_name"].to_arrow(),
        "version": files["version"].to_arrow(),
        "uploaded_via": files["upload_tool"].to_arrow(),
        "filename": files["filename"].to_arrow(),
        "packagetype": files["packagetype"].to_arrow(),
        "requires_dist": files["requirement"].fill_null([]).to_arrow(),
        "upload_time": instants.to_arrow(),
        "size": files["size_bytes"].to_arrow(),
        "has_signature": pa.array(np.zeros(files.height, dtype=bool)),
    }
    schema = DISTRIBUTION_METADATA_SCHEMA
    columns = [given[f.name].cast(f.type) if f.name in given else _empty(f, files.height) for f in schema]
    return pa.table(columns, schema=schema)


def write_datasets(folder: Path, projects: int, seed: int, observed_on: date = REFERENCE_DAY) -> list[Path]:
    """Write both, of the thinned world, to `folder`, marked as simulated.

    Args:
        folder: Made where it is missing.
        projects: How many projects, see `make_world`.
        seed: See `make_world`.
        observed_on: See `make_world`.

    Returns:
        The files written.

    Raises:
        UsageError: such an index cannot be drawn.
    """
    few = thinned(make_world(projects, seed, observed_on, download_days=_DAYS))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in (("file_downloads", file_downloads(few)), ("distribution_metadata", distribution_metadata(few))):
        path = folder / f"{name}.parquet"
        candidate = path.with_name(f".{path.name}.part")
        marked = table.replace_schema_metadata({"SIMULATED": "nothing in this file is real"})
        pq.write_table(marked, candidate, compression="zstd")
        paths.append(candidate.replace(path))
    return paths


def _downloads_of(
    rows: pl.DataFrame, clients: tuple[tuple[str | None, bool | None], ...], *, is_known: bool
) -> pa.Table:
    count = rows.height
    turn = np.arange(count)
    days = rows["day"].to_numpy().astype("datetime64[us]")
    # From the first instant of the day to its last microsecond.
    within = (turn * 7_919 % _SECONDS) * 1_000_000 + np.where(turn % 2 == 1, 999_999, 0)
    project = rows["name"].to_arrow().cast(pa.string())
    which = turn % len(clients)
    installer = pa.array([name for name, _ in clients], pa.string()).take(pa.array(which))
    is_ci = pa.array([flag for _, flag in clients], pa.bool_()).take(pa.array(which))
    has_no_details = np.zeros(count, dtype=bool) if is_known else turn % 3 == 0
    details_type = FILE_DOWNLOADS_SCHEMA.field("details").type
    leaves = {"installer": _struct(details_type.field("installer").type, {"name": installer}, count), "ci": is_ci}
    given = {
        "timestamp": pa.array(days + within.astype("timedelta64[us]")).cast(
            FILE_DOWNLOADS_SCHEMA.field("timestamp").type
        ),
        "project": project,
        "file": _struct(FILE_DOWNLOADS_SCHEMA.field("file").type, {"project": project}, count),
        "details": _struct(details_type, leaves, count, has_no_details),
    }
    columns = [given.get(f.name, pa.nulls(count, f.type)) for f in FILE_DOWNLOADS_SCHEMA]
    return pa.table(columns, schema=FILE_DOWNLOADS_SCHEMA)


def _struct(kind: pa.StructType, given: dict[str, pa.Array], count: int, is_null: object = None) -> pa.StructArray:
    children = [given.get(f.name, pa.nulls(count, f.type)) for f in kind.fields]
    mask = None if is_null is None else pa.array(is_null)
    return pa.StructArray.from_arrays(children, fields=kind.fields, mask=mask)


def _empty(field: pa.Field, count: int) -> pa.Array:
    if pa.types.is_list(field.type):
        return pa.ListArray.from_arrays(pa.array(np.zeros(count + 1, dtype=np.int32)), pa.array([], pa.string()))
    return pa.nulls(count, field.type)
