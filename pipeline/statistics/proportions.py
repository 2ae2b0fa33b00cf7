"""Shares of a count: one, many at once, the difference of two, and what can be said without observing everybody."""

from __future__ import annotations

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


def difference(first: tuple[int, int], second: tuple[int, int]) -> Estimate:
    """Difference of two shares, first minus second, each as `(numerator, denominator)`.

    The interval is Newcombe's hybrid of two Wilson intervals (his method 10), for independent groups; it stays within
    -1 and 1 and holds for small counts. `n` counts both groups.

    Raises:
        ValueError: not 0 ≤ numerator ≤ denominator.
    """
    method, reference = "Newcombe hybrid score interval", "Newcombe (1998), Stat. Med. 17, 873-890, method 10"
    one, two = wilson(*first), wilson(*second)
    if one.estimate is None or one.low is None or one.high is None:
        return Estimate(None, None, None, two.n, method, reference, "no units in the first group")
    if two.estimate is None or two.low is None or two.high is None:
        return Estimate(None, None, None, one.n, method, reference, "no units in the second group")
    change = one.estimate - two.estimate
    low = change - float(np.hypot(one.estimate - one.low, two.high - two.estimate))
    high = change + float(np.hypot(one.high - one.estimate, two.estimate - two.low))
    return Estimate(change, low, high, one.n + two.n, method, reference)


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
