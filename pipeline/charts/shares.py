"""One measure by tier: a dot with its interval for each."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.bars import in_order
from pipeline.charts.labels import TIERS, percent
from pipeline.charts.rows import Axis, dot_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows


def measure_by_tier(
    table: Table, look: Look, *, title: str, denominator: str, interval: str = "95 % interval"
) -> Chart:
    """How far does one measure hold in each tier?

    Args:
        table: Rows of the mart `tier_summary` of one measure and unit: `tier`, `numerator`, `denominator`, `share`,
            `share_low`, `share_high` (0 to 1; the interval is null for a census).
        look: Palette and source.
        title: The question.
        denominator: Of what the shares are shares.
        interval: What `share_low` and `share_high` are.
    """
    rows = in_order(as_rows(table).filter(pl.col("denominator") > 0), "tier", TIERS).with_columns(
        name=pl.col("group_name"),
        value=pl.col("share"),
        low=pl.col("share_low"),
        high=pl.col("share_high"),
        label=pl.struct("share", "numerator", "denominator").map_elements(
            lambda row: f"{percent(row['share'])} · {row['numerator']:,} of {row['denominator']:,}", pl.String
        ),
    )
    tooltip = [
        alt.Tooltip("name:N", title="Tier"),
        alt.Tooltip("label:N", title="Share"),
        alt.Tooltip("share_low:Q", title=f"{interval}, from", format=".1%"),
        alt.Tooltip("share_high:Q", title=f"{interval}, to", format=".1%"),
    ]
    words = Words(
        title=title,
        denominator=f"{denominator}. Lines: {interval}, where a part was not observed",
        description="A dot for each tier of download rank: the share for which it holds.",
    )
    return dot_rows(rows, words, look, Axis(), tooltip)
