"""The share with owners as clusters: worked by hand, against the plain interval, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.proportions import wilson


def test_two_pairs_and_two_singles_by_hand():
    # Owners a (2 of 2), b (0 of 2), c (1 of 1), d (0 of 1): share 1/2, residuals 1, -1, 1/2, -1/2,
    # variance (2 * 1 / (2/3) + 2 * (1/4) / (5/6)) / 36 = 0.1, standard error of the logit sqrt(0.1) / (1/4).
    found = clustered_share([1, 1, 0, 0, 1, 0], ["a", "a", "b", "b", "c", "d"])

    # Within the owners nothing varies, so a pair counts as one observation twice as large: variances 4, 4, 1, 1.
    freedom = 10**2 / (4**2 + 4**2 + 1 + 1)
    half = stats.t.ppf(0.975, freedom) * math.sqrt(0.1) / 0.25
    assert found.estimate == 0.5
    assert (found.low, found.high) == (
        pytest.approx(1 / (1 + math.exp(half))),
        pytest.approx(1 / (1 + math.exp(-half))),
    )
    assert found.n == 6


def test_with_one_project_each_it_is_near_the_plain_interval():
    outcomes = [1] * 120 + [0] * 280

    found, plain = clustered_share(outcomes, range(400)), wilson(120, 400)

    assert (found.low, found.high) == (pytest.approx(plain.low, abs=0.003), pytest.approx(plain.high, abs=0.003))


def test_a_fleet_that_moves_together_widens_the_interval():
    outcomes = [1] * 100 + [0, 1] * 50
    alone = clustered_share(outcomes, range(200))
    fleet = clustered_share(outcomes, [0] * 100 + list(range(1, 101)))

    assert fleet.estimate == alone.estimate == 0.75
    assert fleet.high - fleet.low > 3 * (alone.high - alone.low)


@pytest.mark.parametrize(("outcome", "low", "high"), [(0, 0, 1 - 0.025 ** (1 / 20)), (1, 0.025 ** (1 / 20), 1)])
def test_without_variation_whole_clusters_are_the_units(outcome, low, high):
    found = clustered_share([outcome] * 60, np.repeat(np.arange(20), 3))

    assert (found.estimate, found.low, found.high) == (outcome, pytest.approx(low), pytest.approx(high))
    assert "20.0 effective clusters" in found.reason


def test_one_cluster_has_a_share_but_no_interval():
    found = clustered_share([1, 0, 1], ["a", "a", "a"])

    assert found.estimate == pytest.approx(2 / 3)
    assert (found.low, found.high) == (None, None)
    assert found.reason == "one cluster alone shows no variation"


def test_without_units_there_is_a_reason():
    assert clustered_share([], []).reason == "no units were observed"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=40))
def test_an_interval_lies_within_0_and_1_and_holds_the_share(units):
    outcomes, clusters = zip(*units, strict=True)

    found = clustered_share(outcomes, clusters)

    assert found.estimate == pytest.approx(sum(outcomes) / len(outcomes))
    if len(set(clusters)) > 1:
        assert 0 <= found.low <= found.estimate + 1e-12
        assert found.estimate - 1e-12 <= found.high <= 1
