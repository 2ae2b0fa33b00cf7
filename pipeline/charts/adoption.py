"""How provenance spreads over the months: by unit, by tier, and by the age of the projects."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from pipeline.charts.labels import SHORT_TIERS, TIERS, percent
from pipeline.charts.marks import first_and_last, milestone_flags, month_axis, spread, tier_colours
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 300
COHORT_HEIGHT = 34
POOLED = 3
"""Months that a point of a tier pools."""
UNITS = {"files": "Files", "releases": "Releases", "projects": "Projects", "downloads": "Downloads"}
"""What is counted in a month."""


def attested_by_unit(table: Table, milestones: Table, look: Look) -> Chart:
    """Which share of the uploads of a month is attested, and does it depend on what is counted?

    Args:
        table: One row per month and unit (codes of `UNITS`): `month`, `unit`, `numerator`, `denominator`, `share`,
            `share_low`, `share_high` (0 to 1; the interval is null for a census and for downloads).
        milestones: `date`, `label`, `title`.
        look: Palette and source.
    """
    rows = as_rows(table).rename({"unit": "series"})
    words = Words(
        title="Which share of the uploads of a month is attested?",
        denominator="Share of the units uploaded in the month whose provenance was observed; downloads weigh projects "
        "by their downloads today; bands: 95 % intervals",
        description="A line a unit: the monthly share with provenance of files, releases, projects and downloads.",
    )
    palette = look.palette
    colours = dict(zip(UNITS, [palette.tier_1, palette.tier_2, palette.tier_3, palette.tier_4], strict=True))
    return _curves(rows, milestones, look, words, UNITS, colours)


def attested_by_tier(table: Table, milestones: Table, look: Look, *, unit: str) -> Chart:
    """Which tiers attest what they upload?

    Args:
        table: One row per month and tier: `month`, `tier`, `numerator`, `denominator`, `share`, `share_low`,
            `share_high` (0 to 1).
        milestones: `date`, `label`, `title`.
        look: Palette and source.
        unit: A code of `UNITS`.
    """
    rows = _pooled(as_rows(table).filter(pl.col("tier") != "all").rename({"tier": "series"}))
    unit_name = UNITS[unit].lower()
    counted = "projects, weighted by their downloads today," if unit == "downloads" else unit_name
    words = Words(
        title=f"Which tiers attest what they upload, in {unit_name}?",
        denominator=f"Share of the {counted} uploaded in a month and the {POOLED - 1} before it whose provenance was "
        "observed; tiers are those of the day of observation",
        description=f"A line a tier: the monthly share of {unit_name} with provenance.",
    )
    return _curves(
        rows.with_columns(share_low=None, share_high=None), milestones, look, words, TIERS, tier_colours(look.palette)
    )


def cohorts(table: Table, look: Look) -> Chart:
    """Do young projects attest sooner than old ones?

    Args:
        table: One row per cohort and month: `cohort` (name), `cohort_order`, `month`, `numerator` (projects of the
            cohort that had released with provenance by the end of the month), `denominator` (projects of the cohort
            whose provenance was observed and that existed by then), `share` (0 to 1).
        look: Palette and source.
    """
    rows = (
        as_rows(table)
        .sort("cohort_order", "month")
        .with_columns(
            next_month=pl.col("month").dt.offset_by("1mo"),
            size=pl.col("denominator").last().over("cohort_order").map_elements(lambda n: f"{n:,}", pl.String),
        )
        .with_columns(name=pl.format("{} ({})", "cohort", "size"))
    )
    names = rows["name"].unique(maintain_order=True).to_list()
    highest = max(float(rows["share"].max() or 0), 1e-9)  # type: ignore[arg-type]
    last = rows.group_by("name", maintain_order=True).last()
    last = last.with_columns(label=pl.col("share").map_elements(percent, pl.String))
    y = alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=210, domain=False, ticks=False))
    tooltip = [
        alt.Tooltip("cohort:N", title="First upload"),
        alt.Tooltip("month:T", title="By the end of", format="%Y-%m"),
        alt.Tooltip("share:Q", title="Has attested", format=".1%"),
        alt.Tooltip("numerator:Q", title="Projects", format=","),
        alt.Tooltip("denominator:Q", title="Of", format=","),
    ]
    # One colour whose opacity grows: the colours of the page are names that no scale can blend.
    opacity = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, highest], range=[0.04, 1]), legend=None)
    cells = (
        chart_of(rows)
        .mark_rect(color=look.palette.enforced)
        .encode(x=month_axis(), x2="next_month:T", y=y, opacity=opacity, tooltip=tooltip)
    )
    ends = chart_of(last).mark_text(align="left", dx=8, fontWeight="bold", color=look.palette.ink)
    words = Words(
        title="Do young projects attest sooner than old ones?",
        denominator="Share of the projects of each year of first upload, uploaded by the end of a month, that had "
        "released with provenance by then (number in the last month in brackets); the figure at the right is the last "
        "month's",
        description="A grid: years of first upload down, months across, darker where more projects have attested.",
    )
    layers: list[Chart] = [cells, ends.encode(x=alt.value("width"), y=y, text="label:N")]
    return finish(layers, words, look, height=len(names) * COHORT_HEIGHT, padding={"right": 58})


def _pooled(rows: pl.DataFrame) -> pl.DataFrame:
    """Pool each month with the ones before it: the months of one tier hold few uploads."""
    held = pl.col("numerator", "denominator").fill_null(0).rolling_sum(POOLED, min_samples=1).over("series")
    pooled = rows.sort("series", "month").with_columns(held)
    return pooled.with_columns(share=pl.col("numerator") / pl.col("denominator"))


def _curves(
    table: pl.DataFrame,
    milestones: Table,
    look: Look,
    words: Words,
    names: Mapping[str, str],
    colours: Mapping[str, str],
) -> Chart:
    """Lines over the months with their names at the right ends, and intervals behind where they are given."""
    rows = (
        table.drop_nulls("share").with_columns(series_name=pl.col("series").replace_strict(dict(names))).sort("month")
    )
    start, end = first_and_last(rows["month"])
    top = min(1.0, 1.08 * float(rows["share"].max() or 1))  # type: ignore[arg-type]
    shown = [series for series in colours if series in set(rows["series"])]
    scale = alt.Scale(domain=[names[series] for series in shown], range=[colours[series] for series in shown])
    color = alt.Color("series_name:N", scale=scale, legend=None)
    axis = alt.Axis(format="%", tickCount=5, domain=False)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    base = chart_of(rows).encode(
        x=month_axis(),
        color=color,
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%Y-%m"),
            alt.Tooltip("series_name:N", title="Of"),
            alt.Tooltip("share:Q", title="Attested", format=".1%"),
            alt.Tooltip("numerator:Q", title="Number", format=","),
            alt.Tooltip("denominator:Q", title="Of", format=","),
        ],
    )
    last = rows.group_by("series", maintain_order=True).last()
    wanted = [(1 - share / top) * HEIGHT for share in last["share"]]
    places = [top * (1 - place / HEIGHT) for place in spread(wanted, gap=15, low=6, high=HEIGHT - 4)]
    ends = last.with_columns(
        place=pl.Series(places, dtype=pl.Float64),
        short=pl.format(
            "{} {}", pl.col("series").replace(SHORT_TIERS | UNITS), pl.col("share").map_elements(percent, pl.String)
        ),
    )
    layers: list[Chart] = [
        *milestone_flags(milestones, look, start=start, end=end),
        base.mark_area(opacity=0.13).encode(
            y=alt.Y("share_low:Q", scale=alt.Scale(domain=[0, top])), y2="share_high:Q"
        ),
        base.mark_line(strokeWidth=2).encode(y=y),
        base.mark_point(size=20, filled=True, opacity=1).encode(y=y),
        chart_of(ends)
        .mark_text(align="left", dx=7, fontWeight="bold", fontSize=11.5)
        .encode(x=alt.value("width"), y=alt.Y("place:Q"), text="short:N", color=color),
    ]
    return finish(layers, words, look, height=HEIGHT)
