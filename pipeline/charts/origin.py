"""Who observed a measure, and on which days: what stands beside a figure.

The measures of one file need not be of one source or one day: the live index is asked about some projects, on the day
of the run, and what is known of the others is older; a month of the datasets is over when the index is asked about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Origin:
    """Where a figure comes from."""

    source: str
    days: str
    """The day, or the first and the last of several."""


def origin_of(coverage: pl.DataFrame, run: Mapping[str, Any], *measures: str) -> Origin:
    """Who observed some measures, or any measure where none is named.

    Args:
        coverage: The table `coverage`, at least `measure`, `source`, `observed_count` and `observed_on`.
        run: The row of `runs`, which speaks for what nobody observed.
        measures: Codes of `coverage.measure`.
    """
    is_meant = pl.col("measure").is_in(measures) if measures else pl.lit(value=True)
    seen = coverage.filter(is_meant, pl.col("observed_count") > 0)
    if seen.is_empty():
        return Origin(run["source"], f"{run['observed_on']}")
    sources = sorted(set(seen["source"]), key=lambda name: (name != run["source"], name))
    days = seen["observed_on"].sort().to_list()
    return Origin(" and ".join(sources), f"{days[0]}" if days[0] == days[-1] else f"{days[0]} to {days[-1]}")


def source_line(coverage: pl.DataFrame, run: Mapping[str, Any]) -> str:
    """What a chart names as its source."""
    seen = origin_of(coverage, run)
    return f"{seen.source} of {run['period']}, observed {'from' if ' to ' in seen.days else 'on'} {seen.days}"
