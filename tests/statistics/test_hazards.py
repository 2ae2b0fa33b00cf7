"""The Cox model against published estimates for the remission times of Freireich et al. (1963), and its refusals."""

import math

import numpy as np
import pytest

from pipeline.statistics.hazards import hazard_model

TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
TREATED_EVENTS = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
DAYS, EVENTS = TREATED + PLACEBO, TREATED_EVENTS + [1] * 21
DRUG = ["6-MP"] * 21 + ["placebo"] * 21


def test_the_hazard_ratio_of_the_published_remission_times():
    found = hazard_model(DAYS, EVENTS, {"drug": DRUG}, range(42))

    (ratio,) = found.ratios
    assert (ratio.covariate, ratio.level, ratio.reference_level, ratio.ratio.n) == ("drug", "6-MP", "placebo", 21)
    assert math.log(ratio.ratio.estimate) == pytest.approx(-1.5721, abs=1e-4)
    assert (found.n, found.event_count, found.reason) == (42, 30, "")
    assert ratio.ratio.low < ratio.ratio.estimate < ratio.ratio.high < 1


def test_errors_follow_the_owners_and_not_the_projects():
    once = hazard_model(DAYS, EVENTS, {"drug": DRUG}, range(42)).ratios[0].ratio
    twice = hazard_model(DAYS * 2, EVENTS * 2, {"drug": DRUG * 2}, list(range(42)) * 2).ratios[0].ratio

    # Efron's ties and the residuals of Breslow's make the doubled data differ a little.
    assert math.log(twice.high / twice.low) == pytest.approx(math.log(once.high / once.low), rel=0.1)


def test_a_level_without_adoption_is_listed_without_a_ratio_and_left_out_of_the_fit():
    plain = hazard_model(DAYS, EVENTS, {"drug": DRUG}, range(42))
    found = hazard_model([*DAYS, 30, 40], [*EVENTS, 0, 0], {"drug": [*DRUG, "none", "none"]}, range(44))

    fitted, empty = found.ratios
    assert fitted.ratio.estimate == pytest.approx(plain.ratios[0].ratio.estimate)
    assert (empty.level, empty.ratio.estimate, empty.ratio.n) == ("none", None, 2)
    assert empty.ratio.reason == "nobody of this level has adopted"


def test_what_was_not_observed_is_a_level_of_its_own():
    found = hazard_model(DAYS, EVENTS, {"drug": [None] * 21 + ["placebo"] * 21}, range(42))

    assert [ratio.level for ratio in found.ratios] == ["unknown"]


def test_two_covariates_are_told_apart():
    rng = np.random.default_rng(3)
    tier, host = rng.choice(["top", "tail"], 600), rng.choice(["a", "b"], 600)
    days = rng.exponential(100 * np.exp(-np.log(3) * (tier == "top") + np.log(2) * (host == "b")))

    found = hazard_model(days, days < 200, {"tier": tier.tolist(), "host": host.tolist()}, range(600))

    ratios = {(ratio.covariate, ratio.level): ratio.ratio.estimate for ratio in found.ratios}
    assert set(ratios) == {("tier", "tail"), ("host", "b")}
    assert ratios["tier", "tail"] == pytest.approx(1 / 3, rel=0.3)
    assert ratios["host", "b"] == pytest.approx(1 / 2, rel=0.3)


@pytest.mark.parametrize(
    ("events", "covariates", "owners", "reason"),
    [
        ([0] * 42, {"drug": DRUG}, range(42), "nobody has adopted"),
        (EVENTS, {}, range(42), "no covariate has two levels in which somebody has adopted"),
        (EVENTS, {"drug": ["x"] * 42}, range(42), "no covariate has two levels in which somebody has adopted"),
        ([1, 1, 1] + [0] * 38 + [1], {"drug": DRUG}, range(42), "4 adoptions are too few for 1 coefficients"),
        (EVENTS, {"drug": DRUG, "again": DRUG}, range(42), "two of the covariates cannot be told apart"),
        (EVENTS, {"drug": DRUG}, [1] * 42, "1 owners at risk are too few for 1 coefficients"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_reason(events, covariates, owners, reason):
    found = hazard_model(DAYS, events, covariates, owners)

    assert (found.ratios, found.reason) == ((), reason)


def test_levels_that_never_meet_at_risk_are_refused():
    early, late = list(range(1, 21)), list(range(101, 121))

    found = hazard_model(early + late, [1] * 40, {"when": ["early"] * 20 + ["late"] * 20}, range(40))

    assert found.ratios == ()
    assert found.reason.startswith("the fit failed")
