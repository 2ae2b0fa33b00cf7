"""Over 200 seeded data sets with known truth, 95 % intervals cover it in 90 to 99 % of cases."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.hazards import hazard_model
from pipeline.statistics.interruptions import interrupted_series
from pipeline.statistics.proportions import difference, wilson
from pipeline.statistics.survival import adoption_curve

SEEDS = range(200)


def coverage(draw, truth):
    """Share of the seeds whose interval holds the truth; one without an interval does not hold it."""
    intervals = [draw(np.random.default_rng(seed)) for seed in SEEDS]
    return np.mean([low is not None and low <= truth <= high for low, high in intervals])


def bounds(estimate):
    return estimate.low, estimate.high


def assert_honest(share):
    assert 0.90 <= share <= 0.99


@pytest.mark.parametrize(("size", "share"), [(60, 0.1), (40, 0.5), (200, 0.95)])
def test_wilson(size, share):
    assert_honest(coverage(lambda rng: bounds(wilson(int(rng.binomial(size, share)), size)), share))


def test_difference_of_two_shares():
    def draw(rng):
        return bounds(difference(wilson(int(rng.binomial(50, 0.4)), 50), wilson(int(rng.binomial(70, 0.25)), 70)))

    assert_honest(coverage(draw, 0.15))


@pytest.mark.parametrize(("owners", "tail", "alike"), [(30, 3, 0.5), (100, 1.2, 0.05), (100, 1.5, 0.5), (300, 3, 0.9)])
def test_share_with_owners_as_clusters(owners, tail, alike):
    def draw(rng):
        size = np.minimum(rng.pareto(tail, owners) + 1, 200).astype(int)
        odds = (1 - alike) / alike
        share = rng.beta(0.4 * odds, 0.6 * odds, owners)
        outcomes = rng.random(size.sum()) < np.repeat(share, size)
        return bounds(clustered_share(outcomes, np.repeat(np.arange(owners), size)))

    assert_honest(coverage(draw, 0.4))


@pytest.mark.parametrize(("n", "correlation"), [(21, 0.3), (48, 0), (48, 0.5), (80, 0.3)])
def test_level_change_of_an_interrupted_series(n, correlation):
    months = [date(2023 + index // 12, index % 12 + 1, 1) for index in range(n)]
    start = n // 2 - 1

    def draw(rng):
        shocks, errors = rng.normal(size=n + 50), np.zeros(n + 50)
        for index in range(1, n + 50):
            errors[index] = correlation * errors[index - 1] + shocks[index]
        values = 0.1 * np.arange(n) + 2 * (np.arange(n) >= start) + errors[50:]
        return bounds(interrupted_series(months, values, [months[start]]).changes[0].level)

    assert_honest(coverage(draw, 2))


def alike_within_owners(rng, owners, each, correlation=0.5):
    """Exponential times whose marginal distribution is exact, though those of an owner hang together."""
    shared = np.repeat(rng.normal(size=owners), each)
    normal = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * rng.normal(size=owners * each)
    return -np.log(stats.norm.sf(normal)), np.repeat(np.arange(owners), each)


def test_coefficient_of_the_cox_model():
    def draw(rng):
        waits, owner = alike_within_owners(rng, 40, 3)
        group = np.repeat(rng.permutation(["one", "two"] * 20), 3)
        weeks = np.floor(15 * waits / np.where(group == "two", 2, 1))
        censored = rng.integers(8, 30, len(weeks))
        found = hazard_model(np.minimum(weeks, censored), weeks <= censored, {"group": group.tolist()}, owner)
        (ratio,) = found.ratios
        low, high = bounds(ratio.ratio)
        return (low, high) if ratio.level == "two" else (1 / high, 1 / low)

    assert_honest(coverage(draw, 2))


def test_adoption_curve():
    def draw(rng):
        waits, owner = alike_within_owners(rng, 50, 3)
        days = np.floor(300 * waits)
        censored = rng.integers(100, 700, len(days))
        found = adoption_curve(np.minimum(days, censored), days <= censored, owner)
        step = np.searchsorted(found.days, 199, side="right") - 1
        return found.low[step], found.high[step]

    # Whole days: adopted by the end of day 199 is a waiting time below 200.
    assert_honest(coverage(draw, 1 - np.exp(-200 / 300)))
