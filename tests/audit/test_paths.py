"""The shortest ways, on graphs worked out by hand and by laws that hold for every graph."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.audit.paths import shortest_paths


def ways(needs, direct=None):
    names = {*needs, *(end for ends in needs.values() for end in ends)}
    edges = {name: frozenset(ends) for name, ends in needs.items()}
    return {name: " ".join(way) for name, way in shortest_paths(names, edges, direct).items()}


def test_what_nothing_else_needs_is_direct_where_the_file_does_not_say():
    assert ways({"a": "b", "b": "c", "d": "c"}) == {"a": "a", "b": "a b", "c": "d c", "d": "d"}


def test_what_the_file_calls_direct_is_so_even_where_others_need_it():
    assert ways({"a": "b", "b": "c"}, frozenset("ab")) == {"a": "a", "b": "b", "c": "b c"}


def test_the_shortest_way_may_begin_with_what_nothing_else_needs():
    assert ways({"a": "b", "b": "c", "d": "c"}, frozenset("a"))["c"] == "d c"


def test_of_two_ways_of_one_length_the_first_by_name():
    assert ways({"a": "x", "b": "x"})["x"] == "a x"


def test_a_cycle_without_a_beginning_begins_with_its_first_name():
    assert ways({"b": "c", "c": "b"}) == {"b": "b", "c": "b c"}


def test_a_need_of_oneself_counts_for_nothing():
    assert ways({"a": "a"}) == {"a": "a"}


def test_of_a_way_made_to_harm_only_the_end_is_kept():
    names = [f"{number:05}" for number in range(30_000)]
    paths = shortest_paths(names, {name: frozenset([end]) for name, end in pairwise(names)}, None)
    assert paths["29999"] == tuple(names[-100:])


NAMES = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(NAMES, st.frozensets(NAMES, max_size=3), max_size=6)


@given(needs=GRAPHS, direct=st.none() | st.frozensets(NAMES, max_size=3))
def test_every_name_has_one_way_along_edges_and_no_part_of_it_can_be_shortened(needs, direct):
    names = set("abcdef")
    paths = shortest_paths(names, needs, direct)
    assert set(paths) == names
    for name, way in paths.items():
        assert way[-1] == name
        assert len(set(way)) == len(way)
        assert all(end in needs.get(start, ()) for start, end in pairwise(way))
        assert all(paths[stop] == way[: place + 1] for place, stop in enumerate(way))
    for name in direct or ():
        assert paths[name] == (name,)
