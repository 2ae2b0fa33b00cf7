"""The risk register: which facts speak for its entries."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.rows import bar_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows

REASONS = {
    "no_upload_since_mandate": "No upload shown since 2FA was required (2024-01)",
    "no_upload_since_enforcement": "No upload shown since tokens need 2FA (2024-08)",
    "newest_upload_unknown": "Newest upload not observed",
    "single_owner": "One owner",
    "no_owner_shown": "No owner shown",
    "attested_before": "Attested before, and no more",
    "archived": "Archived",
    "quarantined": "Quarantined",
}
"""Codes of `risk_register.reasons`, as people read them."""


def register_reasons(table: Table, look: Look) -> Chart:
    """Which facts speak for the entries of the risk register?

    Args:
        table: One row per reason: `reason` (codes of `REASONS`), `projects`, `denominator` (entries of the register).
        look: Palette and source.
    """
    rows = (
        as_rows(table)
        .sort("projects", descending=True)
        .with_columns(
            name=pl.col("reason").replace(REASONS),
            value=pl.col("projects") / pl.col("denominator"),
            label=pl.struct("projects", "denominator").map_elements(
                lambda row: (
                    f"{row['projects']:,} of {row['denominator']:,} · {percent(row['projects'] / row['denominator'])}"
                ),
                pl.String,
            ),
        )
    )
    words = Words(
        title="Which facts speak for the entries of the register?",
        denominator="Share of the critical projects without evidence (any definition); a project may have several",
        description="One bar a reason: the share of the entries of the risk register that it speaks for.",
    )
    tooltip = [alt.Tooltip("name:N", title="Reason"), alt.Tooltip("label:N", title="Projects")]
    return bar_rows(rows, words, look, tooltip, top=1)
