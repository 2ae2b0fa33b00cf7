"""Interrupted series: lines known by construction, errors against statsmodels, and what is refused."""

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm

from pipeline.statistics.interruptions import _autocorrelation, _design, _fit, interrupted_series


def months(n, first=(2023, 1)):
    start = first[0] * 12 + first[1] - 1
    return [date((start + index) // 12, (start + index) % 12 + 1, 1) for index in range(n)]


def noise(n, seed=1, correlation=0.4):
    rng = np.random.default_rng(seed)
    errors = np.zeros(n)
    for index in range(n):
        errors[index] = correlation * errors[index - 1] + rng.normal()
    return errors


def test_lines_without_noise_are_found_exactly_and_have_no_interval():
    month = np.arange(36)
    values = 5 + 0.5 * month + 3 * (month >= 12) - 0.2 * np.maximum(month - 12, 0) - 2 * (month >= 24)

    found = interrupted_series(months(36), values, [date(2024, 1, 1), date(2025, 1, 1)])

    assert [change.level.estimate for change in found.changes] == pytest.approx([3, -2])
    assert [change.slope.estimate for change in found.changes] == pytest.approx([-0.2, 0])
    level = found.changes[0].level
    assert (level.low, level.reason) == (None, "the series lies exactly on the lines")


@pytest.mark.parametrize(
    "on",
    [date(2024, 1, 1), date(2023, 12, 2), date(2023, 12, 31)],
)
def test_the_month_that_contains_the_date_belongs_to_the_time_before(on):
    found = interrupted_series(months(24), [0] * 12 + [1] * 12, [on])

    assert found.changes[0].on == on
    assert found.changes[0].level.estimate == pytest.approx(1)


def test_estimates_are_those_of_least_squares_and_the_interval_holds_them():
    values = 10 + noise(40)
    found = interrupted_series(months(40), values, [date(2024, 7, 1)])

    fit = sm.OLS(values, _design(40, [18])).fit()
    change = found.changes[0]
    assert [change.level.estimate, change.slope.estimate] == pytest.approx(fit.params[2:])
    assert change.level.low < change.level.estimate < change.level.high
    assert change.level.n == 40


def test_the_correction_widens_the_errors_of_newey_and_west():
    design, values = _design(48, [24]), noise(48)
    hac = sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": False})

    _, errors = _fit(design, values, 3)

    assert np.all(np.array([error for error, _ in errors]) > hac.bse)
    assert all(1 <= freedom < 44 for _, freedom in errors)


def test_for_a_long_series_of_independent_errors_it_agrees_with_newey_and_west():
    design, values = _design(600, [300]), noise(600, correlation=0)
    hac = sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False})

    _, errors = _fit(design, values, 5)

    assert [error for error, _ in errors] == pytest.approx(hac.bse, rel=0.1)


def test_a_month_that_is_known_badly_counts_for_little():
    values = noise(40)
    values[20] += 50
    errors = np.full(40, 0.1)
    errors[20] = 50

    plain = interrupted_series(months(40), values, [date(2024, 9, 1)])
    weighted = interrupted_series(months(40), values, [date(2024, 9, 1)], standard_errors=errors)

    assert plain.changes[0].level.estimate > 8
    assert abs(weighted.changes[0].level.estimate) < 2


def test_equal_errors_change_nothing():
    values = noise(40)

    plain = interrupted_series(months(40), values, [date(2024, 9, 1)])
    weighted = interrupted_series(months(40), values, [date(2024, 9, 1)], standard_errors=[0.5] * 40)

    assert weighted.changes[0].level.high == pytest.approx(plain.changes[0].level.high)


def test_errors_of_zero_are_no_weight_of_infinity():
    found = interrupted_series(months(24), [0] * 12 + [1] * 12, [date(2024, 1, 1)], standard_errors=[0] * 24)

    assert found.changes[0].level.estimate == pytest.approx(1)


@pytest.mark.parametrize(
    ("series", "interruptions", "reason"),
    [
        ((months(15), [1.0] * 15), [date(2024, 1, 1)], "3 months in one of the stretches [12, 3]; each needs 8"),
        ((months(30), [1.0] * 30), [date(2031, 1, 1)], "0 months in one of the stretches [30, 0]; each needs 8"),
        ((months(30), [1.0] * 30), [date(2011, 1, 1)], "0 months in one of the stretches [0, 30]; each needs 8"),
        ((months(10) + months(10, (2024, 1)), [1.0] * 20), [], "2024-01 does not follow 2023-10 as the next month"),
        ((months(20)[::-1], [1.0] * 20), [], "2024-07 does not follow 2024-08 as the next month"),
        ((months(20), [1.0] * 19 + [float("nan")]), [], "a value is missing"),
        (([], []), [date(2024, 1, 1)], "0 months in one of the stretches [0, 0]; each needs 8"),
    ],
)
def test_a_series_that_cannot_carry_the_model_is_refused_with_a_reason(series, interruptions, reason):
    found = interrupted_series(*series, interruptions)

    assert (found.reason, found.changes) == (reason, ())


def test_interruptions_out_of_order_are_refused():
    found = interrupted_series(months(36), noise(36), [date(2025, 1, 1), date(2024, 1, 1)])

    assert found.reason


def test_the_correlation_of_the_errors_is_not_that_of_the_residuals():
    design = _design(36, [18])
    maker = np.eye(36) - design @ np.linalg.pinv(design)

    found = np.mean([_autocorrelation(maker @ noise(36, seed=seed, correlation=0.5), maker) for seed in range(300)])

    # The residuals themselves are correlated by 0.29.
    assert found == pytest.approx(0.42, abs=0.02)
