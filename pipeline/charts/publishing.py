"""Trusted Publishing as others published it: the official monthly share, and a count of attested projects."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.marks import first_and_last, haloed, milestone_flags, month_axis, share_x
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

SHARE_HEIGHT = 280
BAND_HEIGHT = 54


def publisher_share_by_month(table: Table, milestones: Table, look: Look, *, source: str) -> alt.LayerChart:
    """Which share of the files uploaded in a month came from Trusted Publishers?

    Args:
        table: One row per month: `month` (first day), `share`, `share_low`, `share_high` (0 to 1; the ends of the
            reading error), `files` (uploaded in the month).
        milestones: `date`, `label`, `title`.
        look: Palette.
        source: Who published the figures.
    """
    rows = as_rows(table).sort("month")
    start, end = first_and_last(rows["month"])
    palette = look.palette
    axis = alt.Axis(format="%", tickCount=5, domain=False)
    base = chart_of(rows).encode(
        x=month_axis(),
        y=alt.Y("share:Q", title=None, scale=alt.Scale(domainMin=0), axis=axis),
        tooltip=[
            alt.Tooltip("month:T", title="Month", format="%Y-%m"),
            alt.Tooltip("share:Q", title="From Trusted Publishers", format=".1%"),
            alt.Tooltip("share_low:Q", title="At least, by reading error", format=".2%"),
            alt.Tooltip("share_high:Q", title="At most, by reading error", format=".2%"),
            alt.Tooltip("files:Q", title="Files uploaded", format=","),
        ],
    )
    ends = chart_of(pl.concat([rows.head(1), rows.tail(1)])).encode(
        x=month_axis(), y="share:Q", text=alt.Text("share:Q", format=".1%")
    )
    layers: list[Chart] = [
        *milestone_flags(milestones, look, start=start, end=end),
        base.mark_line(color=palette.accent, strokeWidth=2),
        base.mark_rule(color=palette.accent, strokeWidth=2).encode(y="share_low:Q", y2="share_high:Q"),
        base.mark_tick(color=palette.accent, orient="horizontal", width=8).encode(y="share_low:Q"),
        base.mark_tick(color=palette.accent, orient="horizontal", width=8).encode(y="share_high:Q"),
        base.mark_point(size=26, color=palette.accent, filled=True, opacity=1),
        ends.mark_text(dy=-14, fontWeight="bold", fontSize=13, color=palette.ink),
    ]
    words = Words(
        title="Which share of uploaded files comes from Trusted Publishers?",
        denominator="Share of all files uploaded in the month; bars are the error of reading the published chart",
        description="A line of the monthly share of files from Trusted Publishers, with error bars.",
        source=source,
        is_ours=False,
    )
    return finish(layers, words, look, height=SHARE_HEIGHT)


def attested_by_rank_band(table: Table, look: Look, *, source: str) -> alt.LayerChart:
    """Which share of the most downloaded projects attests its newest version, by rank?

    Args:
        table: One row per band: `band_first_rank`, `band_last_rank`, `projects`, `attested_projects`, `share`,
            `share_low`, `share_high` (0 to 1; 95 % Wilson interval).
        look: Palette.
        source: Who published the count.
    """
    rows = (
        as_rows(table)
        .sort("band_first_rank")
        .with_columns(
            band=pl.format("Ranks {} to {}", "band_first_rank", "band_last_rank"),
            size=pl.format("{} projects", "projects"),
            label=pl.format("{} of {}", "attested_projects", "projects"),
        )
    )
    palette = look.palette
    y = alt.Y("band:N", sort=rows["band"].to_list(), axis=None)
    base = chart_of(rows).encode(
        y=y,
        tooltip=[
            alt.Tooltip("band:N", title="By downloads"),
            alt.Tooltip("label:N", title="Attested"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("share_low:Q", title="95 % interval, from", format=".1%"),
            alt.Tooltip("share_high:Q", title="95 % interval, to", format=".1%"),
        ],
    )
    layers: list[Chart] = [
        base.mark_text(align="left", dy=-12, fontSize=13, fontWeight="bold", color=palette.ink).encode(
            x=alt.value(0), text="band:N"
        ),
        base.mark_rule(strokeWidth=2, color=palette.rule, yOffset=10).encode(x=alt.value(0), x2=alt.value("width")),
        base.mark_rule(strokeWidth=6, strokeCap="round", color=palette.announced, yOffset=10).encode(
            x="share_low:Q", x2="share_high:Q"
        ),
        base.mark_point(
            size=120, yOffset=10, fill=palette.paper, stroke=palette.accent, strokeWidth=2.5, opacity=1
        ).encode(x=share_x("share:Q")),
        *haloed(base.encode(x="share_high:Q"), "label:N", look, align="left", dx=11, dy=10),
    ]
    words = Words(
        title="Which share of the most downloaded projects attests its newest version?",
        denominator="A published count, not ours · share of the projects of each band, with 95 % Wilson intervals",
        description="A hollow dot with an interval for each band of ranks: the share of projects with attestations.",
        source=source,
        is_ours=False,
    )
    return finish(layers, words, look, height=rows.height * BAND_HEIGHT)
