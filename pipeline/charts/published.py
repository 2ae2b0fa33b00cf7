"""Our monthly share beside the one that the index published."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.marks import first_and_last, haloed, milestone_flags, month_axis
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 290


def ours_beside_published(ours: Table, published: Table, milestones: Table, look: Look, *, publisher: str) -> Chart:
    """How does our share of attested files compare with the published share of files from Trusted Publishers?

    Args:
        ours: One row per month: `month`, `share`, `share_low`, `share_high` (0 to 1, the interval may be null),
            `numerator`, `denominator` (files).
        published: One row per month: `month`, `share`, `share_low`, `share_high` (ends of the reading error).
        milestones: `date`, `label`, `title`.
        look: Palette and source of ours.
        publisher: Who published the other series.
    """
    mine, theirs = as_rows(ours).drop_nulls("share").sort("month"), as_rows(published).sort("month")
    start, end = first_and_last(pl.concat([mine["month"], theirs["month"]]))
    palette = look.palette
    axis = alt.Axis(format="%", tickCount=5, domain=False)
    layers: list[Chart] = [*milestone_flags(milestones, look, start=start, end=end)]
    for rows, name, color, side in (
        (theirs, "published: by a publisher", palette.muted, "bottom"),
        (mine, "ours: attested", palette.accent, "top"),
    ):
        base = chart_of(rows).encode(
            x=month_axis(),
            y=alt.Y("share:Q", title=None, scale=alt.Scale(domainMin=0), axis=axis),
            tooltip=[
                alt.Tooltip("month:T", title="Month", format="%Y-%m"),
                alt.Tooltip("share:Q", title=name, format=".1%"),
                alt.Tooltip("share_low:Q", title="From", format=".1%"),
                alt.Tooltip("share_high:Q", title="To", format=".1%"),
            ],
        )
        band = base.transform_filter("isValid(datum.share_low)").mark_area(color=color, opacity=0.15)
        layers += [
            band.encode(y="share_low:Q", y2="share_high:Q"),
            base.mark_line(color=color, strokeWidth=2),
            base.mark_point(size=22, color=color, filled=True, opacity=1),
        ]
        last = chart_of(
            rows.tail(1).with_columns(label=pl.format("{} {} %", pl.lit(name), (100 * pl.col("share")).round(1)))
        )
        layers += haloed(
            last.encode(x=month_axis(), y="share:Q"),
            "label:N",
            look,
            align="right",
            dy=-14 if side == "top" else 16,
            fontWeight="bold",
            color=color,
        )
    words = Words(
        title="How does our share compare with the published one?",
        denominator="Share of the files of the month: ours with provenance, out of the files observed; published: from "
        "Trusted Publishers, out of all files. Bands: our 95 % interval, their reading error",
        description="Two lines over months: our share of attested files, and the published share of publisher uploads.",
        source=f"{look.source}; {publisher}",
    )
    return finish(layers, words, look, height=HEIGHT)
