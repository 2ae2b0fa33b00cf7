"""A world as plain Python records, with only what the outside systems show in the fields that they show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.sources.simulated.world import World


class File(NamedTuple):
    """One file that an installer may still get: listed, or of a project about which the index answers nothing."""

    version: str
    filename: str
    uploaded_at: datetime
    is_yanked: bool | None
    """None where the index could not be asked."""
    is_attested: bool | None
    is_by_publisher: bool
    """True state, which no source shows."""


class Publisher(NamedTuple):
    """Who attested a file."""

    kind: str
    repository: str | None
    workflow: str | None


@dataclass
class Project:
    """One project with everything that belongs to it."""

    name: str
    status: str
    organization: str | None
    owner_kind: str
    owner_group: int
    host: str
    popularity_tier: str
    at_risk_from: datetime | None
    files: list[File] = field(default_factory=list)
    deleted_uploads: list[datetime] = field(default_factory=list)
    publishers: dict[str, Publisher] = field(default_factory=dict)
    """By file name."""
    roles: list[tuple[str, str]] = field(default_factory=list)
    """Account and role."""
    urls: list[str] = field(default_factory=list)
    requirements: list[tuple[str, int, int]] = field(default_factory=list)
    """Text, first and last release (by its number) in which it stands."""
    ordinals: dict[str, int] = field(default_factory=dict)
    """Number of each release of the project in order of time, by version."""
    downloads_30d: int = 0

    @property
    def is_quarantined(self) -> bool:
        """Whether the index answers nothing about it."""
        return self.status == "quarantined"

    @property
    def has_page(self) -> bool:
        """Whether the index shows roles, organization and links: not of a project without a listed file."""
        return not self.is_quarantined and bool(self.files)


def read_projects(world: World) -> list[Project]:
    """All projects of the index, in the order of their names."""
    projects = {
        row["project_id"]: Project(
            name=row["name"],
            status=row["status"],
            organization=row["organization"],
            owner_kind=row["owner_kind"],
            owner_group=row["owner_group"],
            host=row["host"],
            popularity_tier=row["popularity_tier"],
            at_risk_from=_instant(row["at_risk_from"]) if row["is_at_risk"] else None,
        )
        for row in world.projects.iter_rows(named=True)
    }
    _add_files(world, projects)
    for number, filename, kind, repository, workflow in world.publishers.select(
        "project_id", "filename", "kind", "repository", "workflow"
    ).iter_rows():
        projects[number].publishers[filename] = Publisher(kind, repository, workflow)
    for number, account, role in world.roles.select("project_id", "account", "role").iter_rows():
        projects[number].roles.append((account, role))
    for number, url in world.links.select("project_id", "url").iter_rows():
        projects[number].urls.append(url)
    for number, text, first, last in world.requirements.iter_rows():
        projects[number].requirements.append((text, first, last))
    for number, ordinal, version in world.releases.select("project_id", "ordinal", "version").iter_rows():
        projects[number].ordinals[version] = ordinal
    for number, total in _downloads_30d(world).items():
        projects[number].downloads_30d = total
    return sorted(projects.values(), key=lambda project: project.name)


def _add_files(world: World, projects: dict[int, Project]) -> None:
    columns = (
        "project_id", "version", "filename", "uploaded_at", "is_deleted", "is_yanked", "is_attested", "is_by_publisher",
    )  # fmt: skip
    for number, version, filename, at, is_deleted, is_yanked, is_attested, by_publisher in world.files.select(
        columns
    ).iter_rows():
        project = projects[number]
        when = datetime.fromtimestamp(at, UTC)
        if project.is_quarantined:
            project.files.append(File(version, filename, when, None, None, by_publisher))
        elif is_deleted:
            project.deleted_uploads.append(when)
        else:
            project.files.append(File(version, filename, when, is_yanked, is_attested, by_publisher))


def _downloads_30d(world: World) -> dict[int, int]:
    """Downloads of the 30 days that end on the day of observation, without mirrors, by project."""
    totals: dict[int, int] = defaultdict(int)
    columns = ("project_id", "day", "installer_count", "installer_ci_count", "other_count", "unknown_count")
    for number, day, installer, in_ci, other, unknown in world.downloads.select(columns).iter_rows():
        if (world.observed_on - day).days < 30:  # noqa: PLR2004 - the definition itself
            totals[number] += installer + in_ci + other + unknown
    return totals


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
