"""The graph against values drawn by hand, and against a plain search project by project on random graphs."""

from collections import deque

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.computed import graph
from pipeline.computed.graph import count_dependents, measure_exposure


def edge_table(edges):
    return pa.table(
        {
            "project_id": pa.array([source for source, _ in edges], pa.int64()),
            "dependency_id": pa.array([target for _, target in edges], pa.int64()),
        }
    )


def dependents(ids, edges):
    table = count_dependents(pa.table({"project_id": pa.array(ids, pa.int64())}), edge_table(edges))
    return {row.pop("project_id"): row for row in table.to_pylist()}


def exposure(projects, edges, *, unlisted=()):
    """`projects`: id → (has known requirements, evidence rank, transitive dependents); `unlisted`: ids, repeated."""
    known, rank, count = zip(*projects.values(), strict=True) if projects else ((), (), ())
    columns = {
        "project_id": pa.array(projects, pa.int64()),
        "has_known_requirements": pa.array(known, pa.bool_()),
        "unlisted_count": pa.array([list(unlisted).count(key) for key in projects], pa.int64()),
        "evidence_rank": pa.array(rank, pa.int32()),
        "dependents_transitive": pa.array(count, pa.int64()),
    }
    table = measure_exposure(pa.table(columns), edge_table(edges))
    return {row.pop("project_id"): row for row in table.to_pylist()}


# 10 needs 20 and 30, both need 40, 40 and 50 need each other; 60 stands alone.
DIAMOND = [(10, 20), (10, 30), (20, 40), (30, 40), (40, 50), (50, 40)]


def test_dependents_of_a_diamond_with_a_cycle_below():
    found = dependents([60, 50, 40, 30, 20, 10], DIAMOND)

    assert {key: row["dependents_direct"] for key, row in found.items()} == {10: 0, 20: 1, 30: 1, 40: 3, 50: 1, 60: 0}
    assert {key: row["dependents_transitive"] for key, row in found.items()} == {
        10: 0,
        20: 1,
        30: 1,
        40: 4,
        50: 4,
        60: 0,
    }


def test_rows_come_in_the_given_order():
    table = count_dependents(pa.table({"project_id": [7, 3, 5]}), edge_table([(7, 5)]))

    assert table["project_id"].to_pylist() == [7, 3, 5]
    assert table["dependents_direct"].to_pylist() == [0, 0, 1]


def test_edges_that_say_nothing_count_for_nothing():
    found = dependents([1, 2], [(1, 2), (1, 2), (1, 1), (2, 99), (99, 2), (None, 2), (1, None)])

    assert {key: row["dependents_transitive"] for key, row in found.items()} == {1: 0, 2: 1}


def test_pagerank_of_one_edge_is_the_solution_of_its_two_equations():
    # a = 0.15/2 + 0.85·b/2 and b = 0.15/2 + 0.85·(a + b/2) with a + b = 1: a = 0.5/1.425.
    found = dependents([1, 2], [(1, 2)])

    assert found[1]["pagerank"] == pytest.approx(0.5 / 1.425, abs=1e-9)
    assert found[2]["pagerank"] == pytest.approx(0.925 / 1.425, abs=1e-9)


def test_without_edges_all_projects_have_the_same_rank():
    assert [row["pagerank"] for row in dependents([1, 2, 3, 4], []).values()] == pytest.approx([0.25] * 4)


def test_without_projects_there_are_no_rows():
    assert dependents([], [(1, 2)]) == {}
    assert exposure({}, [(1, 2)]) == {}


def test_exposure_of_the_diamond():
    projects = {
        10: (True, 3, 0),
        20: (True, 2, 1),
        30: (True, None, 1),
        40: (True, 1, 4),
        50: (False, 0, 4),
        60: (True, 0, 0),
    }

    found = exposure(projects, DIAMOND, unlisted=[10, 40, 40, 60])

    assert found[10] == {
        "closure_size": 4,
        "closure_without_evidence_count": 2,
        "closure_unobserved_count": 1,
        "closure_unfollowed_count": 1,
        "closure_unlisted_count": 3,
        "depth": 3,
        "most_exposed_dependency_id": 50,
    }
    assert found[40]["closure_size"] == 1, "a project in a cycle is not in its own closure"
    assert found[40]["most_exposed_dependency_id"] == 50
    assert 50 not in found, "its requirements are not known"
    alone = {"closure_unlisted_count": 1, "most_exposed_dependency_id": None}
    assert found[60] == dict.fromkeys(found[60], 0) | alone


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({2: (1, 900), 3: (0, 5)}, 3),
        ({2: (1, 5), 3: (1, 900)}, 3),
        ({2: (1, 900), 3: (1, 900)}, 2),
        ({2: (None, 900), 3: (1, 5)}, 3),
        ({2: (None, 900), 3: (2, 5)}, None),
        ({2: (2, 900), 3: (3, 5)}, None),
    ],
    ids=["weakest", "then most dependents", "then smallest id", "unobserved is not weak", "none weak", "all strong"],
)
def test_the_most_exposed_dependency(others, expected):
    projects = {1: (True, 0, 0)} | {key: (True, rank, count) for key, (rank, count) in others.items()}

    assert exposure(projects, [(1, 3), (3, 2)])[1]["most_exposed_dependency_id"] == expected


def test_depth_is_the_shortest_way_to_the_farthest():
    projects = dict.fromkeys(range(1, 6), (True, 0, 0))

    assert exposure(projects, [(1, 2), (2, 3), (3, 4), (1, 4), (4, 5)])[1]["depth"] == 2


def distances(edges, start):
    """What can be reached from `start`, with the number of steps: a plain breadth-first search."""
    found, queue = {start: 0}, deque([start])
    while queue:
        node = queue.popleft()
        for source, target in edges:
            if source == node and target not in found:
                found[target] = found[node] + 1
                queue.append(target)
    del found[start]
    return found


IDS = [3, 1, 4, 15, 9, 2, 6]
nodes = st.sampled_from(IDS)
edge_lists = st.lists(st.tuples(nodes, nodes), max_size=20)
ranks = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=len(IDS), max_size=len(IDS))


@given(edge_lists, st.integers(1, 30))
def test_dependents_agree_with_a_plain_search(edges, cells):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "_CELLS", cells)  # searches in blocks of every height
        found = dependents(IDS, edges)

    reach = {start: distances(edges, start) for start in IDS}
    for key in IDS:
        assert found[key]["dependents_transitive"] == sum(key in reached for reached in reach.values())
        assert found[key]["dependents_direct"] == len({source for source, target in edges if source != target == key})


@given(edge_lists)
def test_pagerank_solves_its_linear_equations(edges):
    found = dependents(IDS, edges)

    size = len(IDS)
    links = {(source, target) for source, target in edges if source != target}
    passed = np.zeros((size, size))
    for column, source in enumerate(IDS):
        targets = [IDS.index(target) for other, target in links if other == source]
        passed[targets or slice(None), column] = 1 / (len(targets) or size)
    expected = np.linalg.solve(np.eye(size) - 0.85 * passed, np.full(size, 0.15 / size))
    assert [found[key]["pagerank"] for key in IDS] == pytest.approx(expected.tolist(), abs=1e-10)
    assert sum(row["pagerank"] for row in found.values()) == pytest.approx(1, abs=1e-12)


@given(edge_lists, ranks, st.sets(nodes), st.lists(nodes), st.integers(1, 30))
def test_exposure_agrees_with_a_plain_search(edges, evidence, known, unlisted, cells):
    projects = {key: (key in known, rank, 7 * key % 3) for key, rank in zip(IDS, evidence, strict=True)}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "_CELLS", cells)
        found = exposure(projects, edges, unlisted=unlisted)

    assert set(found) == known
    for key in known:
        reached = distances(edges, key)
        weak = [(projects[each][1], -projects[each][2], each) for each in reached if projects[each][1] in {0, 1}]
        assert found[key] == {
            "closure_size": len(reached),
            "closure_without_evidence_count": len(weak),
            "closure_unobserved_count": sum(projects[each][1] is None for each in reached),
            "closure_unfollowed_count": sum(each not in known for each in reached),
            "closure_unlisted_count": sum(each in {key, *reached} for each in unlisted),
            "depth": max(reached.values(), default=0),
            "most_exposed_dependency_id": min(weak)[2] if weak else None,
        }
