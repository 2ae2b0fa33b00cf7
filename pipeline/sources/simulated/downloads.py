"""Downloads per project and day, by class of client: heavy-tailed, with weekends, CI, mirrors and a runaway client."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.model import Floats, chance, stream
from pipeline.sources.simulated.population import Population

CLASSES: Final = ("installer_count", "installer_ci_count", "mirror_count", "other_count", "unknown_count")
_INSTALLER: Final = 0
_WEEKEND: Final = (0.6, 0.5, 1.0, 0.8, 0.7)
"""Share of a weekday's downloads that each class makes on Saturdays and Sundays."""
_SATURDAY: Final = 5
_HARDLY_USED_BEYOND: Final = 0.94
"""Popularity quantile from which a project is downloaded once in two months."""
_RUNAWAY_DAYS: Final = range(12, 21)
"""Days of each month on which one client of one project downloads without end."""
_RUNAWAY_FACTOR: Final = 3.0
"""Its downloads a day, relative to those of the most popular project."""


def make_downloads(people: Population, observed_on: date, days: int, seed: int) -> pl.DataFrame:
    """One row per project and day with any download: `project_id`, `day` and the five `CLASSES`.

    Args:
        people: The projects; those without files have no downloads.
        observed_on: The last day.
        days: How many whole days, ending on `observed_on`.
        seed: The seed of the world; a day's counts depend on it and on the day alone.

    Returns:
        Rows ordered by day and project.
    """
    rates = _rates(people, seed)
    runaway = _runaway(people)
    frames = []
    for back in reversed(range(days)):
        day = observed_on - timedelta(days=back)
        start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        exists = people.has_files & (people.created < start + m.DAY) & (people.quarantined_at > start)
        rhythm = np.array(_WEEKEND if day.weekday() >= _SATURDAY else (1.0,) * len(CLASSES))
        rng = stream(seed, "downloads", day.toordinal())
        mood = rng.lognormal(0, 0.06, people.count)
        expected = rates * rhythm[:, None] * mood
        if day.day in _RUNAWAY_DAYS:
            expected[_INSTALLER, runaway] += _RUNAWAY_FACTOR * rates.sum(axis=0).max()
        counts = rng.poisson(expected) * exists
        (rows,) = np.nonzero(counts.any(axis=0))
        frames.append(
            pl.DataFrame({"project_id": rows}).with_columns(
                pl.lit(day).alias("day"), *(pl.Series(name, counts[k, rows]) for k, name in enumerate(CLASSES))
            )
        )
    return pl.concat(frames)


def _rates(people: Population, seed: int) -> Floats:
    """Expected downloads a weekday, one row a class of client and one column a project."""
    rng = stream(seed, "download rates")
    count = people.count
    rate = 4e7 * (people.popularity_rank + 3.0) ** -1.25 * rng.lognormal(0, 0.05, count)
    rate = np.where(people.quantile > _HARDLY_USED_BEYOND, 0.02, rate) * people.has_files
    in_ci = rng.beta(2, 3, count)
    mirrored = (1 + 0.01 * rate) * people.has_files * chance(rng, 0.9, count)
    return np.stack([rate * 0.94 * (1 - in_ci), rate * 0.94 * in_ci, mirrored, rate * 0.02, rate * 0.04])


def _runaway(people: Population) -> int:
    """A project in the middle of the ranks that has long existed."""
    fits = people.has_files & (people.created < m.SECOND_FACTOR_FROM) & (people.quarantined_at == m.NEVER)
    return int(np.argmin(np.where(fits, np.abs(people.quantile - 0.4), 2.0)))
