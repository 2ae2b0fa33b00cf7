"""What each outside system would show of a simulated world, in the landing contract.

Names as each of them spells them: the index list shows the registered spelling, the metadata log the spelling of the
upload, the download log and the per-project answers the PEP 503 name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import polars as pl
import pyarrow as pa

from pipeline.sources.contract import COUNTED_CLASSES, LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.simulated.newest import first_and_newest, identities, newest_releases, standing_in
from pipeline.sources.simulated.world import World

API_VERSION: Final = "1.4"
"""Of the Simple API that answers: provenance since 1.3, status markers since 1.4."""
QUARANTINED_FAILURE: Final = "Simple API: HTTP 404"
"""What a collector notes of a project that vanished from the index, in the words of the source `pypi`."""
RANKED_DAYS: Final = 30
RANKED_PROJECTS: Final = 15_000
"""Length of the ranked list; later ranks are not published."""

_IS_GONE: Final = pl.col("status") == "quarantined"


def observe(world: World) -> dict[str, pa.Table]:
    """The union of what all outside systems show: every observed landing table, in its contract schema.

    Files are those of the metadata log, with what the index says of the listed ones. A deleted file is `is_listed`
    FALSE; of a quarantined project nobody could look, so its `is_listed`, `is_yanked` and `has_provenance` are NULL
    and its requirements are those of the metadata log.
    """
    return dict(observed_tables(world))


def observed_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """The tables of `observe`, one at a time."""
    for name in OBSERVED_TABLES:
        yield name, _landed(name, _UNION[name](world))


def as_pypi(world: World, top: int | None = None) -> dict[str, pa.Table]:
    """What the index's APIs show of the `top` most downloaded projects, or of all. Tables not filled are empty."""
    asked = world.projects
    if top is not None:
        asked = asked.join(download_ranks(world).filter(pl.col("download_rank") <= top), "project_id", how="semi")
    answering = asked.filter(~_IS_GONE).select("project_id", "name")
    files = _files(world).join(answering, "project_id", maintain_order="left").filter("is_listed")
    frames = {
        "observations": _observations(world).join(asked, "project_id", how="semi", maintain_order="left"),
        "files": files.with_columns(project_name="name", upload_tool=None),
        "requirements": _requirements(world).join(answering, "project_id", how="semi", maintain_order="left"),
    }
    for name in ("publishers", "roles", "project_urls"):
        frames[name] = _UNION[name](world).join(asked, "project_id", how="semi", maintain_order="left")
    return {name: _landed(name, frames.get(name)) for name in OBSERVED_TABLES}


def as_bigquery(world: World) -> dict[str, pa.Table]:
    """What the two public datasets show: downloads per day, every file ever uploaded, and requirements.

    They know neither yanked nor deleted files, so the newest release, whose requirements are given, is the greatest
    version ever uploaded. Tables that they do not fill are empty.
    """
    unknown = dict.fromkeys(("is_listed", "is_yanked", "has_provenance"))
    newest = newest_releases(world.files.with_columns(is_yanked=False), world)
    names = world.files.unique("release_id", keep="first").select("release_id", project_name="uploaded_name")
    frames = {
        "files": _files(world).with_columns(**unknown),
        "requirements": standing_in(newest.join(names, "release_id", maintain_order="left"), world),
        "downloads_daily": _downloads(world),
    }
    return {name: _landed(name, frames.get(name)) for name in OBSERVED_TABLES}


def download_ranks(world: World) -> pl.DataFrame:
    """Projects with downloads in the 30 days that end on the day of observation, mirrors apart.

    Returns:
        `project_id`, `name`, `downloads_30d`, `download_rank` (1-based, ties by name), ordered by rank.
    """
    first = world.observed_on - timedelta(days=RANKED_DAYS - 1)
    totals = (
        world.downloads.lazy()
        .filter(pl.col("day") >= first)
        .group_by("project_id")
        .agg(downloads_30d=pl.sum_horizontal(COUNTED_CLASSES).sum())
        .filter(pl.col("downloads_30d") > 0)
        .collect()
    )
    named = totals.join(world.projects.select("project_id", "name"), "project_id")
    ordered = named.sort("downloads_30d", "name", descending=[True, False])
    return ordered.select("project_id", "name", "downloads_30d", download_rank=pl.int_range(1, pl.len() + 1))


def _landed(name: str, frame: pl.DataFrame | None) -> pa.Table:
    """An Arrow table in the contract schema, empty where there is no frame."""
    schema = LANDING_TABLES[name]
    return schema.empty_table() if frame is None else frame.select(schema.names).to_arrow().cast(schema)


def _at(seconds: str) -> pl.Expr:
    return (pl.col(seconds) * 1_000_000).cast(pl.Datetime("us", "UTC"))


def _named(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """With the PEP 503 name as `project_name`, in the order of `frame`."""
    return frame.join(world.projects.select("project_id", project_name="name"), "project_id", maintain_order="left")


def _files(world: World) -> pl.DataFrame:
    """Every file ever uploaded; what the index says is NULL where it could not be asked or lists the file no more."""
    can_ask = world.projects.select("project_id", can_ask=~_IS_GONE)
    is_there = pl.col("can_ask") & ~pl.col("is_deleted")
    return world.files.join(can_ask, "project_id", maintain_order="left").with_columns(
        _at("uploaded_at"),
        project_name="uploaded_name",
        is_listed=pl.when("can_ask").then(~pl.col("is_deleted")),
        is_yanked=pl.when(is_there).then("is_yanked"),
        has_provenance=pl.when(is_there).then("is_attested"),
    )


def _index(world: World) -> pl.DataFrame:
    """Every project, also a quarantined one: the list is older than what became of it."""
    newest = world.files.filter(~pl.col("is_deleted")).group_by("project_id").agg(pl.col("uploaded_at").max())
    ranked = download_ranks(world).filter(pl.col("download_rank") <= RANKED_PROJECTS)
    rows = world.projects.join(newest, "project_id", how="left", maintain_order="left")
    rows = rows.join(ranked.select("project_id", "download_rank"), "project_id", how="left", maintain_order="left")
    return rows.with_columns(
        project_name="spelling",
        newest_release_month=_at("uploaded_at").dt.date().dt.month_start(),
        newest_release_day=pl.lit(None, pl.Date),
    )


def _observations(world: World) -> pl.DataFrame:
    """A quarantined project answers nothing; one without files has an empty file list and no page with roles."""
    listed = world.files.filter(~pl.col("is_deleted"))["project_id"].unique()
    has_page = ~_IS_GONE & pl.col("project_id").is_in(listed.implode())
    return world.projects.with_columns(end=pl.lit(world.end - 1, pl.Int64)).with_columns(
        project_name="name",
        observed_at=_at("end"),
        api_version=pl.when(~_IS_GONE).then(pl.lit(API_VERSION)),
        status=pl.when(~_IS_GONE).then("status"),
        roles_observed=has_page,
        organization=pl.when(has_page).then("organization"),
        failure=pl.when(_IS_GONE).then(pl.lit(QUARANTINED_FAILURE)),
    )


def _publishers(world: World) -> pl.DataFrame:
    return first_and_newest(identities(world), world).with_columns(_at("uploaded_at"))


def _with_page(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Only the rows of projects whose page (roles, links) the index shows."""
    pages = _observations(world).filter("roles_observed").select("project_id", "project_name")
    return frame.join(pages, "project_id", maintain_order="left")


def _roles(world: World) -> pl.DataFrame:
    return _with_page(world, world.roles).sort("project_id", "account", "role")


def _project_urls(world: World) -> pl.DataFrame:
    return _with_page(world, world.links)


def _requirements(world: World) -> pl.DataFrame:
    """Of the newest listed release where the index answers, else of the newest that the metadata log holds."""
    gone = world.projects.filter(_IS_GONE)
    listed = world.files.filter(~pl.col("is_deleted")).join(gone, "project_id", how="anti")
    logged = world.files.join(gone, "project_id", how="semi").with_columns(is_yanked=False)
    newest = pl.concat([newest_releases(listed, world), newest_releases(logged, world)]).sort("project_id")
    return standing_in(_named(world, newest), world)


def _downloads(world: World) -> pl.DataFrame:
    return _named(world, world.downloads)


def _download_totals(world: World) -> pl.DataFrame:
    ranked = download_ranks(world).filter(pl.col("download_rank") <= RANKED_PROJECTS)
    return ranked.select("project_id", project_name="name", download_count="downloads_30d")


_UNION: Final[dict[str, Callable[[World], pl.DataFrame]]] = {
    "index": _index,
    "observations": _observations,
    "files": _files,
    "publishers": _publishers,
    "roles": _roles,
    "project_urls": _project_urls,
    "requirements": _requirements,
    "downloads_daily": _downloads,
    "download_totals": _download_totals,
}
