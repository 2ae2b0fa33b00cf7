"""Bars of 100 % for groups that are no tiers: definitions of critical, kinds of owners."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.bars import (
    BAR_HEIGHT,
    ROW_HEIGHT,
    UNKNOWN,
    class_color,
    class_tooltip,
    inside,
    segments,
    tier_names,
)
from pipeline.charts.labels import CRITICALITY, EVIDENCE, PUBLISHING
from pipeline.charts.marks import share_x
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

OWNERS = {
    "organization": "Projects of an organization",
    "several": "Several owners",
    "single": "One owner",
    "none": "No owner shown",
}
"""Kinds of owners of a project, from the direct roles that the index shows."""


def evidence_by_definition(table: Table, look: Look) -> Chart:
    """Does the evidence depend on what "critical" means?

    Args:
        table: One row per definition (codes of `CRITICALITY`) and class: `criticality`, `evidence` (codes of
            `EVIDENCE`), `numerator`, `total` (projects).
        look: Palette and source.
    """
    words = Words(
        title='Does the evidence depend on what "critical" means?',
        denominator="Share of the projects that are critical under each definition and whose newest upload is known; "
        "the definitions overlap",
        description="Stacked bars of the classes of two-factor evidence, one for each definition of critical.",
    )
    rows = as_rows(table).rename({"criticality": "code"})
    return stacked_by_group(rows, CRITICALITY, list(EVIDENCE), words, look)


def evidence_by_owners(table: Table, look: Look) -> Chart:
    """Do projects of organizations show more than those of one person?

    Args:
        table: One row per kind of owners (codes of `OWNERS`) and class: `owners`, `evidence` (codes of `EVIDENCE`),
            `numerator`, `total` (projects).
        look: Palette and source.
    """
    words = Words(
        title="Do projects of organizations show more than those of one person?",
        denominator="Share of the projects of each kind whose newest upload is known; direct roles of today, members "
        "of organizations are hidden",
        description="Stacked bars of the classes of two-factor evidence, one for each kind of owners.",
    )
    return stacked_by_group(as_rows(table).rename({"owners": "code"}), OWNERS, list(EVIDENCE), words, look)


def publishing_by_owners(table: Table, look: Look) -> Chart:
    """Do projects of organizations attest more than those of one person?

    Args:
        table: As for `evidence_by_owners`, with codes of `PUBLISHING`.
        look: Palette and source.
    """
    words = Words(
        title="Do projects of organizations attest more than those of one person?",
        denominator="Share of the projects of each kind whose files were observed; direct roles of today, members of "
        "organizations are hidden",
        description="Stacked bars of the classes of publishing evidence, one for each kind of owners.",
    )
    return stacked_by_group(as_rows(table).rename({"owners": "code"}), OWNERS, list(PUBLISHING), words, look)


def stacked_by_group(
    table: pl.DataFrame, names: dict[str, str], classes: list[str], words: Words, look: Look
) -> alt.LayerChart:
    """One bar a group, with its name and size above and the numbers inside.

    Args:
        table: One row per group and class: `code`, `evidence` (one of `classes`), `numerator`, `total` (projects).
        names: Names of the groups by code, in their order from the top.
        classes: Codes in the order in which they are stacked.
        words: What is written around the chart.
        look: Palette and source.
    """
    order = list(names)
    rows = table.with_columns(
        group=pl.col("code").replace_strict(order, range(len(order)), return_dtype=pl.Int8),
        tier_name=pl.col("code").replace_strict(names),
    ).sort("group")
    unknown = pl.col("numerator").filter(pl.col("evidence").is_in(UNKNOWN)).sum()
    groups = rows.group_by("tier_name", maintain_order=True).agg(
        pl.col("total").first(), denominator=pl.col("total").first() - unknown
    )
    parts = segments(rows, classes, look)
    y = alt.Y("tier_name:N", sort=groups["tier_name"].to_list(), axis=None)
    base = chart_of(parts).encode(y=y, tooltip=[alt.Tooltip("tier_name:N", title="Projects"), *class_tooltip()])
    layers: list[Chart] = [
        *tier_names(groups, y, look),
        base.mark_bar(height=BAR_HEIGHT, yOffset=11, stroke=look.palette.paper, strokeWidth=1).encode(
            x=share_x("start:Q"), x2="end:Q", color=class_color(parts)
        ),
        inside(base, "percent:N", room=46, dy=5, fontWeight="bold"),
        inside(base, "count:N", room=62, dy=18),
    ]
    return finish(layers, words, look, height=groups.height * ROW_HEIGHT)
