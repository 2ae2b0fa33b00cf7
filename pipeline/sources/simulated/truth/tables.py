"""The truth tables of a world, put together."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.sources.simulated.truth.adoption import model_rows, monthly_rows
from pipeline.sources.simulated.truth.columns import schema_of
from pipeline.sources.simulated.truth.evidence import evidence_of
from pipeline.sources.simulated.truth.graph import dependency_edges, graph_columns
from pipeline.sources.simulated.truth.reach import account_rows, rank_columns
from pipeline.sources.simulated.truth.records import Project, read_projects
from pipeline.sources.simulated.world import World


def truth_tables(world: World) -> dict[str, pa.Table]:
    """Every truth table of one world but `changes`, which needs two (`changes_between`).

    Computed project by project in plain Python with `packaging`, on no code that the pipeline uses for its signals.
    The columns and their meaning are in `columns.TRUTH_TABLES`.
    """
    projects = read_projects(world)
    ranks = rank_columns(projects)
    edges, counts = dependency_edges(projects)
    graph = graph_columns(edges, [project.name for project in projects])
    rows = [
        row | ranks[row["project"]] | counts.get(row["project"], {}) | graph[row["project"]]
        for row in project_rows(projects)
    ]
    return {
        "projects": _table("projects", rows),
        "accounts": _table("accounts", account_rows(world, projects, ranks)),
        "dependency_edges": _table(
            "dependency_edges",
            [{"project": name, "dependency": required} for name in sorted(edges) for required in edges[name]],
        ),
        "adoption_monthly": _table("adoption_monthly", _zero_filled(monthly_rows(projects, ranks))),
        "adoption_model": _table("adoption_model", model_rows(world.law)),
    }


def project_rows(projects: list[Project]) -> list[dict[str, Any]]:
    """The evidence columns of every project, all present, None where a rule gives nothing."""
    empty = dict.fromkeys(schema_of("projects").names)
    return [empty | evidence_of(project) for project in projects]


def _zero_filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    zeros = dict.fromkeys(schema_of("adoption_monthly").names, 0)
    return [zeros | row for row in rows]


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=schema_of(name))
