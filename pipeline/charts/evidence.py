"""Evidence by tier and by rank: classes as bars, and what the choice of the cut date changes."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from pipeline.charts.bars import (
    ROW_HEIGHT,
    class_color,
    class_tooltip,
    group_names,
    in_order,
    segments,
    stacked_bars,
)
from pipeline.charts.labels import EVIDENCE, PUBLISHING, TIERS, percent
from pipeline.charts.marks import haloed, share_x, share_y
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

RANK_HEIGHT = 260

IN_THE_BARS = "number of projects below the share; a strip below a bar shows what was not observed"


def two_factor_by_tier(table: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier shows which two-factor evidence?

    Args:
        table: One row per tier and class: `tier`, `evidence` (codes of `EVIDENCE`), `numerator`, `total` (projects).
            Shares are of the projects whose class is known; classes that nobody is in are left out.
        look: Palette and source.
    """
    words = Words(
        title="What does the newest release of each project show?",
        denominator=f"Share of the projects of each tier whose newest upload is known; {IN_THE_BARS}",
        description="Stacked bars, one for each tier of download rank, of the classes of two-factor evidence.",
    )
    return stacked_bars(as_rows(table), "tier", TIERS, list(EVIDENCE), words, look)


def publishing_by_tier(table: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier attests its newest release?

    Args:
        table: One row per tier and class: `tier`, `evidence` (codes of `PUBLISHING`), `numerator`, `total` (projects).
            Shares are of the projects whose class is known; classes that nobody is in are left out.
        look: Palette and source.
    """
    words = Words(
        title="How much of the newest release carries provenance?",
        denominator=f"Share of the projects of each tier that were observed; {IN_THE_BARS}",
        description="Stacked bars, one for each tier of download rank, of the classes of publishing evidence.",
    )
    return stacked_bars(as_rows(table), "tier", TIERS, list(PUBLISHING), words, look)


def two_factor_by_rank(table: Table, look: Look) -> alt.LayerChart:
    """Do projects that are downloaded less show less evidence?

    Args:
        table: One row per band of download ranks and class: `band`, `first_rank`, `last_rank`, `evidence` (codes of
            `EVIDENCE`), `numerator`, `total` (projects). Shares are of the projects whose class is known.
        look: Palette and source.
    """
    rows = segments(as_rows(table).with_columns(group=pl.col("band")), list(EVIDENCE), look)
    rank = alt.X(
        "left:Q",
        title="download rank",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format=",", grid=False, values=[1, 10, 100, 1000, 10000], domain=False),
    )
    ranks = [
        alt.Tooltip("first_rank:Q", title="From rank", format=","),
        alt.Tooltip("last_rank:Q", title="To rank", format=","),
    ]
    bars = chart_of(rows.with_columns(left=pl.col("first_rank"), right=pl.col("last_rank") + 1)).mark_rect(
        stroke=look.palette.paper, strokeWidth=0.75
    )
    layer = bars.encode(
        x=rank,
        x2="right:Q",
        y=share_y("start:Q"),
        y2="end:Q",
        color=class_color(rows),
        tooltip=[*ranks, *class_tooltip()],
    )
    words = Words(
        title="The less downloaded, the less evidence?",
        denominator="Share of the ranked projects whose newest upload is known; logarithmic ranks, 1 to 10 together",
        description="Columns from the most to the least downloaded ranked projects, divided by classes of evidence.",
    )
    return finish([layer], words, look, height=RANK_HEIGHT)


def cut_date_sensitivity(table: Table, look: Look, *, enforced_from: str, announced_from: str) -> alt.LayerChart:
    """How far does the share with evidence move with the cut date?

    Args:
        table: One row per tier: `tier`, `strict_share`, `weak_share` (0 to 1), `strict_numerator`, `weak_numerator`,
            `denominator` (projects whose newest upload is known), `total` (all of them).
        look: Palette and source.
        enforced_from: The strict cut date, as people read it.
        announced_from: The weak cut date, as people read it.
    """
    rows = in_order(as_rows(table), "tier", TIERS).with_columns(
        strict_label=pl.col("strict_share").map_elements(percent, pl.String),
        weak_label=pl.col("weak_share").map_elements(percent, pl.String),
    )
    y = alt.Y("group_name:N", sort=rows["group_name"].to_list(), axis=None)
    words = Words(
        title="How much does the answer depend on the date?",
        denominator="Share of the projects whose newest upload is known: "
        f"from {enforced_from} (filled) and from {announced_from} (hollow)",
        description="Two dots joined by a line for each tier: the share with evidence at either date.",
    )
    layers = [*group_names(rows, y, look), *_dumbbells(chart_of(rows).encode(y=y), look)]
    return finish(layers, words, look, height=rows.height * ROW_HEIGHT)


def _dumbbells(base: alt.Chart, look: Look) -> list[Chart]:
    """A dot for each cut date, joined by a line, with the shares on the outer sides."""
    palette = look.palette
    base = base.encode(
        tooltip=[
            alt.Tooltip("group_name:N", title="Tier"),
            alt.Tooltip("strict_label:N", title="Strict date"),
            alt.Tooltip("strict_numerator:Q", title="Projects, strict date", format=","),
            alt.Tooltip("weak_label:N", title="Weak date"),
            alt.Tooltip("weak_numerator:Q", title="Projects, weak date", format=","),
            alt.Tooltip("denominator:Q", title="Of", format=","),
        ]
    )
    strict, weak = base.encode(x=share_x("strict_share:Q")), base.encode(x="weak_share:Q")
    line: dict[str, Any] = {"yOffset": 10}
    dot: dict[str, Any] = {"size": 130, "yOffset": 10, "opacity": 1, "filled": True}
    return [
        base.mark_rule(**line, strokeWidth=2, color=palette.rule).encode(x=alt.value(0), x2=alt.value("width")),
        strict.mark_rule(**line, strokeWidth=5, strokeCap="round", color=palette.announced).encode(x2="weak_share:Q"),
        strict.mark_point(**dot, color=palette.enforced),
        weak.mark_point(**dot, fill=palette.paper, stroke=palette.enforced, strokeWidth=2),
        *haloed(strict, "strict_label:N", look, align="right", dx=-11, dy=10, fontWeight="bold"),
        *haloed(weak, "weak_label:N", look, align="left", dx=11, dy=10),
    ]
