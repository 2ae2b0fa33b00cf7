"""How widely each project is used, and how far each account reaches."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any, Final

from pipeline.sources.simulated.truth.evidence import ENFORCED_FROM
from pipeline.sources.simulated.truth.records import Project
from pipeline.sources.simulated.world import World

RANKED_PROJECTS: Final = 15_000


def rank_columns(projects: list[Project]) -> dict[str, dict[str, Any]]:
    """Downloads, rank, tier and the two definitions of criticality that rest on downloads."""
    ordered = sorted(projects, key=lambda project: (-project.downloads_30d, project.name))
    total = sum(project.downloads_30d for project in projects)
    one_percent = len(projects) // 100
    before = 0
    columns = {}
    for rank, project in enumerate(ordered, start=1):
        is_ranked = project.downloads_30d > 0 and rank <= RANKED_PROJECTS
        columns[project.name] = {
            "downloads_30d": project.downloads_30d,
            "download_rank": rank if is_ranked else None,
            "tier": tier_of(rank if is_ranked else None, one_percent),
            "is_top1pct": is_ranked and rank <= one_percent,
            "is_mass80": before * 5 < total * 4,
        }
        before += project.downloads_30d
    return columns


def tier_of(rank: int | None, one_percent: int) -> str:
    """The tier of a rank; each begins where the one before it ends."""
    for tier, last in (
        ("top_100", 100),
        ("top_1000", 1_000),
        ("top_1pct", one_percent),
        ("top_15000", RANKED_PROJECTS),
    ):
        if rank is not None and rank <= last:
            return tier
    return "long_tail"


def account_rows(world: World, projects: list[Project], ranks: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The truth table `accounts`, ordered by account."""
    enrolled_at = {account: at for account, at in world.accounts.iter_rows() if at is not None}
    held: dict[str, list[Project]] = defaultdict(list)
    shown = set()
    for project in projects:
        if not project.has_page:
            continue
        holders = sorted({account for account, _ in project.roles})
        for account in holders:
            held[account].append(project)
        if len(holders) == 1 and project.organization is None and _was_enforced(project):
            shown.add(holders[0])
    return [
        {
            "account": account,
            "project_count": len(held[account]),
            "critical_project_count": sum(_is_critical(ranks[project.name]) for project in held[account]),
            "downloads_30d_reachable": sum(project.downloads_30d for project in held[account]),
            "shown_two_factor": account in shown,
            "true_has_two_factor": account in enrolled_at,
            "true_enrolled_at": datetime.fromtimestamp(enrolled_at[account], UTC) if account in enrolled_at else None,
        }
        for account in sorted(held)
    ]


def _was_enforced(project: Project) -> bool:
    """Whether the newest listed upload without provenance falls on or after 2024-08-02."""
    uploads = [file.uploaded_at for file in project.files if file.is_attested is False]
    return bool(uploads) and max(uploads) >= ENFORCED_FROM


def _is_critical(ranks: dict[str, Any]) -> bool:
    return bool(ranks["is_top1pct"] or ranks["is_mass80"])
