"""Time to the first attested release: how it is counted, and its Kaplan-Meier curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray
from statsmodels.duration.survfunc import SurvfuncRight

from pipeline.statistics.results import number_clusters, student_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class AdoptionTimes:
    """How long each project could have attested, and whether it did."""

    days: Integers
    """Days from entry to the first attested release, or to the day of observation where there is none."""
    is_adopted: NDArray[np.bool_]
    """FALSE: not attested until the day of observation (right-censored)."""
    is_included: NDArray[np.bool_]
    """One per given project: whether it has a first release on or before the day of observation. The other two arrays
    hold the included projects only, in the given order."""


@dataclass(frozen=True)
class AdoptionCurve:
    """Share of projects that have adopted, by day since entry; a step at each day on which somebody did."""

    days: tuple[int, ...]
    share: tuple[float, ...]
    low: tuple[float | None, ...]
    """None where the interval cannot be told: when everybody left has adopted, or with a single owner."""
    high: tuple[float | None, ...]
    at_risk: tuple[int, ...]
    """Projects observed for at least so long that had not adopted before."""
    median_days: int | None
    """The first day on which half have adopted; None where that has not happened."""
    n: int
    event_count: int
    method: str = "Kaplan-Meier, log-log interval, infinitesimal jackknife by owner"
    reference: str = "Kaplan and Meier (1958), J. Am. Stat. Assoc. 53, 457-481; Williams (1995), Lifetime Data Anal. 1"
    reason: str = ""


def adoption_times(projects: pa.Table, *, provenance_from: date, observed_on: date) -> AdoptionTimes:
    """Count the time in which a project could have attested a release.

    The clock of a project starts when it enters: at its first release, or when provenance came into being, whichever is
    later. A first attested release before the entry (files of the first weeks) counts as one on its day.

    Args:
        projects: `first_upload_at` and `first_attested_at` (UTC timestamps or dates, NULL where there is none).
        provenance_from: The day from which the index shows provenance.
        observed_on: The last day observed.
    """
    first, attested = (
        projects.column(name).cast(pa.date32()).to_numpy().astype("datetime64[D]")
        for name in ("first_upload_at", "first_attested_at")
    )
    end = np.datetime64(observed_on)
    # Comparisons with NaT are false.
    is_included = (first <= end) & (end >= np.datetime64(provenance_from))
    entry = np.maximum(first[is_included], np.datetime64(provenance_from))
    is_adopted = attested[is_included] <= end
    left = np.where(is_adopted, np.maximum(attested[is_included], entry), end)
    return AdoptionTimes((left - entry).astype(np.int64), is_adopted, is_included)


def adoption_curve(days: ArrayLike, is_adopted: ArrayLike, owners: Iterable[int | str | None]) -> AdoptionCurve:
    """The Kaplan-Meier estimate of the share that has adopted; intervals let the projects of an owner move together.

    Args:
        days: Time of each project, 0 or more.
        is_adopted: Whether it ends with adoption; otherwise it is censored.
        owners: Which owner each project belongs to; None is an owner of its own. With one project each, the variance is
            that of Greenwood, but for the factor owners / (owners - 1).
    """
    time, event = np.asarray(days, dtype=np.int64), np.asarray(is_adopted, dtype=np.bool_)
    cluster, owner_count = number_clusters(owners)
    n, events = len(time), int(event.sum())
    if not events:
        return AdoptionCurve((), (), (), (), (), None, n, 0, reason="nobody has adopted")
    curve = SurvfuncRight(time, event)
    is_step = np.asarray(curve.n_events) > 0
    step_days = np.asarray(curve.surv_times)[is_step].astype(np.int64)
    survival = np.asarray(curve.surv_prob, dtype=np.float64)[is_step]
    at_risk = np.asarray(curve.n_risk)[is_step]
    failed = np.asarray(curve.n_events)[is_step]
    errors = _log_survival_errors(time, event, cluster, step_days, at_risk, failed)
    bounds = [_bounds(*point, owner_count) for point in zip(survival.tolist(), errors.tolist(), strict=True)]
    half = np.flatnonzero(survival <= 0.5)  # noqa: PLR2004 - the median
    return AdoptionCurve(
        days=tuple(step_days.tolist()),
        share=tuple((1 - survival).tolist()),
        low=tuple(low for low, _ in bounds),
        high=tuple(high for _, high in bounds),
        at_risk=tuple(int(count) for count in at_risk),
        median_days=int(step_days[half[0]]) if len(half) else None,
        n=n,
        event_count=events,
    )


def _log_survival_errors(
    time: Integers, event: NDArray[np.bool_], cluster: Integers, step_days: Integers, at_risk: Floats, failed: Floats
) -> Floats:
    """Standard error of log S at each step: what each project adds to it, summed within owners, squared, summed.

    A project at risk at a step s adds d / (Y (Y - d)), and -1 / (Y - d) where it adopts there (d of Y adopt).
    """
    remaining = (at_risk - failed).astype(np.float64)
    is_open = remaining > 0
    safe = np.where(is_open, remaining, 1)
    exposure = np.cumsum(np.where(is_open, failed / (at_risk * safe), 0))
    owners = int(cluster.max()) + 1
    if owners == 1:
        return np.full(len(step_days), np.nan)
    # At a step s an owner has the sum F + exposure[s] * R: F of the projects that left up to then, whose influence
    # moves no more, and R projects that stay. Squared and summed over owners, that needs the sums of F^2, FR and R^2
    # only, and each of them changes only where a project leaves.
    last = np.maximum(np.searchsorted(step_days, time, side="right") - 1, 0)
    added = np.where(time < step_days[0], 0, exposure[last] - event / safe[last])
    order = np.lexsort((last, cluster))
    owner, step = cluster[order], last[order]
    # One entry for each owner and step at which projects of this owner leave: the last of them in the sorted order.
    ends = np.flatnonzero(np.append((owner[1:] != owner[:-1]) | (step[1:] != step[:-1]), True))
    owner, step = owner[ends], step[ends]
    sizes = np.bincount(cluster, minlength=owners)
    first = (np.cumsum(sizes) - sizes)[owner]
    so_far = np.concatenate([[0.0], np.cumsum(added[order])])
    frozen = so_far[ends + 1] - so_far[first]
    staying = (sizes[owner] - (ends + 1 - first)).astype(np.float64)
    is_first = np.append(True, owner[1:] != owner[:-1])
    frozen_before = np.where(is_first, 0, np.roll(frozen, 1))
    staying_before = np.where(is_first, sizes[owner], np.roll(staying, 1))

    def summed(change: Floats, at_start: float) -> Floats:
        by_step = np.bincount(step, weights=change, minlength=len(step_days))
        return np.asarray(at_start + np.cumsum(by_step), dtype=np.float64)

    squares = summed(frozen**2 - frozen_before**2, 0)
    products = summed(frozen * staying - frozen_before * staying_before, 0)
    stays = summed(staying**2 - staying_before**2, float(np.sum(sizes.astype(np.float64) ** 2)))
    total = squares + 2 * exposure * products + exposure**2 * stays
    errors = np.sqrt(np.maximum(total, 0) * owners / (owners - 1))
    return np.where(is_open, errors, np.nan)


def _bounds(survival: float, error: float, owners: int) -> tuple[float | None, float | None]:
    """Interval of the share that has adopted, on the scale log(-log S), so that it stays within 0 and 1."""
    if np.isnan(error) or not 0 < survival < 1:
        return None, None
    half = student_quantile(owners - 1) * error / -np.log(survival)
    with np.errstate(over="ignore"):
        low, high = (1 - survival ** np.exp(side * half) for side in (-1, 1))
    return float(low), float(high)
