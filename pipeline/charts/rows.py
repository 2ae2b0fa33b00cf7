"""Rows with a name above and one mark below: dots with intervals, and bars from nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import polars as pl

from pipeline.charts.marks import haloed
from pipeline.charts.theme import NARROW, Chart, Look, Words, chart_of, finish

ROW_HEIGHT = 54
"""Pixels of one row: its name, and its mark below."""
OFFSET = 5
"""Pixels from the middle of a row down to its mark."""


WIDE = 0.5
"""An interval over more of the axis than this leaves no room for words beside it."""
ROOM = 0.7
"""Where the mark ends before this part of the axis, there is room for words on its right."""
_LEFT = {"align": "right", "dx": -12}


@dataclass(frozen=True)
class Axis:
    """The horizontal axis of dots."""

    domain: tuple[float, float] = (0, 1)
    kind: Literal["linear", "log"] = "linear"
    format: str = "%"
    reference: float | None = None
    """Where a line stands that means "nothing"."""
    title: str | None = None

    def share(self, column: str) -> pl.Expr:
        """How far along the axis a value lies, from 0 to 1."""
        first, last = self.domain
        if self.kind == "log":
            return (pl.col(column) / first).log() / math.log(last / first)
        return (pl.col(column) - first) / (last - first)

    def x(self, field: str) -> alt.X:
        """The encoding of a column."""
        scale = alt.Scale(domain=self.domain, nice=False, type=self.kind)
        axis = alt.Axis(format=self.format, tickCount=5, grid=False, domain=False, ticks=False)
        return alt.X(f"{field}:Q", title=self.title, scale=scale, axis=axis)


def dot_rows(table: pl.DataFrame, words: Words, look: Look, axis: Axis, tooltip: Sequence[alt.Tooltip]) -> Chart:
    """A dot for each row on a line of its own, with its interval where there is one, and its figures beside it.

    Args:
        table: One row per dot, from the top down: `name`, `value`, `low` and `high` (in the unit of the axis; null
            where there is none), `label` (what is written beside it), and optionally `weak_value` (a second, hollow
            dot), `size` (what is written at the right end of the line of the name).
        words: What is written around the chart.
        look: Palette and source.
        axis: Extent and format of the horizontal axis.
        tooltip: Columns to show.
    """
    first, last = axis.domain
    rows = table.with_columns(
        low_end=pl.coalesce("low", "value").clip(first, last),
        high_end=pl.coalesce("high", "value").clip(first, last),
    )
    ends = ["high_end", "weak_value"] if "weak_value" in rows.columns else ["high_end"]
    rows = rows.with_columns(last_mark=pl.max_horizontal(ends))
    rows = rows.with_columns(
        label_side=pl.when(axis.share("last_mark") - axis.share("low_end") > WIDE)
        .then(pl.lit("above"))
        .when(axis.share("last_mark") <= ROOM)
        .then(pl.lit("right"))
        .otherwise(pl.lit("left"))
    )
    palette = look.palette
    base = chart_of(rows).encode(y=_y(rows), tooltip=list(tooltip))
    line: dict[str, Any] = {"yOffset": OFFSET}
    layers: list[Chart] = [*_names(rows, look)]
    layers.append(
        base.mark_rule(**line, strokeWidth=2, color=palette.rule).encode(x=alt.value(0), x2=alt.value("width"))
    )
    if axis.reference is not None:
        layers.append(_reference(axis, look))
    known = base.transform_filter("isValid(datum.value)")
    layers += [
        known.mark_rule(**line, strokeWidth=6, strokeCap="round", color=palette.announced).encode(
            x=axis.x("low_end"), x2="high_end:Q"
        ),
    ]
    if "weak_value" in rows.columns:
        weak = base.transform_filter("isValid(datum.weak_value)")
        hollow = weak.mark_point(
            **line, size=150, fill=palette.paper, stroke=palette.enforced, strokeWidth=2, opacity=1
        )
        layers.append(hollow.encode(x=axis.x("weak_value")))
    # The filled dot is the smaller one and lies above, so that both show where they are the same.
    dot = known.mark_point(**line, size=100, filled=True, color=palette.enforced, opacity=1)
    layers.append(dot.encode(x=axis.x("value")))
    wide = base.transform_calculate(beside=f"{NARROW} ? '' : datum.label")
    for place, field, side in (("right", "last_mark", {"align": "left", "dx": 12}), ("left", "low_end", _LEFT)):
        beside = wide.transform_filter(f"isValid(datum.value) && datum.label_side === '{place}'")
        layers += haloed(beside.encode(x=axis.x(field)), "beside:N", look, **side, dy=OFFSET, baseline="middle")
    above = wide.transform_filter("isValid(datum.value) && datum.label_side === 'above'").encode(x=alt.value("width"))
    words_above = above.mark_text(align="right", baseline="bottom", dy=-5, fontSize=13, color=palette.muted)
    layers.append(words_above.encode(text="beside:N"))
    gaps = wide.transform_filter("!isValid(datum.value)").encode(x=alt.value(0))
    layers += haloed(gaps, "beside:N", look, align="left", dy=OFFSET, baseline="middle", color=palette.muted)
    layers.append(_below(base, look))
    return finish(layers, words, look, height=rows.height * ROW_HEIGHT)


def bar_rows(table: pl.DataFrame, words: Words, look: Look, tooltip: Sequence[alt.Tooltip], top: float) -> Chart:
    """A bar for each row, from nothing to its value, with its name above and its figures at its end.

    Args:
        table: One row per bar, from the top down: `name`, `value`, `label`, and optionally `rest` (the end of what was
            not observed, drawn dashed behind).
        words: What is written around the chart.
        look: Palette and source.
        tooltip: Columns to show.
        top: The value at which a bar fills the width.
    """
    palette = look.palette
    scale = alt.Scale(domain=[0, top], nice=False)
    bar: dict[str, Any] = {"height": 12, "yOffset": OFFSET}
    rows = table.with_columns(zero=pl.lit(0))
    base = chart_of(rows).encode(y=_y(rows), tooltip=list(tooltip))
    layers: list[Chart] = [*_names(rows.with_columns(size=pl.col("label")), look), _below(base, look)]
    if "rest" in rows.columns:
        missing = base.transform_filter("datum.rest > datum.value").mark_bar(
            **bar, fill=palette.paper, stroke=palette.muted, strokeDash=[2, 3], strokeWidth=1
        )
        layers.append(missing.encode(x=alt.X("value:Q", scale=scale, axis=None), x2="rest:Q"))
    else:
        line = base.mark_rule(yOffset=OFFSET, strokeWidth=2, color=palette.rule)
        layers.append(line.encode(x=alt.value(0), x2=alt.value("width")))
    layers.append(
        base.mark_bar(**bar, color=palette.enforced, cornerRadiusEnd=2).encode(
            x=alt.X("zero:Q", scale=scale, axis=None), x2="value:Q"
        )
    )
    return finish(layers, words, look, height=rows.height * ROW_HEIGHT)


def _y(rows: pl.DataFrame) -> alt.Y:
    return alt.Y("name:N", sort=rows["name"].to_list(), axis=None)


def _names(rows: pl.DataFrame, look: Look) -> list[Chart]:
    """The name of each row on the left above its mark; what belongs to it on the right, where it is given."""
    base = chart_of(rows).encode(y=_y(rows))
    text: dict[str, Any] = {"baseline": "bottom", "dy": -5, "fontSize": 13, "limit": 420}
    ink, muted = look.palette.ink, look.palette.muted
    layers = [base.mark_text(**text, align="left", fontWeight="bold", color=ink).encode(x=alt.value(0), text="name:N")]
    if "size" in rows.columns:
        wide = base.transform_calculate(wide=f"{NARROW} ? '' : datum.size")
        right = wide.mark_text(**text, align="right", color=muted)
        layers.append(right.encode(x=alt.value("width"), text="wide:N"))
    return layers


def _below(base: alt.Chart, look: Look) -> Chart:
    """The figures of each row below its mark, where there is no room beside it."""
    narrow = base.transform_calculate(below=f"{NARROW} ? datum.label : ''")
    text = narrow.mark_text(align="left", baseline="middle", dy=OFFSET + 14, fontSize=11.5, color=look.palette.muted)
    below: alt.Chart = text.encode(x=alt.value(0), text="below:N")
    return below


def _reference(axis: Axis, look: Look) -> Chart:
    once = chart_of(pl.DataFrame({"reference": [axis.reference]}))
    rule: alt.Chart = once.mark_rule(color=look.palette.muted, strokeDash=[3, 3]).encode(x=axis.x("reference"))
    return rule
