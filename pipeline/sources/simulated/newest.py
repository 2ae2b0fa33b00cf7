"""The newest release of each project as the index picks it, and the first and newest attested one."""

from __future__ import annotations

import polars as pl

from pipeline.sources.simulated.releases import INVALID, STABLE
from pipeline.sources.simulated.world import World


def newest_releases(files: pl.DataFrame, world: World) -> pl.DataFrame:
    """The newest release of each project among `files`.

    The greatest stable version that has a file which is not yanked; where there is none the greatest pre-release of
    that kind, then the greatest yanked version, then the version uploaded last that PEP 440 does not know.

    Args:
        files: Rows of `World.files`, at least `release_id`, `is_yanked` and `uploaded_at`.
        world: Whose releases they are.

    Returns:
        One row per project: `project_id`, `release_id`, `version`, `ordinal`; ordered by project.
    """
    of_release = files.group_by("release_id", maintain_order=True).agg(
        pl.col("is_yanked").all(), pl.col("uploaded_at").max()
    )
    candidates = world.releases.join(of_release, "release_id", maintain_order="left")
    preference = (
        pl.when(pl.col("kind") == INVALID)
        .then(3)
        .when("is_yanked")
        .then(2)
        .otherwise((pl.col("kind") != STABLE).cast(pl.Int32))
    )
    order = pl.when(pl.col("kind") == INVALID).then("uploaded_at").otherwise("version_key")
    ordered = candidates.sort("project_id", preference, order, descending=[False, False, True], maintain_order=True)
    chosen = ordered.unique("project_id", keep="first", maintain_order=True)
    return chosen.select("project_id", "release_id", "version", "ordinal")


def standing_in(releases: pl.DataFrame, world: World) -> pl.DataFrame:
    """The requirement strings of `releases`, which have `project_id`, `ordinal`, `version` and `project_name`."""
    rows = releases.join(world.requirements, "project_id", maintain_order="left_right")
    return rows.filter(pl.col("ordinal").is_between(pl.col("first_ordinal"), pl.col("last_ordinal")))


def identities(world: World) -> pl.DataFrame:
    """The publisher of each attested file that the index lists, under the column names of the landing contract.

    `uploaded_at` is in seconds; `release_id` stands beside the contract's columns.
    """
    shown = world.projects.filter(pl.col("status") != "quarantined").select("project_id", project_name="name")
    listed = world.files.filter(~pl.col("is_deleted") & pl.col("is_attested")).join(
        shown, "project_id", maintain_order="left"
    )
    known = world.publishers.select(
        "project_id",
        "filename",
        publisher_kind="kind",
        publisher_repository="repository",
        publisher_workflow="workflow",
        publisher_environment="environment",
    )
    return listed.join(known, ["project_id", "filename"], maintain_order="left")


def first_and_newest(publishers: pl.DataFrame, world: World) -> pl.DataFrame:
    """One file of the first attested release of each project by upload time, and one of the newest by version.

    Of a release it is the attested file that was uploaded first, among equals the first by name. One row where both are
    the same release.
    """
    by_time = publishers.sort("project_id", "uploaded_at", "filename")
    of_release = by_time.unique("release_id", keep="first", maintain_order=True)
    first = of_release.unique("project_id", keep="first", maintain_order=True)
    keys = world.releases.select("release_id", "version_key")
    by_version = of_release.join(keys, "release_id").sort("project_id", "version_key")
    newest = by_version.unique("project_id", keep="last", maintain_order=True).drop("version_key")
    both = pl.concat([first, newest]).unique("release_id", keep="first", maintain_order=True)
    return both.sort("project_id", "uploaded_at", "filename")
