"""How unevenly something is spread over accounts or projects, and how few of them reach half of it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAXIMUM_POINTS = 200
"""Points of a Lorenz curve; more could not be told apart on a screen."""

_BOUNDS = 20
"""How often on the way to half the bound from below is taken anew."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Concentration:
    """How a total is spread over its holders."""

    gini: float | None
    """0 where all hold the same, near 1 where one holds all; None where there is nothing to spread."""
    lorenz: tuple[tuple[float, float], ...]
    """From (0, 0) to (1, 1): the poorest share of holders, and the share of the total that they hold."""
    n: int
    total: float
    method: str = "Lorenz curve, Gini coefficient without small-sample correction"
    reference: str = "Lorenz (1905), Publ. Am. Stat. Assoc. 9, 209-219; Gini (1912)"
    reason: str = ""


@dataclass(frozen=True)
class ReachCount:
    """How many accounts it takes to reach half of something that several accounts reach at once."""

    at_least: int | None
    """No smaller number can do; None where there is nothing to reach, or all of them together fall short."""
    at_most: int | None
    """This number is enough."""
    n: int
    """Accounts."""
    method: str = "greedy cover from above, largest remaining gains from below"
    reference: str = "Nemhauser, Wolsey and Fisher (1978), Math. Program. 14, 265-294"
    reason: str = ""


def concentration(holdings: ArrayLike) -> Concentration:
    """Describe how unevenly a total is spread.

    Args:
        holdings: What each holder has, 0 or more. For what several accounts reach at once (downloads of a project with
            two owners count for both), the total is that of the reaches; see `accounts_reaching_half` for the union.

    Raises:
        ValueError: a holding is negative or not a number.
    """
    held = np.sort(np.asarray(holdings, dtype=np.float64))
    n, total = len(held), float(held.sum())
    if n and not (held[0] >= 0 and np.isfinite(total)):
        raise ValueError("A holding is negative or not a number.")
    if total == 0:
        return Concentration(None, (), n, total, reason="nothing is held")
    cumulated = np.concatenate([[0.0], np.cumsum(held)]) / total
    place = np.arange(1, n + 1)
    gini = float(2 * np.sum(place * held) / (n * total) - (n + 1) / n)
    points = np.unique(np.linspace(0, n, min(n + 1, MAXIMUM_POINTS)).round().astype(np.int64))
    lorenz = tuple((float(point / n), float(min(cumulated[point], 1))) for point in points)
    return Concentration(max(gini, 0.0), (*lorenz[:-1], (1.0, 1.0)), n, total)


def accounts_reaching_half(accounts: ArrayLike, projects: ArrayLike, weights: ArrayLike) -> ReachCount:
    """How few accounts together reach half of the weight of all projects, each project counted once.

    Which accounts do so is a maximum coverage problem, which cannot be solved exactly at size. Always taking the
    account that adds most gives a number that is enough. From below: whatever was taken so far, no choice of accounts
    can reach more than that and the largest of what they would still add; the best of such bounds along the way holds.

    Args:
        accounts: One entry per account and project: position of the account, from 0.
        projects: As many: position of the project, an index into `weights`.
        weights: Weight of each project (such as its downloads), 0 or more; all projects, reachable or not.
    """
    weight = np.asarray(weights, dtype=np.float64)
    # One number for each pair, and sorted by hand: numpy.unique hashes before it sorts, which takes twice as long.
    pairs = np.sort(np.asarray(accounts, np.int64) * max(len(weight), 1) + np.asarray(projects, np.int64))
    account, project = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(len(weight), 1))
    position = np.cumsum(np.diff(account, prepend=account[:1]) > 0, dtype=np.int64)
    n, wanted = int(position[-1]) + 1 if len(position) else 0, float(weight.sum()) / 2
    if wanted <= 0:
        return ReachCount(None, None, n, reason="there is nothing to reach")
    is_reached = np.zeros(len(weight), dtype=np.bool_)
    is_reached[project] = True
    if float(weight[is_reached].sum()) < wanted:
        return ReachCount(None, None, n, reason="all accounts together reach less than half")
    at_least, at_most = _cover(position, project, weight, wanted)
    return ReachCount(at_least, at_most, n)


def _cover(holder: Integers, project: Integers, weight: Floats, wanted: float) -> tuple[int, int]:
    """A number of holders below which none can reach the wanted weight, and one that is enough; pairs come by holder.

    What a holder adds only ever shrinks, so an old value is an upper bound: only the holder on top of the heap is asked
    again (Minoux 1978).
    """
    ends = np.cumsum(np.bincount(holder)).tolist()
    left = weight.copy()
    gains = np.bincount(holder, weights=left[project]).astype(np.float64)
    heap = [(-gain, index) for index, gain in enumerate(gains.tolist())]
    heapq.heapify(heap)
    at_least, count, reached, asked = _needed(gains, wanted), 0, 0.0, 0.0
    while heap and reached < wanted:
        _, index = heapq.heappop(heap)
        held = project[ends[index - 1] if index else 0 : ends[index]]
        adds = float(left[held].sum())
        if heap and adds < -heap[0][0]:
            heapq.heappush(heap, (-adds, index))
            continue
        left[held] = 0
        count, reached = count + 1, reached + adds
        if asked + wanted / _BOUNDS <= reached < wanted:
            gains, asked = np.bincount(holder, weights=left[project]).astype(np.float64), reached
            at_least = max(at_least, _needed(gains, wanted - reached))
    return at_least, count


def _needed(gains: Floats, wanted: float) -> int:
    """How many of the largest gains add up to the wanted weight."""
    return int(np.searchsorted(np.cumsum(np.sort(gains)[::-1]), wanted)) + 1
