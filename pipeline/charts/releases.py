"""When projects last released, by tier: what a cut date at any month would show, and the months themselves."""

from __future__ import annotations

from datetime import date

import altair as alt
import polars as pl

from pipeline.charts.labels import EVIDENCE, SHORT_TIERS, TIERS
from pipeline.charts.marks import milestone_flags, month_axis, spread
from pipeline.charts.theme import NARROW, Chart, Look, Table, Words, as_rows, finish

CURVE_HEIGHT = 340
MONTHS_HEIGHT = 260


def released_after(table: Table, milestones: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier has released since a given month?

    The height of a curve at a cut date is the share with evidence under that date.

    Args:
        table: One row per tier and month: `tier`, `month` (first day), `share` of the tier's projects whose newest release
            is of a later month (0 to 1), `numerator`, `denominator` (projects).
        milestones: `date`, `label`, `title`.
        look: Palette and source.
    """
    codes = [tier for tier in TIERS if tier != "all"]
    rows = as_rows(table).filter(pl.col("tier").is_in(codes)).with_columns(tier_name=pl.col("tier").replace_strict(TIERS))
    start, end = _ends(rows)
    palette = look.palette
    shown = [tier for tier in codes if tier in set(rows["tier"])]
    colours = [palette.tier_1, palette.tier_2, palette.tier_3, palette.tier_4, palette.tier_5]
    names = [TIERS[tier] for tier in shown]
    color = alt.Color(
        "tier_name:N", legend=None, scale=alt.Scale(domain=names, range=[colours[codes.index(tier)] for tier in shown])
    )
    x = month_axis()
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5, domain=False))
    lines = alt.Chart(rows).mark_line().encode(x=x, y=y, color=color)
    layers: list[Chart] = [
        *milestone_flags(milestones, look, start=start, end=end),
        lines,
        *_pointer(rows, names, x, look),
        _line_ends(rows, color),
    ]
    words = Words(
        title="Which share has released since a given month?",
        denominator="Share of the projects of each tier whose newest release is of a later month",
        description="A falling curve for each tier: the more downloaded, the later it falls.",
    )
    return finish(layers, words, look, height=CURVE_HEIGHT)


def release_months(table: Table, milestones: Table, look: Look, *, earlier: str = "") -> alt.LayerChart:
    """In which month did projects last release, and what does that month show?

    Args:
        table: One row per tier, month and class: `tier`, `month` (first day), `evidence` (codes of `EVIDENCE`),
            `numerator` (projects). A list lets the reader choose the tier.
        milestones: `date`, `label`, `title`.
        look: Palette and source.
        earlier: What the months left out before the first amount to.
    """
    rows = as_rows(table).with_columns(
        tier_name=pl.col("tier").replace_strict(TIERS),
        class_name=pl.col("evidence").replace_strict(EVIDENCE),
        class_order=pl.col("evidence").replace_strict(list(EVIDENCE), list(range(len(EVIDENCE)))),
        month_end=pl.col("month").dt.offset_by("1mo"),
    )
    rows = rows.sort("class_order").with_columns(top=pl.col("numerator").cum_sum().over("tier", "month"))
    start, end = rows["month"].min(), rows["month_end"].max()
    assert isinstance(start, date) and isinstance(end, date)  # noqa: S101, PT018 - what polars calls the type of a minimum
    palette = look.palette
    fills = {
        "trusted_publisher": palette.trusted,
        "enforced": palette.enforced,
        "announced": palette.announced,
        "none": palette.none,
    }
    shown = [one for one in fills if one in set(rows["evidence"])]
    names = [name for tier, name in TIERS.items() if tier in set(rows["tier"])]
    chosen = alt.param(value=names[0], bind=alt.binding_select(options=names, name="Tier "), name="tier")
    bars = (
        alt.Chart(rows)
        .transform_filter("datum.tier_name == tier")
        .transform_calculate(bottom="datum.top - datum.numerator")
        .mark_rect(stroke=palette.paper, strokeWidth=0.5)
        .encode(
            x=month_axis(),
            x2="month_end:T",
            y=alt.Y("top:Q", title=None, axis=alt.Axis(format="~s", tickCount=5, domain=False)),
            y2="bottom:Q",
            color=alt.Color(
                "class_name:N",
                scale=alt.Scale(domain=[EVIDENCE[one] for one in shown], range=[fills[one] for one in shown]),
                legend=alt.Legend(orient="bottom", offset=8, columns=alt.ExprRef(f"{NARROW} ? 2 : {len(shown)}")),
            ),
            tooltip=[
                alt.Tooltip("month:T", title="Month", format="%Y-%m"),
                alt.Tooltip("tier_name:N", title="Tier"),
                alt.Tooltip("class_name:N", title="Evidence"),
                alt.Tooltip("numerator:Q", title="Projects", format=","),
            ],
        )
        .add_params(chosen)
    )
    words = Words(
        title="In which month did projects last release?",
        denominator=" · ".join(["Number of projects by the month of their newest release", *([earlier] if earlier else [])]),
        description="A column for each month, coloured by what a newest release of that month shows.",
    )
    layers = [*milestone_flags(milestones, look, start=start, end=end), bars]
    return finish(layers, words, look, height=MONTHS_HEIGHT)


def _ends(rows: pl.DataFrame) -> tuple[date, date]:
    start, end = rows["month"].min(), rows["month"].max()
    assert isinstance(start, date) and isinstance(end, date)  # noqa: S101, PT018 - what polars calls the type of a minimum
    return start, end


def _pointer(rows: pl.DataFrame, names: list[str], x: alt.X, look: Look) -> list[Chart]:
    """A line that follows the pointer, with the shares of all tiers in that month."""
    nearest = alt.selection_point(nearest=True, on="pointerover", fields=["month"], empty=False, clear="pointerout")
    pivot = alt.Chart(rows).transform_pivot("tier_name", value="share", groupby=["month"])
    tooltip = [
        alt.Tooltip("month:T", title="Released after", format="%Y-%m"),
        *[alt.Tooltip(f"{name}:Q", format=".1%") for name in names],
    ]
    return [
        pivot.mark_rule(color=look.palette.ink)
        .encode(x=x, opacity=alt.when(nearest).then(alt.value(0.5)).otherwise(alt.value(0)), tooltip=tooltip)
        .add_params(nearest)
    ]


def _line_ends(rows: pl.DataFrame, color: alt.Color) -> Chart:
    """Names on the right of the last month, moved apart where lines end close to each other."""
    last = rows.filter(pl.col("month") == pl.col("month").max())
    wanted = [(1 - share) * CURVE_HEIGHT for share in last["share"]]
    placed = last.with_columns(short_name=pl.col("tier").replace_strict(SHORT_TIERS)).with_columns(place=pl.Series(spread(wanted, 15.0, 6.0, CURVE_HEIGHT - 4.0)) / CURVE_HEIGHT)
    return (
        alt.Chart(placed.with_columns(place=1 - pl.col("place")))
        .mark_text(align="left", dx=6, fontWeight="bold", fontSize=11.5)
        .encode(x=alt.value("width"), y=alt.Y("place:Q"), text="short_name:N", color=color)
    )
