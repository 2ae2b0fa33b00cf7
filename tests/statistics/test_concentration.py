"""Concentration by hand, and the number of accounts against trying every set of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.statistics.concentration import MAXIMUM_POINTS, accounts_reaching_half, concentration


def test_four_holders_by_hand():
    found = concentration([4, 1, 2, 1])

    # Sorted 1, 1, 2, 4: Gini = 2 * (1 + 2 + 6 + 16) / (4 * 8) - 5 / 4.
    assert found.gini == pytest.approx(0.3125)
    assert found.lorenz == ((0, 0), (0.25, 0.125), (0.5, 0.25), (0.75, 0.5), (1, 1))
    assert (found.n, found.total) == (4, 8)


def test_equal_holdings_are_not_concentrated():
    found = concentration([3] * 10)

    assert found.gini == pytest.approx(0, abs=1e-12)


def test_one_holder_of_everything():
    found = concentration([0] * 99 + [7])

    assert found.gini == pytest.approx(0.99)


@pytest.mark.parametrize("holdings", [[], [0, 0]])
def test_nothing_held_is_a_reason(holdings):
    found = concentration(holdings)

    assert (found.gini, found.lorenz, found.reason) == (None, (), "nothing is held")


@pytest.mark.parametrize("holdings", [[-1, 2], [1, float("nan")], [1, float("inf")]])
def test_holdings_that_cannot_be_are_refused(holdings):
    with pytest.raises(ValueError, match="negative or not a number"):
        concentration(holdings)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=600).filter(any))
def test_a_lorenz_curve_rises_below_the_diagonal_and_encloses_the_gini_coefficient(holdings):
    found = concentration(holdings)

    x, y = np.array(found.lorenz).T
    assert len(x) <= MAXIMUM_POINTS
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert np.all(np.diff(x) > 0)
    assert np.all(np.diff(y) >= 0)
    assert np.all(y <= x + 1e-12)
    assert found.gini == pytest.approx(1 - 2 * np.trapezoid(y, x), abs=1e-3)


def test_two_owners_of_the_same_project_reach_it_once():
    # Accounts 0 and 1 own project 0 (weight 4), account 2 owns project 1 (weight 3); project 2 (weight 3) has nobody.
    found = accounts_reaching_half([0, 1, 2], [0, 0, 1], [4, 3, 3])

    assert (found.at_least, found.at_most, found.n) == (2, 2, 3)


@pytest.mark.parametrize(
    ("weights", "reason"),
    [([0, 0], "there is nothing to reach"), ([1, 9], "all accounts together reach less than half")],
)
def test_half_that_cannot_be_reached_is_a_reason(weights, reason):
    found = accounts_reaching_half([0], [0], weights)

    assert (found.at_least, found.at_most, found.reason) == (None, None, reason)


pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7)), min_size=1, max_size=25)


@given(pairs, st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_the_smallest_number_lies_between_the_bounds(held, weights):
    accounts, projects = zip(*held, strict=True)

    found = accounts_reaching_half(accounts, projects, weights)

    reached = {account: {project for other, project in held if other == account} for account in set(accounts)}
    enough = [
        size
        for size in range(1, len(reached) + 1)
        for chosen in combinations(reached, size)
        if 2 * sum(weights[project] for project in set().union(*(reached[account] for account in chosen)))
        >= sum(weights)
    ]
    if sum(weights) and enough:
        assert found.at_least <= min(enough) <= found.at_most
    else:
        assert found.at_least is None
