"""What the mandates changed: who came back, and whether activity broke at the dates."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.marks import first_and_last, milestone_flags, month_axis
from pipeline.charts.rows import Axis, dot_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 260
LEAST_REACH = 0.005


def uploads_by_month(table: Table, milestones: Table, look: Look) -> Chart:
    """How many projects were uploaded to in each month?

    Args:
        table: One row per month: `month` (first day), `projects` (with an upload in it).
        milestones: `date`, `label`, `title`.
        look: Palette and source.
    """
    rows = as_rows(table).sort("month")
    start, end = first_and_last(rows["month"])
    base = chart_of(rows).encode(
        x=month_axis(),
        y=alt.Y("projects:Q", title=None, axis=alt.Axis(format="~s", tickCount=5, domain=False)),
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%Y-%m"),
            alt.Tooltip("projects:Q", title="Projects with an upload", format=","),
        ],
    )
    palette = look.palette
    layers: list[Chart] = [
        *milestone_flags(milestones, look, start=start, end=end),
        base.mark_line(color=palette.accent, strokeWidth=2),
        base.mark_point(size=22, color=palette.accent, filled=True, opacity=1),
    ]
    words = Words(
        title="How many projects were uploaded to in each month?",
        denominator="Number of projects with at least one upload in the month, of those whose files were observed",
        description="A line of the number of projects with an upload in each month.",
    )
    return finish(layers, words, look, height=HEIGHT)


def series_changes(table: Table, look: Look, *, title: str, denominator: str, source: str = "") -> Chart:
    """Did a series break at a date?

    Args:
        table: Rows of the mart `estimates`: `name` (ends in `_level_change` or `_slope_change`), `term` (the date),
            `estimate`, `low`, `high` (shares, or shares per month).
        look: Palette and source.
        title: The question.
        denominator: Of what the series is a share, and how it was fitted.
        source: Who published the series, where it is not ours.
    """
    rows = (
        as_rows(table)
        .drop_nulls("estimate")
        .sort("term", "name")
        .with_columns(
            name=pl.when(pl.col("name").str.ends_with("level_change"))
            .then(pl.format("{}: jump in that month", "term"))
            .otherwise(pl.format("{}: change of the slope, per month", "term")),
            # In percentage points, which are no percent of anything.
            value=100 * pl.col("estimate"),
            low=100 * pl.col("low"),
            high=100 * pl.col("high"),
        )
        .with_columns(label=pl.struct("value", "low", "high").map_elements(_points, pl.String))
    )
    reach = 1.25 * max([100 * LEAST_REACH, *(abs(end) for end in [*rows["low"], *rows["high"]] if end is not None)])
    axis = Axis((-reach, reach), format="+.1f", reference=0, title="change in percentage points (dashed: none)")
    tooltip = [alt.Tooltip("name:N", title="Change"), alt.Tooltip("label:N", title="Percentage points")]
    words = Words(
        title=title,
        denominator=denominator,
        description="A dot with an interval for each change; nothing is at 0.",
        source=source,
        is_ours=not source,
    )
    return dot_rows(rows, words, look, axis, tooltip)


def returns(table: Table, look: Look, *, within_days: int, dormant_days: int) -> Chart:
    """Did dormant projects come back after the mandate more often than they did a year before?

    Args:
        table: One row per date: `date`, `share`, `low`, `high`, `n` (dormant projects on that date), `kind` (`after` a
            mandate or `placebo`, the same day of the year before).
        look: Palette and source.
        within_days: Days after the date in which an upload counts as a return.
        dormant_days: Days without an upload that make a project dormant.
    """
    names = {"after": "After", "placebo": "A year before: after"}
    rows = as_rows(table).with_columns(
        name=pl.format("{} {}", pl.col("kind").replace_strict(names), "date"),
        value=pl.col("share"),
        label=pl.struct("share", "low", "high", "n").map_elements(
            lambda row: f"{percent(row['share'])} of {row['n']:,} ({percent(row['low'])} to {percent(row['high'])})",
            pl.String,
        ),
    )
    reach = 1.6 * max([LEAST_REACH, *rows["high"].drop_nulls()])
    tooltip = [alt.Tooltip("name:N", title="Date"), alt.Tooltip("label:N", title="Came back")]
    words = Words(
        title="Did dormant projects come back after the mandate?",
        denominator=f"Share of the projects without an upload for {dormant_days:,} days that uploaded again within "
        f"{within_days:,} days; lines: 95 % intervals, clustered by owner; the year before is the comparison",
        description="A dot with an interval for each date and for the same day of the year before.",
    )
    return dot_rows(rows, words, look, Axis((0, min(1.0, reach)), format=".1%"), tooltip)


def _points(row: dict[str, float | None]) -> str:
    interval = f" ({row['low']:+.2f} pp to {row['high']:+.2f} pp)" if row["low"] is not None else ""
    return f"{row['value']:+.2f} pp{interval}"
