"""Bars of 100 %, divided by classes of evidence, and below them how much was observed at all."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from pipeline.charts.labels import EVIDENCE, PUBLISHING, percent
from pipeline.charts.marks import share_x
from pipeline.charts.theme import NARROW, Chart, Look, Words, chart_of, finish

ROW_HEIGHT = 66
"""Pixels of one group: its name, its bar below, and the strip that shows what was observed."""
BAR_HEIGHT = 30
STRIP_HEIGHT = 4
LEAST_GAP = 0.01
"""Where a smaller part was not observed, the numbers above the bar say so, and no strip could show it."""

FILLS = {
    "trusted_publisher": "trusted",
    "enforced": "enforced",
    "announced": "announced",
    "none": "none",
    "attested": "trusted",
    "partly_attested": "enforced",
    "predates_attestations": "announced",
    "not_attested": "none",
}
"""The part of the palette that each known class has."""

STRONG = {"trusted_publisher", "enforced", "attested", "partly_attested"}
"""Classes whose colour is far from the paper, so that text on them has the colour of the paper."""

UNKNOWN = {"unknown", "unobserved", "not_observable"}
"""Classes that say nothing about a project."""


def in_order(rows: pl.DataFrame, code: str, names: dict[str, str]) -> pl.DataFrame:
    """Sort by a column of codes, in the order in which they are named; add name (`group_name`) and place (`group`)."""
    return rows.with_columns(
        group_name=pl.col(code).replace_strict(names),
        group=pl.col(code).replace_strict(list(names), range(len(names)), return_dtype=pl.Int8),
    ).sort("group")


def group_names(rows: pl.DataFrame, y: alt.Y, look: Look) -> list[Chart]:
    """The name of each group above its row, on the left, and how many projects its shares are of, on the right.

    Args:
        rows: One row per group: `group_name`, `denominator` (projects observed), `total` (all of them).
        y: The scale of the groups.
        look: Palette.
    """
    of_total = pl.when(pl.col("denominator") < pl.col("total")).then(_thousands("total")).otherwise(pl.lit(""))
    words = "datum.count + (datum.of_total ? ' of ' + datum.of_total : '')"
    base = (
        chart_of(rows.with_columns(count=_thousands("denominator"), of_total=of_total))
        .transform_calculate(size=f"width < 300 ? datum.count : {words} + ' projects'")
        .encode(y=y)
    )
    text: dict[str, Any] = {"baseline": "bottom", "dy": -9, "fontSize": 13}
    ink, muted = look.palette.ink, look.palette.muted
    return [
        base.mark_text(**text, align="left", fontWeight="bold", color=ink).encode(x=alt.value(0), text="group_name:N"),
        base.mark_text(**text, align="right", color=muted).encode(x=alt.value("width"), text="size:N"),
    ]


def segments(rows: pl.DataFrame, classes: list[str], look: Look) -> pl.DataFrame:
    """Where each class begins and ends in the bar of its group; what is unknown has no place in the bar.

    Args:
        rows: One row per group and class: `group`, `evidence` (one of `classes`), `numerator`, `total` (of the group).
        classes: Codes in the order in which they are stacked.
        look: Palette.

    Returns:
        The rows of known classes that are not empty everywhere, with `denominator` (known in the group), `start`,
        `middle` and `end` (shares of it), `order`, `class_name`, `percent`, `count`, and the colours `fill`, `on_fill`.
    """
    palette = look.palette
    fills = {one: getattr(palette, part) for one, part in FILLS.items()}
    inks = {one: palette.on_strong if one in STRONG else palette.on_weak for one in FILLS}
    known = rows.filter(~pl.col("evidence").is_in(UNKNOWN))
    return (
        known.with_columns(denominator=pl.col("numerator").sum().over("group"))
        .filter(pl.col("numerator").sum().over("evidence") > 0, pl.col("denominator") > 0)
        .with_columns(order=pl.col("evidence").replace_strict(classes, range(len(classes)), return_dtype=pl.Int8))
        .sort("group", "order")
        .with_columns(share=pl.col("numerator") / pl.col("denominator"))
        .with_columns(end=pl.col("share").cum_sum().over("group"))
        .with_columns(
            start=pl.col("end") - pl.col("share"),
            middle=pl.col("end") - pl.col("share") / 2,
            class_name=pl.col("evidence").replace_strict(EVIDENCE | PUBLISHING),
            fill=pl.col("evidence").replace_strict(fills),
            on_fill=pl.col("evidence").replace_strict(inks),
            percent=pl.col("share").map_elements(percent, pl.String),
            count=_thousands("numerator"),
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


def stacked_bars(
    table: pl.DataFrame, code: str, names: dict[str, str], classes: list[str], words: Words, look: Look
) -> alt.LayerChart:
    """One bar a group, with its name and size above, the numbers inside, and what was not observed in a strip below.

    Args:
        table: One row per group and class: the group's code, `evidence` (one of `classes`), `numerator`, `total`
            (projects of the group).
        code: The column of the codes.
        names: Names of the groups by code, in their order from the top.
        classes: Codes in the order in which they are stacked.
        words: What is written around the chart.
        look: Palette and source.
    """
    rows = in_order(table.with_columns(pl.col("numerator").fill_null(0)), code, names)
    unknown = pl.col("numerator").filter(pl.col("evidence").is_in(UNKNOWN)).sum()
    groups = rows.group_by("group_name", maintain_order=True).agg(
        pl.col("total").first(), denominator=pl.col("total").first() - unknown
    )
    parts = segments(rows, classes, look)
    y = alt.Y("group_name:N", sort=groups["group_name"].to_list(), axis=None)
    base = chart_of(parts).encode(y=y, tooltip=[_group_tooltip(), *class_tooltip()])
    layers: list[Chart] = [
        *group_names(groups, y, look),
        base.mark_bar(height=BAR_HEIGHT, yOffset=11, stroke=look.palette.paper, strokeWidth=1).encode(
            x=share_x("start:Q"), x2="end:Q", color=class_color(parts)
        ),
        inside(base, "percent:N", room=46, dy=5, fontWeight="bold"),
        inside(base, "count:N", room=62, dy=18),
        *_observed_strips(groups, y, look),
    ]
    return finish(layers, words, look, height=groups.height * ROW_HEIGHT)


def _group_tooltip() -> alt.Tooltip:
    return alt.Tooltip("group_name:N", title="Projects")


def _observed_strips(groups: pl.DataFrame, y: alt.Y, look: Look) -> list[Chart]:
    """A thin strip below each bar of which a part was not observed: how much was, and, dashed, how much was not."""
    gaps = groups.filter(pl.col("denominator") < pl.col("total") * (1 - LEAST_GAP))
    if gaps.is_empty():
        return []
    ends = {"nothing": pl.lit(0), "observed": pl.col("denominator") / pl.col("total"), "everything": pl.lit(1)}
    base = chart_of(gaps.with_columns(**ends)).encode(
        x=share_x("nothing:Q"),
        y=y,
        tooltip=[
            _group_tooltip(),
            alt.Tooltip("denominator:Q", title="Projects observed", format=","),
            alt.Tooltip("total:Q", title="Of", format=","),
        ],
    )
    strip: dict[str, Any] = {"height": STRIP_HEIGHT, "yOffset": 31}
    palette = look.palette
    missing = base.mark_bar(**strip, fill=palette.unknown, stroke=palette.muted, strokeDash=[2, 2], strokeWidth=1)
    return [
        base.mark_bar(**strip, color=palette.muted).encode(x2="observed:Q"),
        missing.encode(x=share_x("observed:Q"), x2="everything:Q"),
    ]


def _thousands(column: str) -> pl.Expr:
    """Whole numbers with separators of thousands."""
    return pl.col(column).map_elements(lambda number: f"{number:,.0f}", pl.String)


def inside(base: alt.Chart, text: str, *, room: int, **mark: Any) -> alt.Chart:
    """Text in the middle of a segment, left out where the segment is narrower than `room` pixels."""
    fits = f"(datum.end - datum.start) * width > {room}"
    inside: alt.Chart = base.mark_text(fontSize=11.5, baseline="middle", **mark).encode(
        x="middle:Q",
        text=alt.when(fits).then(alt.Text(text)).otherwise(alt.value("")),
        fill=alt.Fill("on_fill:N", scale=None),
    )
    return inside
