"""What truly changed between two days of the same world."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.sources.simulated.truth.columns import schema_of
from pipeline.sources.simulated.truth.records import Project, read_projects
from pipeline.sources.simulated.truth.tables import project_rows
from pipeline.sources.simulated.world import World

COMPARED: Final = (
    "status", "newest_version", "two_factor_evidence", "publishing_evidence", "first_attested_at", "has_regressed",
    "publisher_repository", "organization",
)  # fmt: skip
"""Columns of the truth table `projects` whose change is told."""


def changes_between(earlier: World, later: World) -> pa.Table:
    """The truth table `changes`.

    A role is compared only where both days show the roles of the project: what is not shown any more is not lost.

    Args:
        earlier: A world.
        later: The same world (projects and seed) on a later day.

    Returns:
        Rows ordered by project, what, before and after.

    Raises:
        UsageError: the two are not the same world, or not in this order.
    """
    if (earlier.requested_projects, earlier.seed, earlier.law) != (later.requested_projects, later.seed, later.law):
        raise UsageError("cannot compare two different worlds.", way_out="Give the same projects, seed and law.")
    if earlier.observed_on >= later.observed_on:
        raise UsageError("cannot compare a day with an earlier one.", way_out="Give the earlier world first.")
    before, after = _by_name(earlier), _by_name(later)
    rows: list[tuple[str, str, str | None, str | None]] = []
    for name, (project, values) in after.items():
        if name not in before:
            rows.append((name, "project", None, name))
            continue
        past_project, past = before[name]
        rows += [
            (name, what, _text(past[what]), _text(values[what])) for what in COMPARED if past[what] != values[what]
        ]
        rows += _role_changes(past_project, project)
    ordered = sorted(rows, key=lambda row: tuple(value or "" for value in row))
    names = schema_of("changes").names
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in ordered], schema=schema_of("changes"))


def _by_name(world: World) -> dict[str, tuple[Project, dict[str, Any]]]:
    projects = read_projects(world)
    return {project.name: (project, row) for project, row in zip(projects, project_rows(projects), strict=True)}


def _role_changes(before: Project, after: Project) -> list[tuple[str, str, str | None, str | None]]:
    if not (before.has_page and after.has_page):
        return []
    lost, gained = set(before.roles) - set(after.roles), set(after.roles) - set(before.roles)
    return [(after.name, role, account, None) for account, role in lost] + [
        (after.name, role, None, account) for account, role in gained
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
