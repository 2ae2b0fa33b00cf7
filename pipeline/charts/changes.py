"""What changed between two months."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.rows import Axis, dot_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows

MEASURES = {
    "two_factor_shown": "Show 2FA or a Trusted Publisher",
    "attested": "Carry provenance",
    "single_owner": "Rest on one owner",
    "organization": "Belong to an organization",
}
"""Measures that two months can be compared in."""


def then_and_now(table: Table, look: Look, *, then: str, now: str) -> Chart:
    """What has moved between two months?

    Args:
        table: One row per measure (codes of `MEASURES`): `measure`, and for both months `before_numerator`,
            `before_denominator`, `before_share`, `now_numerator`, `now_denominator`, `now_share` (shares 0 to 1).
        look: Palette and source.
        then: The earlier month, as people read it.
        now: The later month.
    """
    order = list(MEASURES)
    rows = (
        as_rows(table)
        .with_columns(
            order=pl.col("measure").replace_strict(order, range(len(order)), return_dtype=pl.Int8),
            name=pl.col("measure").replace_strict(MEASURES),
            value=pl.col("now_share"),
            weak_value=pl.col("before_share"),
            low=pl.min_horizontal("before_share", "now_share"),
            high=pl.max_horizontal("before_share", "now_share"),
            label=pl.struct("before_share", "now_share").map_elements(_label, pl.String),
        )
        .sort("order")
    )
    tooltip = [alt.Tooltip("name:N", title="Projects")]
    for moment, month in (("before", then), ("now", now)):
        tooltip += [
            alt.Tooltip(f"{moment}_share:Q", title=month, format=".1%"),
            alt.Tooltip(f"{moment}_numerator:Q", title=f"{month}, projects", format=","),
            alt.Tooltip(f"{moment}_denominator:Q", title=f"{month}, of", format=","),
        ]
    words = Words(
        title=f"What has moved since {then}?",
        denominator=f"Share of the projects that were observed in both months: {then} (hollow) and {now} (filled)",
        description="Two dots joined by a line for each measure: the share in either month.",
    )
    return dot_rows(rows, words, look, Axis(), tooltip)


def _label(row: dict[str, float]) -> str:
    """The share of now, and how many percentage points it lies from that of before."""
    points = 100 * (row["now_share"] - row["before_share"])
    return f"{percent(row['now_share'])} ({points:+.1f} points)".replace("-", "−")  # noqa: RUF001 - the sign
