"""How far two definitions agree: on which projects are critical, and on their order."""

from __future__ import annotations

import math
from collections.abc import Hashable
from collections.abc import Set as AbstractSet

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline.statistics.results import NORMAL_QUANTILE, Estimate

_SPEARMAN = "Spearman rank correlation, Fisher-transformed", "Bonett and Wright (2000), Psychometrika 65, 23-28"


def jaccard(first: AbstractSet[Hashable], second: AbstractSet[Hashable]) -> Estimate:
    """Size of the common part over the size of the union; `n` is the size of the union.

    The sets are what they are, so there is no interval.
    """
    union = len(first | second)
    method, reference = "Jaccard index", "Jaccard (1901), Bull. Soc. Vaud. Sci. Nat. 37, 547-579"
    if not union:
        return Estimate(None, None, None, 0, method, reference, "both sets are empty")
    return Estimate(len(first & second) / union, None, None, union, method, reference, "whole sets, no sampling error")


def rank_correlation(first: ArrayLike, second: ArrayLike) -> Estimate:
    """Spearman's correlation of two orders of the same units, ties shared.

    The interval is that of Fisher's transformation with variance (1 + r² / 2) / (n - 3). It takes the units for
    independent draws and is a little narrow where very many are tied.

    Args:
        first: One value per unit; any scale, only the order counts.
        second: As many.

    Returns:
        The correlation, -1 to 1. There is none where one side does not vary, no interval with fewer than five units,
        and none where the orders are the same or opposite, since the transformation ends there.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    n = len(one)
    method, reference = _SPEARMAN
    if n < 2 or not np.ptp(one) or not np.ptp(two):  # noqa: PLR2004 - a correlation needs two
        return Estimate(None, None, None, n, method, reference, "one of the orders does not vary")
    # scipy.stats has it too, and takes a second to import.
    found = pl.DataFrame({"one": one, "two": two}).select(pl.corr("one", "two", method="spearman"))
    value = float(np.clip(found.item(), -1, 1))
    minimum = 5
    if n < minimum:
        return Estimate(value, None, None, n, method, reference, f"an interval needs {minimum} units")
    if abs(value) > 1 - 1e-12:
        return Estimate(value, None, None, n, method, reference, "the orders are the same or opposite")
    variance = (1 + value**2 / 2) / (n - 3)
    half = NORMAL_QUANTILE * math.sqrt(variance)
    low, high = math.tanh(math.atanh(value) - half), math.tanh(math.atanh(value) + half)
    return Estimate(value, low, high, n, method, reference)
