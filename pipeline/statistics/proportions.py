"""Shares of a count: one, many at once, the difference of two, and what can be said without observing everybody."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.statistics.results import NORMAL_QUANTILE, Bounds, Estimate

_WILSON = "Wilson score interval"
_WILSON_1927 = "Wilson (1927), J. Am. Stat. Assoc. 22, 209-212"


def wilson(numerator: int, denominator: int) -> Estimate:
    """The share `numerator / denominator` with its Wilson score interval.

    Args:
        numerator: Units for which something holds.
        denominator: Units observed.

    Raises:
        ValueError: not 0 ≤ numerator ≤ denominator.
    """
    low, high = (float(bound[0]) for bound in wilson_bounds([numerator], [denominator]))
    if denominator == 0:
        return Estimate(None, None, None, 0, _WILSON, _WILSON_1927, "no units were observed")
    share = numerator / denominator
    return Estimate(share, low, high, denominator, _WILSON, _WILSON_1927)


def wilson_bounds(numerators: ArrayLike, denominators: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson score intervals of many shares at once.

    Args:
        numerators: Units for which something holds, one number per share.
        denominators: Units observed, as many.

    Returns:
        The lower and the upper ends; NaN where the denominator is 0.

    Raises:
        ValueError: not 0 ≤ numerator ≤ denominator.
    """
    count, size = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    if np.any(count < 0) or np.any(count > size):
        raise ValueError("A numerator lies outside 0 and its denominator.")
    is_empty = size == 0
    size = np.where(is_empty, 1, size)
    share, square = count / size, NORMAL_QUANTILE**2
    centre = (share + square / (2 * size)) / (1 + square / size)
    half = NORMAL_QUANTILE / (1 + square / size) * np.sqrt(share * (1 - share) / size + square / (4 * size**2))
    # At 0 and 1 the formula gives 0 and 1 but for rounding.
    low = np.where(count == 0, 0, np.clip(centre - half, 0, 1))
    high = np.where(count == size, 1, np.clip(centre + half, 0, 1))
    return np.where(is_empty, np.nan, low), np.where(is_empty, np.nan, high)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Difference of two shares, first minus second, out of their own intervals.

    The interval squares and adds the distances of both intervals to their estimates. With Wilson intervals that is
    Newcombe's hybrid score interval (1998, method 10), which stays within -1 and 1 and holds for small counts. The
    groups are taken for independent; where they hang together positively, it is too wide rather than too narrow. `n`
    counts both groups.
    """
    method = "square-and-add interval out of the intervals of both shares"
    reference = "Zou and Donner (2008), Stat. Med. 27, 1693-1702; Newcombe (1998), Stat. Med. 17, 873-890"
    n = first.n + second.n
    if first.estimate is None or second.estimate is None:
        return Estimate(None, None, None, n, method, reference, _reason(first, second))
    change = first.estimate - second.estimate
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Estimate(change, None, None, n, method, reference, _reason(first, second))
    low = change - math.hypot(first.estimate - first.low, second.high - second.estimate)
    high = change + math.hypot(first.high - first.estimate, second.estimate - second.low)
    return Estimate(change, low, high, n, method, reference)


def _reason(first: Estimate, second: Estimate) -> str:
    """What the first of two estimates that says why something is missing says."""
    return next(f"{which} group: {one.reason}" for which, one in (("first", first), ("second", second)) if one.reason)


def two_factor_bounds(shown: int, total: int) -> Bounds:
    """Bounds on the share of accounts that have two-factor authentication, with nothing assumed about the rest.

    The lower bound supposes that no other account has it. The upper bound supposes that every other account has it: no
    public source of the index shows that an account lacks it, so that it is 1.

    Args:
        shown: Accounts shown to have it.
        total: Accounts.

    Raises:
        ValueError: a count is negative, or more accounts are shown than there are.
    """
    if not 0 <= shown <= total:
        raise ValueError(f"{shown} shown do not fit into {total} accounts.")
    method, reference = "worst-case bounds", "Manski (1989), J. Hum. Resour. 24, 343-360"
    if total == 0:
        return Bounds(None, None, 0, method, reference)
    return Bounds(shown / total, 1, total, method, reference)
