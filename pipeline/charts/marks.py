"""What several charts share: axes, colours of tiers, flags of milestones above the drawing, names at ends of lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from pipeline.charts.labels import TIERS
from pipeline.charts.theme import Chart, Look, Palette, Table, as_rows, chart_of

FLAG_HEIGHT = 17
"""Pixels that one milestone takes above the drawing."""


def tier_colours(palette: Palette) -> dict[str, str]:
    """The colour of each tier by its code; the whole index has none."""
    colours = [palette.tier_1, palette.tier_2, palette.tier_3, palette.tier_4, palette.tier_5]
    return dict(zip((tier for tier in TIERS if tier != "all"), colours, strict=True))


def month_axis() -> alt.X:
    """A time axis over the months of the data; dates are UTC, so that no time zone of a reader moves a month."""
    expression = "utcFormat(datum.value, utcmonth(datum.value) == 0 ? '%Y' : datum.index == 0 ? '%b %Y' : '%b')"
    scale = alt.Scale(type="utc", nice=False)
    axis = alt.Axis(labelExpr=expression, grid=False, tickCount=alt.ExprRef("width < 480 ? 5 : 9"), labelFlush=True)
    return alt.X("month:T", title=None, scale=scale, axis=axis)


def share_x(field: str) -> alt.X:
    """A horizontal axis from nothing to all, without a grid."""
    axis = alt.Axis(format="%", tickCount=5, grid=False, domain=False, ticks=False)
    return alt.X(field, title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def share_y(field: str) -> alt.Y:
    """A vertical axis from nothing to all."""
    axis = alt.Axis(format="%", tickCount=5, domain=False)
    return alt.Y(field, title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)


def first_and_last(months: pl.Series) -> tuple[date, date]:
    """The ends of a column of dates that holds at least one."""
    days: list[date] = months.drop_nulls().to_list()
    return min(days), max(days)


def milestone_flags(table: Table, look: Look, *, start: date, end: date) -> list[Chart]:
    """Vertical lines at dated changes, each with its words on a level of its own above the drawing.

    Words run towards the middle of the drawing, and lines end at their words, so that no line crosses another's.

    Args:
        table: One row per milestone: `date`, `label` (short), `title` (for the tooltip).
        look: Palette.
        start: Left end of the time axis.
        end: Right end of the time axis; milestones outside are left out.
    """
    rows = as_rows(table).filter(pl.col("date").is_between(start, end)).sort("date")
    middle = start + (end - start) / 2
    to_left = rows.filter(pl.col("date") >= middle)
    to_right = rows.filter(pl.col("date") < middle).reverse()
    rules: list[Chart] = []
    words: list[Chart] = []
    for level, row in enumerate([*to_left.iter_rows(named=True), *to_right.iter_rows(named=True)]):
        height = -(level + 1) * FLAG_HEIGHT - 5
        side: dict[str, Any] = {"align": "right", "dx": -5} if row["date"] >= middle else {"align": "left", "dx": 5}
        base = chart_of(pl.DataFrame([row])).encode(
            x=alt.X("date:T", scale=alt.Scale(type="utc")),
            tooltip=[alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"), alt.Tooltip("title:N", title="Change")],
        )
        at_height = base.encode(y=alt.value(height))
        rules.append(at_height.mark_rule(color=look.palette.muted, strokeDash=[3, 3]).encode(y2=alt.value("height")))
        words += haloed(at_height, "label:N", look, **side, baseline="top", fontSize=11, color=look.palette.muted)
    return [*rules, *words]


def haloed(base: alt.Chart, text: str, look: Look, **mark: Any) -> list[Chart]:
    """Text on a halo of paper, for where it crosses a line; `mark` are properties of the text mark."""
    paper = look.palette.paper
    halo = mark | {"stroke": paper, "strokeWidth": 5, "strokeJoin": "round", "color": paper}
    return [base.mark_text(**halo).encode(text=text), base.mark_text(**mark).encode(text=text)]


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart to at least `gap`, as little as a sweep from each end allows, inside `low` to `high`.

    Args:
        positions: In pixels, in any order.
        gap: Least distance of neighbours, in pixels.
        low: Least position.
        high: Greatest position.

    Returns:
        The moved positions, in the order given.
    """
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    moved = [float(position) for position in positions]
    floor = low
    for place in order:
        moved[place] = max(moved[place], floor)
        floor = moved[place] + gap
    ceiling = high
    for place in reversed(order):
        moved[place] = min(moved[place], ceiling)
        ceiling = moved[place] - gap
    return moved
