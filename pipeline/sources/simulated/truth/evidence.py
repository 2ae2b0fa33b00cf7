"""The evidence of each project, rule by rule as the design states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from packaging.version import InvalidVersion, Version

from pipeline.sources.simulated.truth.records import File, Project, Publisher

ANNOUNCED_FROM: Final = datetime(2024, 1, 1, tzinfo=UTC)
ENFORCED_FROM: Final = datetime(2024, 8, 2, tzinfo=UTC)
PROVENANCE_FROM: Final = datetime(2024, 10, 21, tzinfo=UTC)
SUPPORTED_HOSTS: Final = ("github.com", "gitlab.com")


def newest_release(files: Iterable[File]) -> tuple[str, str, list[File]] | None:
    """The newest release among `files`: its kind, its version and its files; None without files."""
    releases: dict[str, list[File]] = defaultdict(list)
    for file in files:
        releases[file.version].append(file)
    kinds: dict[str, list[str]] = defaultdict(list)
    for version, members in releases.items():
        kinds[_kind(version, members)].append(version)
    for kind in ("stable", "prerelease", "yanked"):
        if kinds[kind]:
            newest = max(kinds[kind], key=lambda version: _parse(version) or Version("0"))
            return kind, newest, releases[newest]
    if kinds["invalid"]:
        newest = max(kinds["invalid"], key=lambda version: (max(f.uploaded_at for f in releases[version]), version))
        return "invalid", newest, releases[newest]
    return None


def evidence_of(project: Project) -> dict[str, Any]:
    """The columns of the truth table `projects` that follow from a project's files, links and roles."""
    found = newest_release(project.files)
    kind, version, newest = found or (None, None, [])
    uploads = [file.uploaded_at for file in project.files] or project.deleted_uploads
    every = [file.uploaded_at for file in project.files] + project.deleted_uploads
    newest_upload_at = max(uploads, default=None)
    two_factor = _two_factor_evidence(newest, newest_upload_at)
    publishing = _publishing_evidence(newest)
    attested = [file for file in project.files if file.is_attested]
    first_attested_at = min((file.uploaded_at for file in attested), default=None)
    can_ask = not project.is_quarantined
    return {
        "project": project.name,
        "status": project.status if can_ask else None,
        "newest_version": version,
        "newest_release_kind": kind,
        "newest_release_file_count": len(newest),
        "newest_release_attested_file_count": sum(bool(file.is_attested) for file in newest) if can_ask else None,
        "first_upload_at": min(every, default=None),
        "newest_upload_at": newest_upload_at,
        "two_factor_evidence": two_factor,
        "is_shown_since_enforcement": two_factor in {"trusted_publisher", "enforced"},
        "is_shown_since_announcement": two_factor in {"trusted_publisher", "enforced", "announced"},
        "publishing_evidence": publishing,
        "first_attested_at": first_attested_at,
        "first_attested_month": first_attested_at and _month(first_attested_at),
        "has_regressed": _has_regressed(publishing, newest, first_attested_at),
        **_publisher_columns(attested, project.publishers),
        "has_supported_url": any(_is_supported(url) for url in project.urls) if project.has_page else None,
        **_role_columns(project),
        "true_status": project.status,
        "true_owner_kind": project.owner_kind,
        "true_owner": f"{project.owner_kind}-{project.owner_group}" if project.owner_group >= 0 else project.name,
        "true_host": project.host,
        "true_tier": project.popularity_tier,
        "true_at_risk_from": project.at_risk_from,
        "true_newest_is_by_publisher": any(file.is_by_publisher for file in newest),
        "true_has_publisher_uploads": any(file.is_by_publisher for file in project.files),
    }


def _two_factor_evidence(newest: list[File], newest_upload_at: datetime | None) -> str:
    if any(file.is_attested for file in newest):
        return "trusted_publisher"
    if newest_upload_at is None:
        return "unknown"
    if newest_upload_at >= ENFORCED_FROM:
        return "enforced"
    return "announced" if newest_upload_at >= ANNOUNCED_FROM else "none"


def _publishing_evidence(newest: list[File]) -> str:
    if not newest:
        return "unobserved"
    if any(file.is_attested is None for file in newest):
        return "unobserved"
    if all(file.uploaded_at < PROVENANCE_FROM for file in newest):
        return "predates_attestations"
    if all(file.is_attested for file in newest):
        return "attested"
    return "partly_attested" if any(file.is_attested for file in newest) else "not_attested"


def _has_regressed(publishing: str, newest: list[File], first_attested_at: datetime | None) -> bool | None:
    if publishing == "unobserved":
        return None
    if publishing != "not_attested" or first_attested_at is None:
        return False
    return first_attested_at < min(file.uploaded_at for file in newest)


def _publisher_columns(attested: list[File], publishers: dict[str, Publisher]) -> dict[str, Any]:
    """Of the first attested release the first file by upload and name, of the newest by version likewise."""
    by_time = sorted(attested, key=lambda file: (file.uploaded_at, file.filename))
    if not by_time:
        return {}
    newest_version = max({file.version for file in by_time}, key=lambda version: _parse(version) or Version("0"))
    first = publishers[by_time[0].filename]
    newest = publishers[next(file for file in by_time if file.version == newest_version).filename]
    return {
        "publisher_kind": newest.kind,
        "publisher_repository": newest.repository,
        "publisher_workflow": newest.workflow,
        "has_repository_changed": _differs(first.repository, newest.repository),
        "has_workflow_changed": _differs(first.workflow, newest.workflow),
    }


def _role_columns(project: Project) -> dict[str, Any]:
    if not project.has_page:
        return {}
    owners = {account for account, role in project.roles if role == "Owner"}
    maintainers = {account for account, role in project.roles if role == "Maintainer"}
    return {
        "owner_count": len(owners),
        "maintainer_count": len(maintainers),
        "role_holder_count": len(owners | maintainers),
        "organization": project.organization,
        "has_single_owner": len(owners) == 1 if project.organization is None else None,
    }


def _kind(version: str, files: list[File]) -> str:
    parsed = _parse(version)
    if parsed is None:
        return "invalid"
    if all(file.is_yanked for file in files):
        return "yanked"
    return "prerelease" if parsed.is_prerelease else "stable"


@cache
def _parse(version: str) -> Version | None:
    try:
        return Version(version)
    except InvalidVersion:
        return None


def _is_supported(url: str) -> bool:
    return (urlsplit(url).hostname or "").removeprefix("www.") in SUPPORTED_HOSTS


def _differs(one: str | None, other: str | None) -> bool | None:
    return None if one is None or other is None else one.lower() != other.lower()


def _month(instant: datetime) -> date:
    return instant.date().replace(day=1)
