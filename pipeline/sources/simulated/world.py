"""A fictitious index on one day: everything that is true of it, also what no source could ever see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from pipeline.errors import UsageError
from pipeline.sources.simulated import cut
from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.downloads import make_downloads
from pipeline.sources.simulated.history import make_history
from pipeline.sources.simulated.model import AdoptionModel

DOWNLOAD_DAYS: Final = 60
MOST_PROJECTS: Final = 1_000_000


@dataclass(frozen=True)
class World:
    """The state of the index at the end of `observed_on` (UTC). Instants are seconds since 1970."""

    requested_projects: int
    seed: int
    observed_on: date
    law: AdoptionModel
    """The true law by which projects adopt."""
    projects: pl.DataFrame
    """`project_id`, `name` (PEP 503), `spelling`, `other_spelling`, `created_at`, `owner_kind`, `owner_group`, `host`,
    `popularity_tier`, `status`, `organization`, `is_at_risk`, `at_risk_from`."""
    releases: pl.DataFrame
    """`release_id`, `project_id`, `ordinal`, `released_at`, `version`, `kind`, `version_key`."""
    files: pl.DataFrame
    """`project_id`, `release_id`, `version`, `uploaded_name`, `filename`, `packagetype`, `uploaded_at`, `size_bytes`,
    `is_deleted`, `is_yanked`, `is_attested`, `is_by_publisher`, `uploader` (account number, -1 for a publisher),
    `upload_tool`; ordered by project and release."""
    publishers: pl.DataFrame
    """One row per attested file: `project_id`, `filename`, `kind`, `repository`, `workflow`, `environment`."""
    roles: pl.DataFrame
    """`project_id`, `account`, `role`, as held at the end of the day."""
    accounts: pl.DataFrame
    """`account`, `enrolled_at` (NULL without a second factor at the end of the day)."""
    requirements: pl.DataFrame
    """`project_id`, `requirement`, `first_ordinal`, `last_ordinal`: the releases in which it stands."""
    links: pl.DataFrame
    """`project_id`, `label`, `url`."""
    downloads: pl.DataFrame
    """`project_id`, `day` and the five classes of client; ordered by day and project."""

    @property
    def end(self) -> int:
        """The first instant that is not observed any more."""
        return m.seconds(self.observed_on) + m.DAY


def make_world(
    projects: int,
    seed: int,
    observed_on: date,
    *,
    download_days: int = DOWNLOAD_DAYS,
    law: AdoptionModel | None = None,
) -> World:
    """A world that is the same for the same arguments, in any process.

    The same `projects` and `seed` observed on a later day give the same history and what happened since.

    Args:
        projects: How many projects exist on `model.REFERENCE_DAY`; on an earlier or later day fewer or more do.
        seed: Any number from 0.
        observed_on: The last day that is observed.
        download_days: How many days of downloads, ending on `observed_on`.
        law: The law of adoption, where it shall differ from the usual one.

    Raises:
        UsageError: an argument out of range.
    """
    check_request(projects, seed, observed_on, download_days)
    history = make_history(projects, seed, law or AdoptionModel())
    end = m.seconds(observed_on) + m.DAY
    frame = cut.cut_projects(history, end)
    files = cut.cut_files(history, frame, end)
    return World(
        requested_projects=projects,
        seed=seed,
        observed_on=observed_on,
        law=law or AdoptionModel(),
        projects=frame,
        releases=cut.cut_releases(history, end),
        files=files,
        publishers=cut.cut_publishers(history, files),
        roles=cut.cut_roles(history, frame, end),
        accounts=cut.cut_accounts(history, end),
        requirements=history.requirements.join(frame, "project_id", how="semi", maintain_order="left"),
        links=cut.cut_links(history, frame, end),
        downloads=make_downloads(history.people, observed_on, download_days, seed),
    )


def check_request(projects: int, seed: int, observed_on: date, download_days: int = DOWNLOAD_DAYS) -> None:
    """Whether such a world can be drawn.

    Raises:
        UsageError: an argument is out of range.
    """
    if not 1 <= projects <= MOST_PROJECTS:
        raise UsageError(f"cannot simulate {projects} projects.", way_out=f"Give a number from 1 to {MOST_PROJECTS:,}.")
    if seed < 0:
        raise UsageError(f"cannot simulate with seed {seed}.", way_out="Give a whole number from 0.")
    if not m.FIRST_OBSERVABLE_DAY <= observed_on <= m.HORIZON_DAY:
        raise UsageError(
            f"cannot simulate the index of {observed_on}.",
            way_out=f"Give a day from {m.FIRST_OBSERVABLE_DAY} to {m.HORIZON_DAY}.",
        )
    if download_days < 1:
        raise UsageError(f"cannot simulate {download_days} days of downloads.", way_out="Give 30 or more.")
