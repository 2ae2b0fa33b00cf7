"""The state of the index at one instant, cut out of its whole history."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.files import PACKAGE_TYPES, file_names, tool_names
from pipeline.sources.simulated.history import History
from pipeline.sources.simulated.links import make_links, repositories
from pipeline.sources.simulated.model import Ints, chance, stream
from pipeline.sources.simulated.names import account_name, draw_spellings, organization_name, spelled

_WORKFLOWS: Final = ("release.yml", "publish.yml", "ci.yml", "wheels.yaml")
_RENAMED_WORKFLOW: Final = "pypi.yml"
_GITLAB_WORKFLOW: Final = ".gitlab-ci.yml"
_RELEASE_COLUMNS: Final = ("release_id", "project_id", "ordinal", "released_at", "version", "kind", "version_key")


def _null_from(instants: Ints, end: int) -> pl.Series:
    """The instants, NULL for what has not happened by `end`."""
    return pl.select(pl.when(pl.Series(instants) < end).then(pl.Series(instants))).to_series()


def cut_projects(history: History, end: int) -> pl.DataFrame:
    """One row per project created before `end`; see `World.projects`."""
    people, standing = history.people, history.standing
    rng = stream(history.seed, "spellings")
    first, other = draw_spellings(rng, people.count, 0.18), draw_spellings(rng, people.count, 1.0)
    status = np.select(
        [people.quarantined_at < end, standing.archived_at < end, standing.deprecated_at < end],
        ["quarantined", "archived", "deprecated"],
        "active",
    )
    joined = np.where(standing.organization_from < end, standing.organization, -1).tolist()
    frame = pl.DataFrame(
        {
            "project_id": np.arange(people.count),
            "name": history.names,
            "spelling": [spelled(*pair) for pair in zip(history.names, first.tolist(), strict=True)],
            "other_spelling": [spelled(*pair) for pair in zip(history.names, other.tolist(), strict=True)],
            "created_at": people.created,
            "owner_kind": np.array(m.OWNER_KINDS)[people.owner_kind],
            "owner_group": people.owner_group,
            "host": np.array(m.HOSTS)[people.host],
            "popularity_tier": np.array(m.TIERS)[people.tier],
            "status": status,
            "organization": pl.Series([organization_name(n) if n >= 0 else None for n in joined], dtype=pl.String),
            "is_at_risk": history.adoption.is_at_risk & (people.quarantined_at >= end),
            "at_risk_from": _null_from(history.adoption.at_risk_from, m.NEVER),
        }
    )
    return frame.filter(pl.col("created_at") < end)


def cut_releases(history: History, end: int) -> pl.DataFrame:
    """One row per release made before `end`; see `World.releases`."""
    return history.releases.filter(pl.col("released_at") < end).select(_RELEASE_COLUMNS)


def cut_files(history: History, projects: pl.DataFrame, end: int) -> pl.DataFrame:
    """One row per file uploaded before `end`, deleted ones included; see `World.files`."""
    count = history.people.count
    spellings = pl.DataFrame({"project_id": np.arange(count)}).join(projects, "project_id", how="left")
    both = pl.concat([spellings["spelling"], spellings["other_spelling"]])
    files = history.files.filter(pl.col("uploaded_at") < end).with_columns(
        spelling_id=pl.col("project_id") + count * pl.col("uses_other_spelling")
    )
    version = history.releases["version"].gather(files["release_id"])
    tool = pl.select(pl.when(files["tool"] >= 0).then(files["tool"])).to_series()
    return files.select(
        "project_id",
        "release_id",
        version,
        both.gather(files["spelling_id"]).alias("uploaded_name"),
        file_names(files, both, version).alias("filename"),
        pl.Series(PACKAGE_TYPES).gather(files["type"]).alias("packagetype"),
        "uploaded_at",
        "size_bytes",
        (pl.col("deleted_at") < end).alias("is_deleted"),
        (pl.col("yanked_at") < end).alias("is_yanked"),
        "is_attested",
        "is_by_publisher",
        "uploader",
        tool_names().gather(tool).alias("upload_tool"),
    )


def cut_publishers(history: History, files: pl.DataFrame) -> pl.DataFrame:
    """One row per attested file with the identity that attested it; see `World.publishers`."""
    attested = files.filter("is_attested")
    project, at = attested["project_id"].to_numpy(), attested["uploaded_at"].to_numpy()
    rng = stream(history.seed, "workflows")
    workflows = rng.integers(0, len(_WORKFLOWS), history.people.count)
    has_environment = chance(rng, 0.55, history.people.count)
    host = history.people.host[project]
    before, after = (
        pl.Series(names).gather(project) for names in repositories(history.people, history.primaries, history.names)
    )
    moved, renamed = (
        pl.Series(at >= changes[project])
        for changes in (history.adoption.repository_changes, history.adoption.workflow_changes)
    )
    has_repository = pl.Series(host != m.GOOGLE)
    of_github = pl.Series(_WORKFLOWS).gather(workflows[project])
    usual = pl.when(pl.Series(host == m.GITLAB)).then(pl.lit(_GITLAB_WORKFLOW)).otherwise(of_github)
    return attested.select(
        "project_id",
        "filename",
        kind=pl.Series(m.PUBLISHER_KINDS).gather(host),
        repository=pl.when(has_repository).then(pl.when(moved).then(after).otherwise(before)),
        workflow=pl.when(has_repository).then(pl.when(renamed).then(pl.lit(_RENAMED_WORKFLOW)).otherwise(usual)),
        environment=pl.when(has_repository & pl.Series(has_environment[project])).then(pl.lit("pypi")),
    )


def cut_links(history: History, projects: pl.DataFrame, end: int) -> pl.DataFrame:
    """One row per link that the projects state at `end`; see `World.links`."""
    before, after = repositories(history.people, history.primaries, history.names)
    moved = (history.adoption.repository_changes < end).tolist()
    here = [new if has_moved else old for old, new, has_moved in zip(before, after, moved, strict=True)]
    return make_links(history.people, history.names, here, history.seed).join(projects, "project_id", how="semi")


def cut_roles(history: History, projects: pl.DataFrame, end: int) -> pl.DataFrame:
    """One row per project, account and role held at `end`; see `World.roles`."""
    held = history.roles.filter((pl.col("from") < end) & (pl.col("until") >= end)).join(
        projects, "project_id", how="semi"
    )
    return held.select(
        "project_id",
        pl.Series("account", [account_name(number) for number in held["account_id"]], dtype=pl.String),
        "role",
    )


def cut_accounts(history: History, end: int) -> pl.DataFrame:
    """One row per account; see `World.accounts`."""
    names = [account_name(number) for number in range(len(history.enrolled_at))]
    return pl.DataFrame({"account": names, "enrolled_at": _null_from(history.enrolled_at, end)})
