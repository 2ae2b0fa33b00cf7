"""Who depends on whom: requirements of the newest releases, evaluated in one stated environment."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pipeline.sources.simulated.truth.evidence import newest_release
from pipeline.sources.simulated.truth.records import Project

ENVIRONMENT: Final = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "extra": "",
}
"""CPython 3.13 on Linux, without extras."""


def dependency_edges(projects: list[Project]) -> tuple[dict[str, list[str]], dict[str, dict[str, Any]]]:
    """Which projects each one requires, and what its requirement strings come to.

    Returns:
        The required projects by requiring project (sorted, each once, itself left out), for every project that has a
        newest release; and the counts of its requirements as columns of the truth table `projects`.
    """
    known = {project.name for project in projects}
    edges, counts = {}, {}
    for project in projects:
        found = newest_release(project.files)
        if found is None:
            continue
        newest = project.ordinals[found[1]]
        texts = [text for text, first, last in project.requirements if first <= newest <= last]
        required = [required_name(text) for text in texts]
        needed = {name for name in required if name}
        edges[project.name] = sorted((needed & known) - {project.name})
        counts[project.name] = {
            "requirement_count": len(texts),
            "unparsable_requirement_count": sum(name is None for name in required),
            "unknown_requirement_count": sum(bool(name) and name not in known for name in required),
        }
    return edges, counts


@lru_cache(maxsize=100_000)
def required_name(requirement: str) -> str | None:
    """The PEP 503 name that is required in `ENVIRONMENT`, empty where the marker does not hold, None if unreadable."""
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return None
    if parsed.marker is not None and not parsed.marker.evaluate(ENVIRONMENT):
        return ""
    return canonicalize_name(parsed.name)


def graph_columns(edges: dict[str, list[str]], names: list[str]) -> dict[str, dict[str, Any]]:
    """Dependents, closure and depth of every project by breadth-first search, cycles and all."""
    columns: dict[str, dict[str, Any]] = {name: {"dependents_direct": 0, "dependents_transitive": 0} for name in names}
    for project, required in edges.items():
        for name in required:
            columns[name]["dependents_direct"] += 1
        reached, depth = closure(edges, project)
        for name in reached:
            columns[name]["dependents_transitive"] += 1
        columns[project] |= {"closure_size": len(reached), "depth": depth}
    return columns


def closure(edges: dict[str, list[str]], project: str) -> tuple[set[str], int]:
    """The other projects that `project` reaches, and the greatest of their shortest distances."""
    seen = {project}
    depth, ring = -1, [project]
    while ring:
        depth += 1
        following = []
        for name in ring:
            for required in edges.get(name, ()):
                if required not in seen:
                    seen.add(required)
                    following.append(required)
        ring = following
    return seen - {project}, depth
