"""What every statistic gives back, and the quantiles that all of them share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import stdtrit

CONFIDENCE = 0.95
"""All intervals of this project are 95 % intervals, two-sided."""

TAIL = (1 - CONFIDENCE) / 2
NORMAL_QUANTILE = NormalDist().inv_cdf(1 - TAIL)


@dataclass(frozen=True)
class Estimate:
    """A figure and what a reader needs to judge it."""

    estimate: float | None
    """None where there is nothing to estimate it from; `reason` says why."""
    low: float | None
    """Lower end of the 95 % interval; None for a census, or where it cannot be told."""
    high: float | None
    n: int
    """The number of units that the figure rests on."""
    method: str
    reference: str
    reason: str = ""
    """Why the figure or its interval is missing, or what is special about it."""


@dataclass(frozen=True)
class Bounds:
    """What is certain about a figure that the data do not determine. No probability is attached."""

    low: float | None
    """None where there are no units."""
    high: float | None
    n: int
    method: str
    reference: str


def student_quantile(degrees_of_freedom: float) -> float:
    """Quantile of Student's t for a two-sided 95 % interval."""
    return float(stdtrit(degrees_of_freedom, 1 - TAIL))


def number_clusters(labels: Iterable[int | str | None]) -> tuple[NDArray[np.int64], int]:
    """Number the clusters from 0; gives the number of each unit's cluster, and how many clusters there are.

    A unit whose label is None is a cluster of its own: two unknown owners are not known to be the same.
    """
    # Not numpy.unique: it would give every text the length of the longest one, and texts come from strangers.
    encoded = pa.array(labels).dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1), dtype=np.int64)
    is_alone, known = codes < 0, len(encoded.dictionary.drop_null())
    alone = int(is_alone.sum())
    codes[is_alone] = known + np.arange(alone)
    return codes, known + alone
