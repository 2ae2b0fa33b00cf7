"""Wilson and Newcombe against published examples and statsmodels; bounds by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from pipeline.statistics.proportions import difference, two_factor_bounds, wilson, wilson_bounds


def test_wilson_of_the_published_top_500_count():
    found = wilson(177, 500)

    assert (found.estimate, found.n) == (0.354, 500)
    assert (round(found.low, 3), round(found.high, 3)) == (0.313, 0.397)


def test_without_units_there_is_a_reason_instead_of_a_share():
    found = wilson(0, 0)

    assert (found.estimate, found.low, found.high) == (None, None, None)
    assert found.reason == "no units were observed"


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (6, 5), (1, 0)])
def test_counts_that_cannot_be_are_refused(numerator, denominator):
    with pytest.raises(ValueError, match="outside 0"):
        wilson(numerator, denominator)


counts = st.integers(0, 10_000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))


@given(st.lists(counts, max_size=20))
def test_many_intervals_at_once_agree_with_statsmodels_and_lie_around_the_share(pairs):
    count, size = np.array([pair for pair in pairs if pair[1]], dtype=float).reshape(-1, 2).T

    low, high = wilson_bounds(count, size)

    expected_low, expected_high = proportion_confint(count, size, method="wilson")
    assert low == pytest.approx(expected_low, abs=1e-12)
    assert high == pytest.approx(expected_high, abs=1e-12)
    assert np.all((low >= 0) & (low <= count / size) & (count / size <= high) & (high <= 1))


@given(counts.filter(lambda pair: pair[1]), st.integers(2, 100))
def test_an_interval_is_narrower_with_more_data_and_mirrored_for_the_complement(pair, times):
    count, size = pair
    low, high = wilson_bounds([count, count * times, size - count], [size, size * times, size])

    assert high[1] - low[1] < high[0] - low[0]
    assert (low[0], high[0]) == (pytest.approx(1 - high[2], abs=1e-12), pytest.approx(1 - low[2], abs=1e-12))


@given(counts, counts)
def test_a_difference_holds_its_estimate_and_turns_its_sign_with_the_groups(first, second):
    one, other = (difference(wilson(*these), wilson(*those)) for these, those in ((first, second), (second, first)))

    if one.estimate is not None:
        assert -1 - 1e-12 <= one.low <= one.estimate <= one.high <= 1 + 1e-12
        assert (one.low, one.high) == (pytest.approx(-other.high, abs=1e-12), pytest.approx(-other.low, abs=1e-12))


def test_an_empty_denominator_among_many_is_not_a_number():
    low, high = wilson_bounds([1, 0], [2, 0])

    assert np.isnan([low[1], high[1]]).all()
    assert not np.isnan([low[0], high[0]]).any()


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_difference_of_two_shares_gives_the_published_intervals(first, second, low, high):
    found = difference(wilson(*first), wilson(*second))

    assert found.estimate == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.n == first[1] + second[1]


@pytest.mark.parametrize(("first", "second", "which"), [((0, 0), (1, 2), "first"), ((1, 2), (0, 0), "second")])
def test_a_difference_needs_two_groups(first, second, which):
    found = difference(wilson(*first), wilson(*second))

    assert found.estimate is None
    assert found.reason == f"{which} group: no units were observed"


def test_two_factor_bounds_know_nothing_of_the_accounts_that_show_nothing():
    found = two_factor_bounds(30, 120)

    assert (found.low, found.high, found.n) == (0.25, 1, 120)
    assert (two_factor_bounds(0, 0).low, two_factor_bounds(0, 0).high) == (None, None)


@pytest.mark.parametrize("counts", [(-1, 5), (6, 5)])
def test_two_factor_bounds_refuse_counts_that_do_not_fit(counts):
    with pytest.raises(ValueError, match="do not fit"):
        two_factor_bounds(*counts)
