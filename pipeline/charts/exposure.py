"""Exposure through dependencies: who needs something without evidence, and on which links that rests."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.rows import bar_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 260


def exposure_counts(table: Table, look: Look) -> Chart:
    """How many projects without evidence does a project bring along?

    Args:
        table: One row per number: `count` (projects of the closure without evidence, the last one open-ended), `label`,
            `projects`, `denominator` (projects whose requirements are known and that need something), `share`.
        look: Palette and source.
    """
    rows = as_rows(table).sort("count").with_columns(percent=pl.col("share").map_elements(percent, pl.String))
    palette = look.palette
    base = chart_of(rows).encode(
        x=alt.X(
            "label:N",
            sort=rows["label"].to_list(),
            title="projects of the closure without evidence",
            axis=alt.Axis(labelAngle=0, domain=False, ticks=False),
        ),
        y=alt.Y("share:Q", title=None, axis=alt.Axis(format="%", tickCount=5, domain=False)),
        tooltip=[
            alt.Tooltip("label:N", title="Without evidence in the closure"),
            alt.Tooltip("projects:Q", title="Projects", format=","),
            alt.Tooltip("denominator:Q", title="Of", format=","),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
    )
    fill = alt.when("datum.count == 0").then(alt.value(palette.enforced)).otherwise(alt.value(palette.none))
    layers: list[Chart] = [
        base.mark_bar(cornerRadiusEnd=2).encode(fill=fill),
        base.mark_text(dy=-8, fontWeight="bold").encode(text="percent:N"),
    ]
    words = Words(
        title="How many projects without evidence does a project bring along?",
        denominator="Share of the projects that need something, by the number of projects in their closure whose "
        "newest upload shows nothing; a lower bound where a closure is not wholly known",
        description="Columns: the share of projects by the number of their dependencies without evidence.",
    )
    return finish(layers, words, look, height=HEIGHT)


def weakest_links(table: Table, look: Look) -> Chart:
    """On which projects without evidence does most rest?

    Args:
        table: One row per project without evidence that others need, those with the most dependents first: `project`,
            `dependents_transitive`, `newest_upload_at`, `denominator` (projects whose requirements are known).
        look: Palette and source.
    """
    rows = as_rows(table).with_columns(
        name=pl.col("project"),
        value=pl.col("dependents_transitive"),
        label=pl.struct("dependents_transitive", "denominator").map_elements(
            lambda row: (
                f"{row['dependents_transitive']:,} · {percent(row['dependents_transitive'] / row['denominator'])}"
            ),
            pl.String,
        ),
    )
    tooltip = [
        alt.Tooltip("project:N", title="Project"),
        alt.Tooltip("dependents_transitive:Q", title="Needed by, directly or through others", format=","),
        alt.Tooltip("newest_upload_at:T", title="Newest upload", format="%Y-%m"),
    ]
    words = Words(
        title="On which projects without evidence does most rest?",
        denominator="Projects that need it directly or through others, and their share of the projects whose "
        "requirements are known; versions are not resolved; the longest bar is the largest of them",
        description="One bar a project without evidence: how many projects need it.",
    )
    return bar_rows(rows, words, look, tooltip, top=float(rows["value"].max() or 1))  # type: ignore[arg-type]
