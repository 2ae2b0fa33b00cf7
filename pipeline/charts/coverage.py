"""What was observed, and of how many projects."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.rows import bar_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows

MEASURES = {
    "newest_upload": "Date of the newest upload",
    "download_rank": "Rank by downloads",
    "downloads": "Download counts",
    "files": "Files with upload times",
    "provenance": "Provenance of the newest release",
    "publisher_identity": "Identity of the publisher",
    "roles": "Owners, maintainers, organization",
    "status": "Status of the project",
    "source_host": "Host of the source code",
    "requirements": "Requirements of the newest release",
    "account_two_factor": "Second factor of the account (never public)",
}
"""Measures of the table `coverage`, as people call them."""


def observed_by_measure(table: Table, look: Look) -> Chart:
    """Of how many projects was each measure observed?

    Args:
        table: One row per measure: `measure` (codes of `MEASURES`), `observed_count`, `total_count` (projects).
        look: Palette and source.
    """
    order = list(MEASURES)
    rows = (
        as_rows(table)
        .with_columns(
            order=pl.col("measure").replace_strict(order, range(len(order)), default=len(order), return_dtype=pl.Int8),
            name=pl.col("measure").replace(MEASURES),
            value=pl.col("observed_count") / pl.col("total_count"),
            rest=pl.lit(1.0),
        )
        .sort("order")
        .with_columns(
            label=pl.struct("observed_count", "total_count", "value").map_elements(_label, pl.String),
        )
    )
    tooltip = [
        alt.Tooltip("name:N", title="Measure"),
        alt.Tooltip("observed_count:Q", title="Observed", format=","),
        alt.Tooltip("total_count:Q", title="Of", format=","),
    ]
    words = Words(
        title="What was observed, and of how many projects?",
        denominator="Share of all projects of the index; dashed: not observed. Identities exist only where a release "
        "is attested, so that bar can never be full",
        description="One bar a measure: the share of projects for which it was observed.",
    )
    return bar_rows(rows, words, look, tooltip, top=1)


def _label(row: dict[str, float]) -> str:
    if not row["observed_count"]:
        return "not observed"
    return f"{percent(row['value'])} · {row['observed_count']:,.0f} of {row['total_count']:,.0f}"
