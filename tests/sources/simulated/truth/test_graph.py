from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.sources.simulated.truth.graph import closure, dependency_edges, graph_columns, required_name
from pipeline.sources.simulated.truth.records import File, Project


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("Some_Name.X[fast]>=1", "some-name-x"),
        ("old (>=1.0)", "old"),
        ("a; python_version >= '3.9'", "a"),
        ("a; python_version < '3.13'", ""),
        ("a; python_full_version >= '3.13.1'", ""),
        ("a; sys_platform == 'win32'", ""),
        ("a; extra == 'dev'", ""),
        ("a; extra == 'dev' or os_name == 'posix'", "a"),
        ("a >= 1 or newer", None),
    ],
)
def test_required_name(requirement, expected):
    assert required_name(requirement) == expected


def test_the_longest_shortest_path_is_the_depth_and_cycles_end():
    # a -> b -> c -> d -> b, and a shortcut a -> c: d is two steps away, not three.
    edges = {"a": ["b", "c"], "b": ["c"], "c": ["d"], "d": ["b"], "e": []}
    assert closure(edges, "a") == ({"b", "c", "d"}, 2)
    assert closure(edges, "b") == ({"c", "d"}, 2)
    assert closure(edges, "e") == (set(), 0)
    columns = graph_columns(edges, ["a", "b", "c", "d", "e", "f"])
    assert columns["b"] == {"dependents_direct": 2, "dependents_transitive": 3, "closure_size": 2, "depth": 2}
    assert columns["a"] == {"dependents_direct": 0, "dependents_transitive": 0, "closure_size": 3, "depth": 2}
    assert columns["f"] == {"dependents_direct": 0, "dependents_transitive": 0}


def project(name: str, *requirements: tuple[str, int, int], versions: tuple[str, ...] = ("1.0",)) -> Project:
    when = datetime(2025, 1, 1, tzinfo=UTC)
    return Project(
        name, "active", None, "individual", -1, "github", "top_100", None,
        files=[File(version, version, when, False, False, False) for version in versions],
        requirements=list(requirements), ordinals={version: number for number, version in enumerate(versions)},
    )  # fmt: skip


def test_edges_are_those_of_the_newest_release_each_once_and_never_to_oneself():
    first = project(
        "a",
        ("B_b>=1; python_version < '3.9'", 0, 9),
        ("b.b>=2; python_version >= '3.9'", 0, 9),
        ("B-B", 0, 9),
        ("A[fast]", 0, 9),
        ("simulated-unknown", 0, 9),
        ("b-b or newer", 0, 9),
        ("c", 1, 9),
        ("d", 0, 0),
        versions=("1.0", "2.0"),
    )
    nothing = project("d", versions=())
    edges, counts = dependency_edges([first, project("b-b"), project("c"), nothing])
    assert edges == {"a": ["b-b", "c"], "b-b": [], "c": []}
    assert counts["a"] == {"requirement_count": 7, "unparsable_requirement_count": 1, "unknown_requirement_count": 1}
