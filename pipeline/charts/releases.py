"""When projects last released, by tier: what a cut date at any month would show, and the months themselves."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import EVIDENCE, SHORT_TIERS, TIERS
from pipeline.charts.marks import first_and_last, milestone_flags, month_axis, share_y, spread, tier_colours
from pipeline.charts.theme import NARROW, Chart, Look, Table, Words, as_rows, chart_of, finish

CURVE_HEIGHT = 340
MONTHS_HEIGHT = 260


def released_after(table: Table, milestones: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier has released since a given month?

    The height of a curve at a cut date is the share with evidence under that date.

    Args:
        table: One row per tier and month: `tier`, `month` (first day), `share` of the tier's projects whose newest
            release is of a later month (0 to 1).
        milestones: `date`, `label`, `title`.
        look: Palette and source.
    """
    rows = as_rows(table).filter(pl.col("tier") != "all").with_columns(tier_name=pl.col("tier").replace_strict(TIERS))
    start, end = first_and_last(rows["month"])
    colours = tier_colours(look.palette)
    names = {tier: TIERS[tier] for tier in colours if tier in set(rows["tier"])}
    scale = alt.Scale(domain=list(names.values()), range=[colours[tier] for tier in names])
    color = alt.Color("tier_name:N", legend=None, scale=scale)
    lines = chart_of(rows).mark_line().encode(x=month_axis(), y=share_y("share:Q"), color=color)
    layers: list[Chart] = [
        *milestone_flags(milestones, look, start=start, end=end),
        lines,
        _pointer(rows, list(names.values()), look),
        _line_ends(rows, color),
    ]
    words = Words(
        title="Which share has released since a given month?",
        denominator="Of the projects of each tier whose newest release is dated, the share with one after the month",
        description="A falling curve for each tier: the share of its projects that released after each month.",
    )
    return finish(layers, words, look, height=CURVE_HEIGHT)


def release_months(table: Table, milestones: Table, look: Look) -> alt.LayerChart:
    """In which month did projects last release, and what does that month show?

    Args:
        table: One row per tier, month and class: `tier`, `month` (first day), `evidence` (codes of `EVIDENCE`),
            `numerator` (projects). A list lets the reader choose the tier.
        milestones: `date`, `label`, `title`.
        look: Palette and source.
    """
    rows = (
        as_rows(table)
        .with_columns(
            tier_name=pl.col("tier").replace_strict(TIERS),
            class_name=pl.col("evidence").replace_strict(EVIDENCE),
            order=pl.col("evidence").replace_strict(list(EVIDENCE), range(len(EVIDENCE)), return_dtype=pl.Int8),
            month_end=pl.col("month").dt.offset_by("1mo"),
        )
        .sort("order")
        .with_columns(top=pl.col("numerator").cum_sum().over("tier", "month"))
    )
    start, end = first_and_last(pl.concat([rows["month"], rows["month_end"]]))
    words = Words(
        title="In which month did projects last release?",
        denominator=f"Number of projects by the month of their newest release, from {start.year} on",
        description="A column for each month, coloured by what a newest release of that month shows.",
    )
    layers = [*milestone_flags(milestones, look, start=start, end=end), _columns(rows, look)]
    return finish(layers, words, look, height=MONTHS_HEIGHT)


def _pointer(rows: pl.DataFrame, names: list[str], look: Look) -> Chart:
    """A line that follows the pointer, with the shares of all tiers in that month."""
    nearest = alt.selection_point(nearest=True, on="pointerover", fields=["month"], empty=False, clear="pointerout")
    shares = [alt.Tooltip(f"{name}:Q", format=".1%") for name in names]
    pointer: alt.Chart = (
        chart_of(rows)
        .transform_pivot("tier_name", value="share", groupby=["month"])
        .mark_rule(color=look.palette.ink)
        .encode(
            x=month_axis(),
            opacity=alt.when(nearest).then(alt.value(0.5)).otherwise(alt.value(0)),
            tooltip=[alt.Tooltip("month:T", title="Released after", format="%Y-%m"), *shares],
        )
        .add_params(nearest)
    )
    return pointer


def _line_ends(rows: pl.DataFrame, color: alt.Color) -> Chart:
    """Names on the right of the last month, moved apart where lines end close to each other."""
    last = rows.filter(pl.col("month") == pl.col("month").max())
    wanted = [(1 - share) * CURVE_HEIGHT for share in last["share"]]
    places = [1 - place / CURVE_HEIGHT for place in spread(wanted, gap=15, low=6, high=CURVE_HEIGHT - 4)]
    placed = last.with_columns(
        short_name=pl.col("tier").replace_strict(SHORT_TIERS), place=pl.Series(places, dtype=pl.Float64)
    )
    names: alt.Chart = chart_of(placed).mark_text(align="left", dx=6, fontWeight="bold", fontSize=11.5)
    return names.encode(x=alt.value("width"), y="place:Q", text="short_name:N", color=color)


def _columns(rows: pl.DataFrame, look: Look) -> Chart:
    """A column a month for the tier that the reader chose, divided by classes of evidence."""
    palette = look.palette
    fills = {
        "trusted_publisher": palette.trusted,
        "enforced": palette.enforced,
        "announced": palette.announced,
        "none": palette.none,
        "unknown": palette.unknown,
    }
    shown = [one for one in fills if one in set(rows["evidence"])]
    names = [name for tier, name in TIERS.items() if tier in set(rows["tier"])]
    chosen = alt.param(value=names[0], bind=alt.binding_select(options=names, name="Tier "), name="tier")
    color = alt.Color(
        "class_name:N",
        scale=alt.Scale(domain=[EVIDENCE[one] for one in shown], range=[fills[one] for one in shown]),
        legend=alt.Legend(orient="bottom", offset=8, columns=alt.ExprRef(f"{NARROW} ? 2 : {len(shown)}")),
    )
    columns: alt.Chart = (
        chart_of(rows)
        .transform_filter("datum.tier_name == tier")
        .transform_calculate(bottom="datum.top - datum.numerator")
        .mark_rect(stroke=palette.paper, strokeWidth=0.5)
        .encode(
            x=month_axis(),
            x2="month_end:T",
            y=alt.Y("top:Q", title=None, axis=alt.Axis(format="~s", tickCount=5, domain=False)),
            y2="bottom:Q",
            color=color,
            tooltip=[
                alt.Tooltip("month:T", title="Month", format="%Y-%m"),
                alt.Tooltip("tier_name:N", title="Tier"),
                alt.Tooltip("class_name:N", title="Evidence"),
                alt.Tooltip("numerator:Q", title="Projects", format=","),
            ],
        )
        .add_params(chosen)
    )
    return columns
