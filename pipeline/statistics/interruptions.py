"""Interrupted time series: did a monthly series change its level or its slope at a date?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import toeplitz

from pipeline.statistics.results import Estimate, student_quantile

Floats = NDArray[np.float64]

MINIMUM_POINTS = 8
"""Months that each stretch between interruptions must have (Penfold and Zhang 2013, Acad. Pediatr. 13, S38-S44)."""

_METHOD = "segmented regression, Newey-West errors with small-sample correction"
_REFERENCE = (
    "Wagner et al. (2002), J. Clin. Pharm. Ther. 27, 299-309; Newey and West (1987), Econometrica 55, 703-708; "
    "Imbens and Kolesár (2016), Rev. Econ. Stat. 98, 701-712"
)


@dataclass(frozen=True)
class Change:
    """What happened at one interruption."""

    on: date
    level: Estimate
    """Jump in the first month that lies wholly after it, in the unit of the series."""
    slope: Estimate
    """Change of the monthly slope from then on, per month."""


@dataclass(frozen=True)
class InterruptedSeries:
    """The fitted model, or the reason why there is none."""

    changes: tuple[Change, ...]
    n: int
    """Months."""
    reason: str = ""
    """Why the series cannot carry the model; empty where it can."""
    method: str = _METHOD
    reference: str = _REFERENCE


def interrupted_series(
    months: Sequence[date],
    values: Sequence[float],
    interruptions: Sequence[date],
    *,
    standard_errors: Sequence[float] | None = None,
) -> InterruptedSeries:
    """Fit straight lines to the stretches between interruptions, and tell the jump and the bend at each.

    A month that contains an interruption after its first day belongs to the time before it, as everywhere in this
    project the month of a cut date falls into the weaker class.

    Newey-West errors by themselves are far too small at these lengths: with 36 to 80 months their 95 % intervals for a
    jump cover it in 72 to 88 % of simulations. Here their bias is removed and their degrees of freedom are taken by
    Satterthwaite's rule, both under residuals that follow each other as an AR(1) process with the correlation seen
    (corrected for what the fit takes away). That covers the jump in 94 to 97 %, for AR(1) of 0 to 0.6 and MA(1) of 0.6.

    Args:
        months: First days of consecutive months, ascending.
        values: One value per month.
        interruptions: Dates, ascending.
        standard_errors: Known error of each value (such as its reading error), in its unit. Months are then weighted by
            the inverse of that variance plus the variance that remains.

    Returns:
        The model; without changes where `reason` says why. Estimates have no interval where the
        series lies exactly on the lines.
    """
    n, starts = len(months), _starts(months, interruptions)
    reason = _reason_against(months, values, starts)
    if reason:
        return InterruptedSeries((), n, reason)
    lags = math.floor(4 * (n / 100) ** (2 / 9))  # months over which the errors are allowed to be correlated
    design, value = _design(n, starts), np.asarray(values, dtype=np.float64)
    root = np.sqrt(_weights(design, value, standard_errors))
    coefficients, errors = _fit(design * root[:, None], value * root, lags)
    estimates = [_estimate(float(value), error, n) for value, error in zip(coefficients, errors, strict=True)]
    changes = tuple(
        Change(on, estimates[2 + 2 * index], estimates[3 + 2 * index]) for index, on in enumerate(interruptions)
    )
    return InterruptedSeries(changes, n)


def _reason_against(months: Sequence[date], values: Sequence[float], starts: Sequence[int]) -> str:
    """Why a series cannot carry the model; empty where it can."""
    for before, after in pairwise(months):
        if _number(after) != _number(before) + 1:
            return f"{after:%Y-%m} does not follow {before:%Y-%m} as the next month"
    if not np.all(np.isfinite(np.asarray(values, dtype=np.float64))):
        return "a value is missing"
    lengths = np.diff(np.clip([0, *starts, len(months)], 0, len(months))).tolist()
    if min(lengths) < MINIMUM_POINTS:
        return f"{min(lengths)} months in one of the stretches {lengths}; each needs {MINIMUM_POINTS}"
    return ""


def _number(month: date) -> int:
    return month.year * 12 + month.month - 1


def _starts(months: Sequence[date], interruptions: Sequence[date]) -> list[int]:
    """Position of the first month that lies wholly after each interruption; it may lie outside the series."""
    return [_number(on) + (on.day > 1) - _number(months[0]) if months else 0 for on in interruptions]


def _design(n: int, starts: Sequence[int]) -> Floats:
    """Columns: 1, month, and for each interruption the jump and the months since."""
    month = np.arange(n, dtype=np.float64)
    columns = [np.ones(n), month]
    for start in starts:
        columns += [(month >= start).astype(np.float64), np.maximum(month - start, 0)]
    return np.column_stack(columns)


def _is_exact(residual: Floats, value: Floats) -> bool:
    return bool(np.sum(residual**2) <= 1e-20 * max(float(np.sum(value**2)), 1e-300))


def _weights(design: Floats, value: Floats, standard_errors: Sequence[float] | None) -> Floats:
    """Inverse variances: the known part, and by the method of moments the part that is left over."""
    if standard_errors is None:
        return np.ones(len(value))
    known = np.asarray(standard_errors, dtype=np.float64) ** 2
    residual = value - design @ np.linalg.lstsq(design, value)[0]
    leverage = np.sum(np.linalg.qr(design)[0] ** 2, axis=1)
    freedom = len(value) - design.shape[1]
    left_over = max(0.0, float(np.sum(residual**2) - np.sum(known * (1 - leverage))) / freedom)
    variance = known + left_over
    # A month without any error would take all the weight.
    floor = float(variance.max()) * 1e-6
    return 1 / np.maximum(variance, floor) if floor else np.ones(len(value))


def _fit(design: Floats, value: Floats, lags: int) -> tuple[Floats, list[tuple[float, float] | None]]:
    """Coefficients, and of each its standard error with its degrees of freedom; None where the fit is exact."""
    n = len(value)
    spread = np.linalg.inv(design.T @ design) @ design.T
    coefficients = spread @ value
    residual = value - design @ coefficients
    if _is_exact(residual, value):
        return coefficients, [None] * len(coefficients)
    maker = np.eye(n) - design @ spread
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    bartlett = np.clip(1 - distance / (lags + 1), 0, None)
    pattern = toeplitz(_autocorrelation(residual, maker) ** np.arange(n))
    errors: list[tuple[float, float] | None] = []
    for contrast in spread:
        # The Newey-West variance is residual' K residual; under the pattern its mean and its variance are traces.
        kernel = bartlett * np.outer(contrast, contrast)
        product = maker @ kernel @ maker @ pattern
        mean = float(np.trace(product))
        variance = float(residual @ kernel @ residual) * float(contrast @ pattern @ contrast) / mean
        freedom = max(1.0, mean**2 / float(np.sum(product * product.T)))
        errors.append((math.sqrt(max(variance, 0.0)), freedom))
    return coefficients, errors


def _autocorrelation(residual: Floats, maker: Floats) -> float:
    """Correlation of neighbouring errors, 0 to 0.9; that of residuals is lower by what the fit takes away."""
    seen = float(residual[1:] @ residual[:-1] / (residual @ residual))
    taken = float(np.trace(maker @ np.eye(len(maker), k=1) @ maker) / np.trace(maker))
    return min(max(seen - taken, 0.0), 0.9)


def _estimate(coefficient: float, error: tuple[float, float] | None, n: int) -> Estimate:
    if error is None:
        return Estimate(coefficient, None, None, n, _METHOD, _REFERENCE, "the series lies exactly on the lines")
    half = student_quantile(error[1]) * error[0]
    return Estimate(coefficient, coefficient - half, coefficient + half, n, _METHOD, _REFERENCE)
