"""Incidents against what would have prevented them."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import VERDICTS, spoken
from pipeline.charts.theme import Look, Table, Words, as_rows, chart_of, finish

ROW_HEIGHT = 29


def prevention_matrix(table: Table, look: Look, *, source: str) -> alt.LayerChart:
    """Would 2FA, or Trusted Publishing, have prevented each incident?

    Args:
        table: One row per incident and measure: `id`, `date` (text), `vector`, `measure`, `verdict` (codes of
            `VERDICTS`), `reason`.
        look: Palette.
        source: Who reported the incidents.
    """
    rows = as_rows(table).with_columns(
        name=pl.format("{} · {}", pl.col("date").str.slice(0, 7), pl.col("id").map_elements(spoken, pl.String)),
        way=pl.col("vector").map_elements(spoken, pl.String),
        text=pl.col("verdict").replace_strict(VERDICTS),
    )
    names = rows.sort("date", maintain_order=True)["name"].unique(maintain_order=True).to_list()
    palette = look.palette
    fills = {"yes": palette.enforced, "partly": palette.announced, "no": palette.paper}
    inks = {"yes": palette.on_strong, "partly": palette.on_weak, "no": palette.muted}
    rows = rows.with_columns(fill=pl.col("verdict").replace_strict(fills), ink=pl.col("verdict").replace_strict(inks))
    base = chart_of(rows).encode(
        x=alt.X(
            "measure:N",
            title=None,
            sort=None,
            scale=alt.Scale(paddingInner=0.04),
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelFontSize=alt.ExprRef("width < 150 ? 9 : 12"),
                labelExpr="split(datum.label, ' ')",
                labelPadding=20,
                labelColor=palette.ink,
                ticks=False,
                domain=False,
            ),
        ),
        y=alt.Y(
            "name:N",
            title=None,
            sort=names,
            scale=alt.Scale(paddingInner=0.16),
            axis=alt.Axis(labelLimit=250, labelColor=palette.ink, ticks=False, domain=False),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="Incident"),
            alt.Tooltip("date:N", title="Date"),
            alt.Tooltip("way:N", title="Way in"),
            alt.Tooltip("measure:N", title="Measure"),
            alt.Tooltip("text:N", title="Would have prevented it"),
            alt.Tooltip("reason:N", title="Because"),
        ],
    )
    layers = [
        base.mark_rect(cornerRadius=3, stroke=palette.rule, strokeWidth=1).encode(fill=alt.Fill("fill:N", scale=None)),
        base.mark_text(fontWeight="bold").encode(text="text:N", color=alt.Color("ink:N", scale=None)),
    ]
    words = Words(
        title="Would either measure have prevented it?",
        denominator="One row an incident, by date; the verdicts are ours, each with its reason in the table",
        description="A matrix: incidents down, 2FA and Trusted Publishing across, with yes, partly or no in each cell.",
        source=source,
        is_ours=False,
    )
    return finish(layers, words, look, height=len(names) * ROW_HEIGHT)
