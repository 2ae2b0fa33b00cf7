"""Who publishes: kinds of Trusted Publishers, and the owners of their repositories."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.rows import bar_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows


def publisher_kinds(table: Table, look: Look) -> Chart:
    """Which services publish the attested projects?

    Args:
        table: One row per kind: `kind`, `projects`, `denominator` (projects whose publisher is known).
        look: Palette and source.
    """
    words = Words(
        title="Which services publish the attested projects?",
        denominator="Share of the projects whose publisher is known, by the kind of the newest attested release",
        description="One bar a kind of publisher: the share of projects that it publishes.",
    )
    return _counted(as_rows(table).rename({"kind": "name"}), words, look)


def repository_owners(table: Table, look: Look) -> Chart:
    """Through whose repositories are most attested projects published?

    Args:
        table: One row per owner of repositories: `owner`, `projects`, `denominator` (projects whose repository is
            known); the first ones only.
        look: Palette and source.
    """
    words = Words(
        title="Through whose repositories are most attested projects published?",
        denominator="Share of the projects whose publishing repository is known; the owners with the most projects, "
        "whose projects move together",
        description="One bar an owner of repositories: the share of attested projects that come from there.",
    )
    return _counted(as_rows(table).rename({"owner": "name"}), words, look)


def _counted(table: pl.DataFrame, words: Words, look: Look) -> Chart:
    rows = table.with_columns(value=pl.col("projects") / pl.col("denominator")).with_columns(
        label=pl.struct("projects", "denominator", "value").map_elements(
            lambda row: f"{row['projects']:,} of {row['denominator']:,} · {percent(row['value'])}", pl.String
        )
    )
    tooltip = [
        alt.Tooltip("name:N", title="Publisher"),
        alt.Tooltip("projects:Q", title="Projects", format=","),
        alt.Tooltip("denominator:Q", title="Of", format=","),
    ]
    return bar_rows(rows, words, look, tooltip, top=1)
