"""Who observed what, and when: of one file that holds several sources and days."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.charts.origin import origin_of, source_line

RUN = {"source": "bigquery", "period": "2026-09", "observed_on": date(2026, 9, 30)}
COVERAGE = pl.DataFrame(
    [
        ("newest_upload", "bigquery", 9, date(2026, 9, 30)),
        ("files", "bigquery", 9, date(2026, 9, 30)),
        ("files", "pypi", 9, date(2026, 11, 3)),
        ("roles", "bigquery", 0, None),
        ("roles", "pypi", 2, date(2026, 11, 3)),
        ("requirements", "bigquery", 0, None),
    ],
    schema=["measure", "source", "observed_count", "observed_on"],
    orient="row",
)


def told(*measures: str) -> tuple[str, str]:
    origin = origin_of(COVERAGE, RUN, *measures)
    return origin.source, origin.days


def test_a_measure_is_of_the_source_and_the_day_that_observed_it() -> None:
    assert told("newest_upload") == ("bigquery", "2026-09-30")
    assert told("roles") == ("pypi", "2026-11-03")
    assert told("newest_upload", "files") == ("bigquery and pypi", "2026-09-30 to 2026-11-03")


def test_what_nobody_observed_is_of_the_run() -> None:
    assert told("requirements") == ("bigquery", "2026-09-30")


def test_a_chart_names_all_of_them() -> None:
    assert source_line(COVERAGE, RUN) == "bigquery and pypi of 2026-09, observed from 2026-09-30 to 2026-11-03"
    assert source_line(COVERAGE.head(1), RUN) == "bigquery of 2026-09, observed on 2026-09-30"
