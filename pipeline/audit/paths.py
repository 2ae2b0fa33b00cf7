"""How a dependency is reached: the shortest way to it from something that the audited project asks for itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

Paths = dict[str, tuple[str, ...]]
"""By name, the way to it: a direct dependency first, itself last; a direct one has a way of one name."""

MOST_STEPS = 100
"""Of a longer way only the end is kept: a file made to harm could chain all its entries."""


def shortest_paths(names: Iterable[str], needs: Mapping[str, frozenset[str]], direct: frozenset[str] | None) -> Paths:
    """The shortest way to each name, by breadth-first search; of several, the first by name.

    Args:
        names: What is to be reached.
        needs: Who needs whom; ends outside of `names` are left out.
        direct: What the audited project asks for itself, as far as that is known. Ways begin there, and with what
            nothing else needs; where a cycle is left without a beginning, with its first name.
    """
    known = set(names)
    edges = {name: sorted((needs.get(name, frozenset()) & known) - {name}) for name in sorted(known)}
    needed = {end for ends in edges.values() for end in ends}
    paths: Paths = {}
    _extend(paths, [name for name in edges if name not in needed or name in (direct or ())], edges)
    for name in edges:
        if name not in paths:
            _extend(paths, [name], edges)
    return paths


def _extend(paths: Paths, starts: list[str], edges: Mapping[str, list[str]]) -> None:
    paths.update({name: (name,) for name in starts})
    waiting = deque(starts)
    while waiting:
        name = waiting.popleft()
        for end in edges[name]:
            if end not in paths:
                paths[end] = (*paths[name][1 - MOST_STEPS :], end)
                waiting.append(end)
