"""How unevenly something is spread over accounts or projects, and how few of them reach half of it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAXIMUM_POINTS = 200
"""Points of a Lorenz curve; more could not be told apart on a screen."""


@dataclass(frozen=True)
class Concentration:
    """How a total is spread over its holders."""

    gini: float | None
    """0 where all hold the same, near 1 where one holds all; None where there is nothing to spread."""
    lorenz: tuple[tuple[float, float], ...]
    """From (0, 0) to (1, 1): the poorest share of holders, and the share of the total that they hold."""
    half_count: int | None
    """The smallest number of holders that together hold half of the total."""
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
    method: str = "greedy cover from above, sum of the largest from below"
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
        return Concentration(None, (), None, n, total, reason="nothing is held")
    cumulated = np.concatenate([[0.0], np.cumsum(held)]) / total
    place = np.arange(1, n + 1)
    gini = float(2 * np.sum(place * held) / (n * total) - (n + 1) / n)
    points = np.unique(np.linspace(0, n, min(n + 1, MAXIMUM_POINTS)).round().astype(np.int64))
    lorenz = tuple((float(point / n), float(min(cumulated[point], 1))) for point in points)
    half_count = int(np.searchsorted(np.cumsum(held[::-1]), total / 2)) + 1
    return Concentration(max(gini, 0.0), (*lorenz[:-1], (1.0, 1.0)), half_count, n, total)


def accounts_reaching_half(accounts: ArrayLike, projects: ArrayLike, weights: ArrayLike) -> ReachCount:
    """How few accounts together reach half of the weight of all projects, each project counted once.

    Which accounts do so is a maximum coverage problem, which cannot be solved exactly at size. Always taking the
    account that adds most gives a number that is enough; that the union is never more than the sum of the largest
    single reaches gives a number below which none can be.

    Args:
        accounts: One entry per account and project: position of the account, from 0.
        projects: As many: position of the project, an index into `weights`.
        weights: Weight of each project (such as its downloads), 0 or more; all projects, reachable or not.
    """
    pairs = np.unique(np.column_stack([np.asarray(accounts, np.int64), np.asarray(projects, np.int64)]), axis=0)
    weight = np.asarray(weights, dtype=np.float64)
    holders, position = np.unique(pairs[:, 0], return_inverse=True)
    n, wanted = len(holders), float(weight.sum()) / 2
    if wanted <= 0:
        return ReachCount(None, None, n, reason="there is nothing to reach")
    if float(weight[np.unique(pairs[:, 1])].sum()) < wanted:
        return ReachCount(None, None, n, reason="all accounts together reach less than half")
    reach = np.bincount(position, weights=weight[pairs[:, 1]], minlength=n).astype(np.float64)
    at_least = int(np.searchsorted(np.cumsum(np.sort(reach)[::-1]), wanted)) + 1
    held = np.split(pairs[:, 1], np.cumsum(np.bincount(position, minlength=n))[:-1])
    return ReachCount(at_least, _greedy_count(held, reach, weight, wanted), n)


def _greedy_count(
    held: list[NDArray[np.int64]], reach: NDArray[np.float64], weight: NDArray[np.float64], wanted: float
) -> int:
    """Accounts taken one by one, each time the one that adds most, until the wanted weight is reached.

    What an account adds only ever shrinks, so an old value is an upper bound: only the account on top of the heap is
    asked again (Minoux 1978).
    """
    left = weight.copy()
    heap = [(-value, account) for account, value in enumerate(reach.tolist())]
    heapq.heapify(heap)
    count, reached = 0, 0.0
    while heap and reached < wanted:
        _, account = heapq.heappop(heap)
        adds = float(left[held[account]].sum())
        if heap and adds < -heap[0][0]:
            heapq.heappush(heap, (-adds, account))
            continue
        left[held[account]] = 0
        count, reached = count + 1, reached + adds
    return count
