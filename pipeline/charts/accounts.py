"""Accounts with two-factor authentication, as published over the years."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from pipeline.charts.marks import haloed, spread
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 300
LABEL_GAP = 24


def accounts_with_two_factor(table: Table, look: Look, *, source: str) -> alt.LayerChart:
    """How many accounts had a second factor, and of how many?

    Args:
        table: One row per published figure: `date`, `users`, `qualifier` (`exactly`, `about`, `at least`),
            `is_secondary` (from the press), `users_total` and `users_total_qualifier` (of the same date, or null).
        look: Palette.
        source: Who published the figures.
    """
    rows = as_rows(table).sort("date")
    top = float(max(rows["users"], default=1)) * 1.1
    rows = rows.with_columns(
        is_right=_has_close_successor(rows["users"].to_list(), top),
        kind=pl.when("is_secondary").then(pl.lit("reported by the press")).otherwise(pl.lit("published by PyPI")),
        value=pl.struct("qualifier", "users").map_elements(lambda row: _value(*row.values()), pl.String),
        share=pl.struct("users", "users_total", "users_total_qualifier").map_elements(_share, pl.String),
    )
    sides = [_place(rows.filter("is_right"), top, down=16.0), _place(rows.filter(~pl.col("is_right")), top, down=-16.0)]
    return finish(_layers(pl.concat(sides).sort("date"), top, look), _words(source), look, height=HEIGHT)


def _has_close_successor(users: list[float], top: float) -> pl.Series:
    """Names stand on the lower right of a point that another follows closely, and on the upper left of the others."""
    following = [*users[1:], float("inf")]
    gaps = [later - now for now, later in zip(users, following, strict=True)]
    return pl.Series([place == 0 or gap < 0.15 * top for place, gap in enumerate(gaps)], dtype=pl.Boolean)


def _place(rows: pl.DataFrame, top: float, down: float) -> pl.DataFrame:
    """The height of each name on the axis, `down` pixels below its point and apart from the others."""
    wanted = [HEIGHT * (1 - users / top) + down for users in rows["users"]]
    places = spread(wanted, float(LABEL_GAP), 14.0, HEIGHT - 12.0)
    return rows.with_columns(place=pl.Series([top * (1 - place / HEIGHT) for place in places], dtype=pl.Float64))


def _layers(rows: pl.DataFrame, top: float, look: Look) -> list[Chart]:
    palette = look.palette
    x = alt.X(
        "date:T",
        title=None,
        scale=alt.Scale(type="utc", nice="year"),
        axis=alt.Axis(format="%Y", grid=False, tickCount="year"),
    )
    y_axis = alt.Axis(format="~s", tickCount=5, domain=False)
    y = alt.Y("users:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False), axis=y_axis)
    base = chart_of(rows).encode(
        x=x,
        tooltip=[
            alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"),
            alt.Tooltip("value:N", title="Accounts with 2FA"),
            alt.Tooltip("share:N", title="Share"),
            alt.Tooltip("kind:N", title="Figure"),
        ],
    )
    fill = alt.when("datum.is_secondary").then(alt.value(palette.paper)).otherwise(alt.value(palette.accent))
    layers: list[Chart] = [
        base.mark_line(color=palette.accent, strokeDash=[2, 4], strokeWidth=1.5).encode(y=y),
        base.mark_point(size=130, stroke=palette.accent, strokeWidth=2.5, opacity=1).encode(y=y, fill=fill),
    ]
    sides: dict[str, dict[str, Any]] = {
        "datum.is_right": {"align": "left", "dx": 13},
        "!datum.is_right": {"align": "right", "dx": -13},
    }
    for test, side in sides.items():
        half = base.transform_filter(test).encode(y="place:Q")
        layers += [
            *haloed(half, "value:N", look, **side, dy=-7, fontWeight="bold", fontSize=13, color=palette.ink),
            *haloed(half, "share:N", look, **side, dy=8, fontSize=11.5, color=palette.muted),
        ]
    return layers


def _words(source: str) -> Words:
    return Words(
        title="How many accounts had a second factor?",
        denominator="Number of accounts, and the share where all accounts were counted for the same date · "
        "filled: published by PyPI, hollow: reported by the press",
        description="Dots over time: the published numbers of accounts with two-factor authentication.",
        source=source,
        is_ours=False,
    )


def _value(qualifier: str, users: float) -> str:
    return f"{'' if qualifier == 'exactly' else qualifier + ' '}{users:,.0f}"


def _share(row: dict[str, float | str | None]) -> str:
    users, total = row["users"], row["users_total"]
    if not isinstance(users, float | int) or not isinstance(total, float | int):
        return ""
    return f"{users / total:.1%} of {_value(str(row['users_total_qualifier']), total)}".replace("%", " %")
