"""Agreement by hand and against published intervals."""

import math

import numpy as np
import pytest

from pipeline.statistics.agreement import jaccard, rank_correlation


def test_jaccard_counts_the_common_part_of_the_union():
    found = jaccard({"a", "b", "c"}, {"b", "c", "d"})

    assert (found.estimate, found.low, found.high, found.n) == (0.5, None, None, 4)
    assert jaccard(set(), set()).reason == "both sets are empty"


def test_spearman_by_hand():
    # Rank differences 0, 1, -1, 0, 0: 1 - 6 * 2 / (5 * 24).
    assert rank_correlation([1, 2, 3, 4, 5], [1, 3, 2, 4, 9]).estimate == pytest.approx(0.9)


def test_the_interval_is_symmetric_on_the_scale_of_fisher():
    rng = np.random.default_rng(5)
    first = rng.normal(size=40)
    second = first + rng.normal(size=40)

    found = rank_correlation(first, second)

    half = math.atanh(found.high) - math.atanh(found.estimate)
    assert half == pytest.approx(math.atanh(found.estimate) - math.atanh(found.low))
    expected = (1 + found.estimate**2 / 2) / 37
    assert half == pytest.approx(1.959964 * math.sqrt(expected), rel=1e-6)


def test_edges_give_a_reason_instead_of_an_interval():
    same = rank_correlation(range(10), range(10))
    opposite = rank_correlation(range(10), range(10, 0, -1))
    few = rank_correlation([1, 2, 3, 4], [1, 3, 2, 4])
    flat = rank_correlation([1, 1, 1], [1, 2, 3])

    assert (same.estimate, opposite.estimate) == (pytest.approx(1), pytest.approx(-1))
    assert same.low is opposite.high is few.low is None
    assert same.reason == "the orders are the same or opposite"
    assert few.reason == "an interval needs 5 units"
    assert (flat.estimate, flat.reason) == (None, "one of the orders does not vary")
    assert rank_correlation([], []).estimate is None
