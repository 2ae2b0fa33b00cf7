"""Bars of 100 %, divided by classes of evidence: where each class begins and ends, and the rows of the tiers."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from pipeline.charts.labels import EVIDENCE, PUBLISHING, TIERS, percent
from pipeline.charts.marks import share_x
from pipeline.charts.theme import NARROW, Chart, Look, Words, chart_of, finish

ROW_HEIGHT = 62
"""Pixels of one tier: its name, and its bar below."""
BAR_HEIGHT = 30

STRONG = {"trusted_publisher", "enforced", "attested", "partly_attested"}
"""Classes whose colour is far from the paper, so that text on them has the colour of the paper."""

SLIVER = 0.01
"""A segment of a smaller share gets no outline, which would be all that shows of it."""

UNKNOWN = {"unknown", "unobserved", "not_observable"}
"""Classes that say nothing about a project."""


def in_tier_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort by tier, and add its name (`tier_name`) and place (`tier_order`)."""
    codes = list(TIERS)
    return rows.with_columns(
        tier_name=pl.col("tier").replace_strict(TIERS),
        tier_order=pl.col("tier").replace_strict(codes, list(range(len(codes))), return_dtype=pl.Int8),
    ).sort("tier_order")


def tier_names(rows: pl.DataFrame, y: alt.Y, look: Look) -> list[Chart]:
    """The name of each tier above its row, on the left, and its number of projects, on the right.

    Args:
        rows: One row per tier: `tier_name`, `denominator`.
        y: The scale of the tiers.
        look: Palette.
    """
    size = pl.col("denominator").map_elements(lambda number: f"{number:,} projects", pl.String)
    base = chart_of(rows.with_columns(size=size)).encode(y=y)
    text: dict[str, Any] = {"baseline": "bottom", "dy": -8, "fontSize": 13}
    ink, muted = look.palette.ink, look.palette.muted
    return [
        base.mark_text(**text, align="left", fontWeight="bold", color=ink).encode(x=alt.value(0), text="tier_name:N"),
        base.mark_text(**text, align="right", color=muted).encode(x=alt.value("width"), text="size:N"),
    ]


def segments(rows: pl.DataFrame, classes: list[str], look: Look) -> pl.DataFrame:
    """Where each class begins and ends in the bar of its group.

    Args:
        rows: One row per group and class: `group`, `evidence` (one of `classes`), `numerator`, `denominator`.
        classes: Codes in the order in which they are stacked.
        look: Palette.

    Returns:
        The rows of classes that are not empty everywhere, with `start`, `middle` and `end` (shares, 0 to 1), `order`,
        `class_name`, `percent`, `count`, and the colours `fill`, `on_fill` and `edge`.
    """
    palette = look.palette
    filled = rows.group_by("evidence").agg(pl.col("numerator").sum()).filter(pl.col("numerator") > 0)["evidence"]
    is_unknown = pl.col("evidence").is_in(UNKNOWN)
    inks = [palette.on_strong if one in STRONG else palette.on_weak for one in classes]
    return (
        rows.filter(pl.col("evidence").is_in(filled.to_list()))
        .with_columns(order=pl.col("evidence").replace_strict(classes, range(len(classes)), return_dtype=pl.Int8))
        .sort("group", "order")
        .with_columns(share=pl.col("numerator") / pl.col("denominator"))
        .with_columns(end=pl.col("share").cum_sum().over("group"))
        .with_columns(
            start=pl.col("end") - pl.col("share"),
            middle=pl.col("end") - pl.col("share") / 2,
            class_name=pl.col("evidence").replace_strict(EVIDENCE | PUBLISHING),
            fill=pl.col("evidence").replace_strict(classes, _fills(classes, look)),
            on_fill=pl.col("evidence").replace_strict(classes, inks),
            edge=pl.when(is_unknown & (pl.col("share") > SLIVER))
            .then(pl.lit(palette.muted))
            .otherwise(pl.lit(palette.paper)),
            percent=pl.col("share").map_elements(percent, pl.String),
            count=pl.col("numerator").map_elements(lambda number: f"{number:,}", pl.String),
        )
    )


def class_color(rows: pl.DataFrame) -> alt.Color:
    """The colour of each class, with a legend in its order that takes two columns where there is little room."""
    shown = rows.unique("evidence").sort("order")
    return alt.Color(
        "class_name:N",
        scale=alt.Scale(domain=shown["class_name"].to_list(), range=shown["fill"].to_list()),
        legend=alt.Legend(columns=alt.ExprRef(f"{NARROW} ? 2 : {shown.height}")),
    )


def class_tooltip() -> list[alt.Tooltip]:
    """The numbers of one segment."""
    return [
        alt.Tooltip("class_name:N", title="Evidence"),
        alt.Tooltip("percent:N", title="Share"),
        alt.Tooltip("numerator:Q", title="Projects", format=","),
        alt.Tooltip("denominator:Q", title="Of", format=","),
    ]


def stacked_by_tier(rows: pl.DataFrame, classes: list[str], words: Words, look: Look) -> alt.LayerChart:
    """One bar a tier, with the name and size of the tier above and the numbers inside.

    Args:
        rows: One row per tier and class: `tier`, `evidence` (one of `classes`), `numerator`, `denominator` (projects).
        classes: Codes in the order in which they are stacked.
        words: What is written around the chart.
        look: Palette and source.
    """
    parts = segments(in_tier_order(rows).with_columns(group=pl.col("tier_order")), classes, look)
    tiers = parts.unique("tier", keep="first", maintain_order=True)
    y = alt.Y("tier_name:N", sort=tiers["tier_name"].to_list(), axis=None)
    base = chart_of(parts).encode(y=y, tooltip=[alt.Tooltip("tier_name:N", title="Tier"), *class_tooltip()])
    bars = base.mark_bar(height=BAR_HEIGHT, yOffset=12, strokeWidth=1)
    layers: list[Chart] = [
        *tier_names(tiers, y, look),
        bars.encode(
            x=share_x("start:Q"), x2="end:Q", color=class_color(parts), stroke=alt.Stroke("edge:N", scale=None)
        ),
        _inside(base, "percent:N", room=46, dy=6, fontWeight="bold"),
        _inside(base, "count:N", room=62, dy=19),
    ]
    return finish(layers, words, look, height=tiers.height * ROW_HEIGHT)


def _fills(classes: list[str], look: Look) -> list[str]:
    palette = look.palette
    strong = [palette.trusted, palette.enforced, palette.announced, palette.none]
    return [palette.unknown if one in UNKNOWN else strong[min(place, 3)] for place, one in enumerate(classes)]


def _inside(base: alt.Chart, text: str, *, room: int, **mark: Any) -> alt.Chart:
    """Text in the middle of a segment, left out where the segment is narrower than `room` pixels."""
    fits = f"(datum.end - datum.start) * width > {room}"
    inside: alt.Chart = base.mark_text(fontSize=11.5, baseline="middle", **mark).encode(
        x="middle:Q",
        text=alt.when(fits).then(alt.Text(text)).otherwise(alt.value("")),
        fill=alt.Fill("on_fill:N", scale=None),
    )
    return inside
