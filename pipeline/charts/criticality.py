"""Criticality against evidence: the central picture, and how far the definitions of critical agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

import altair as alt
import polars as pl

from pipeline.charts.labels import CRITICALITY, percent
from pipeline.charts.marks import haloed
from pipeline.charts.rows import Axis, dot_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 420
ASSUMED_WIDTH = 760
"""Pixels for which names are kept apart; a wider drawing only gives them more room."""
CELL = 62

_HEADLINES = {
    "two_factor_shown": (
        'Does the evidence hold under every definition of "critical"?',
        "Share that shows 2FA or a Trusted Publisher by a newest upload from 2024-08-02 (filled), 2024-01-01 (hollow)",
    ),
    "attested": (
        'Does provenance reach the critical projects, under every definition of "critical"?',
        "Share whose newest release carries provenance, out of the projects where that was observed",
    ),
    "single_owner": (
        'How many critical projects have one owner, under every definition of "critical"?',
        "Share with exactly one owner, out of the projects without an organization whose roles were observed",
    ),
}


def criticality_against_evidence(cells: Table, named: Table, look: Look) -> Chart:
    """Do the most downloaded projects show evidence?

    Args:
        cells: One row per band of ranks and stretch of time: `first_rank`, `last_rank`, `from_month`, `to_month` (first
            day after it), `evidence` (`none`, `announced`, `enforced`), `projects`, `denominator` (projects of the
            band whose newest upload is known), `share`.
        named: One row per critical project without evidence, the most used first: `project`, `download_rank`,
            `newest_upload_at`.
        look: Palette and source.
    """
    rows = as_rows(cells).with_columns(left=pl.col("first_rank"), right=pl.col("last_rank") + 1)
    oldest, newest = rows["from_month"].min(), rows["to_month"].max()
    last_rank = float(rows["right"].max())  # type: ignore[arg-type]
    palette = look.palette
    fills = {"none": palette.none, "announced": palette.announced, "enforced": palette.enforced}
    words_of = {"none": "no evidence", "announced": "2FA announced", "enforced": "2FA enforced or Trusted Publisher"}
    rows = rows.with_columns(class_name=pl.col("evidence").replace_strict(words_of))
    x_axis = alt.Axis(format=",", grid=False, values=[1, 10, 100, 1000, 10000], domain=False)
    x_scale = alt.Scale(type="log", domain=[1, last_rank], nice=False)
    y_scale = alt.Scale(type="utc", domain=[_day(oldest), _day(newest)], nice=False)
    y_axis = alt.Axis(format="%Y", grid=False, domain=False, tickCount="year")
    color = alt.Color(
        "class_name:N",
        scale=alt.Scale(domain=[words_of[one] for one in reversed(fills)], range=list(reversed(fills.values()))),
    )
    highest = float(rows["share"].max() or 1)  # type: ignore[arg-type]
    tiles = (
        chart_of(rows)
        .mark_rect(stroke=palette.paper, strokeWidth=0.5)
        .encode(
            x=alt.X("left:Q", title="download rank (most downloaded on the left)", scale=x_scale, axis=x_axis),
            x2="right:Q",
            y=alt.Y("from_month:T", title="newest upload", scale=y_scale, axis=y_axis),
            y2="to_month:T",
            color=color,
            opacity=alt.Opacity(
                "share:Q", scale=alt.Scale(type="sqrt", domain=[0, highest], range=[0.12, 1]), legend=None
            ),
            tooltip=[
                alt.Tooltip("first_rank:Q", title="From rank", format=","),
                alt.Tooltip("last_rank:Q", title="To rank", format=","),
                alt.Tooltip("from_month:T", title="Newest upload from", format="%Y-%m"),
                alt.Tooltip("to_month:T", title="before", format="%Y-%m"),
                alt.Tooltip("class_name:N", title="Evidence"),
                alt.Tooltip("projects:Q", title="Projects", format=","),
                alt.Tooltip("denominator:Q", title="Of the band", format=","),
                alt.Tooltip("share:Q", title="Share of the band", format=".1%"),
            ],
        )
    )
    layers: list[Chart] = [tiles]
    if oldest is not None and newest is not None:
        layers += _named(as_rows(named), look, last_rank, (_as_date(oldest), _as_date(newest)))
    words = Words(
        title="Do the most downloaded projects show evidence?",
        denominator="Ranked projects by download rank and date of the newest upload; the darker, the larger the share "
        f"of the projects of the band of ranks, up to {percent(highest)} of it in one field. All that is older than "
        "2015 stands in the lowest row. Dots: the most downloaded projects of the register, whose newest upload proves "
        "nothing",
        description="A map: download ranks across, dates of the newest upload upwards, coloured by evidence; dots name "
        "the most downloaded projects without evidence.",
    )
    return finish(layers, words, look, height=HEIGHT)


def headline_by_definition(table: Table, look: Look, *, headline: str) -> Chart:
    """Does a headline depend on the definition of critical?

    Args:
        table: Rows of the mart `headline_sensitivity`, unit `projects`, denominator `plain`: `headline`, `criticality`
            (codes of `CRITICALITY`), `cut_date`, `numerator`, `denominator`, `share`, `share_low`, `share_high`.
        look: Palette and source.
        headline: A key of the mart: `two_factor_shown`, `attested`, `single_owner`.
    """
    rows = as_rows(table).filter(pl.col("headline") == headline, pl.col("denominator") > 0)
    weak = rows.filter(pl.col("cut_date") == "announced").select("criticality", weak_value="share")
    order = list(CRITICALITY)
    dots = (
        rows.filter(pl.col("cut_date").fill_null("") != "announced")
        .join(weak, "criticality", how="left")
        .with_columns(order=pl.col("criticality").replace_strict(order, range(len(order)), return_dtype=pl.Int8))
        .sort("order")
        .with_columns(
            name=pl.col("criticality").replace_strict(CRITICALITY),
            value=pl.col("share"),
            low=pl.col("share_low"),
            high=pl.col("share_high"),
            label=pl.struct("numerator", "denominator", "share", "weak_value").map_elements(_share, pl.String),
        )
    )
    title, denominator = _HEADLINES[headline]
    words = Words(
        title=title,
        denominator=f"{denominator}. Lines: 95 % intervals where a part was not observed",
        description="A dot for each definition of critical: the share of its projects.",
    )
    tooltip = [alt.Tooltip("name:N", title="Projects"), alt.Tooltip("label:N", title="Share")]
    return dot_rows(dots, words, look, Axis(), tooltip)


def agreement(table: Table, look: Look) -> Chart:
    """How far do the definitions of critical pick the same projects?

    Args:
        table: Rows of the mart `estimates` named `criticality_jaccard`: `term` (`top1pct and mass80`), `estimate`.
        look: Palette and source.
    """
    order = [code for code in CRITICALITY if code != "all"]
    rows = (
        as_rows(table)
        .drop_nulls("estimate")
        .with_columns(pair=pl.col("term").str.split(" and "))
        .with_columns(
            one=pl.col("pair").list.first().replace_strict(CRITICALITY),
            other=pl.col("pair").list.last().replace_strict(CRITICALITY),
            label=pl.col("estimate").map_elements(lambda share: f"{share:.2f}", pl.String),
        )
        .drop("pair")
    )
    names = [CRITICALITY[code] for code in order]
    palette = look.palette
    base = chart_of(rows).encode(
        x=alt.X(
            "one:N",
            sort=names,
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, labelLimit=200, labelPadding=10, domain=False, ticks=False),
        ),
        y=alt.Y("other:N", sort=names, title=None, axis=alt.Axis(labelLimit=280, domain=False, ticks=False)),
        tooltip=[
            alt.Tooltip("one:N", title="One"),
            alt.Tooltip("other:N", title="Other"),
            alt.Tooltip("estimate:Q", title="In both, of those in either", format=".1%"),
        ],
    )
    tiles = base.mark_rect(color=palette.enforced, cornerRadius=3).encode(
        opacity=alt.Opacity("estimate:Q", scale=alt.Scale(domain=[0, 1], range=[0.06, 0.6]), legend=None)
    )
    layers: list[Chart] = [
        tiles,
        base.mark_text(fontWeight="bold", fontSize=14, color=palette.ink).encode(text="label:N"),
    ]
    words = Words(
        title="How far do the definitions of critical pick the same projects?",
        denominator="Jaccard index: projects critical under both definitions, out of those critical under either",
        description="A triangle of pairs of definitions with the share of projects that both pick.",
    )
    return finish(layers, words, look, height=(len(order) - 1) * CELL)


def _named(table: pl.DataFrame, look: Look, last_rank: float, span: tuple[date, date]) -> list[Chart]:
    """Dots for projects, with the names of those that have room."""
    rows = table.drop_nulls(["download_rank", "newest_upload_at"]).with_columns(
        at=pl.col("newest_upload_at").clip(span[0], span[1])
    )
    dots = [
        (
            math.log(row["download_rank"]) / math.log(max(last_rank, 2)) * ASSUMED_WIDTH,
            (span[1] - row["at"]) / (span[1] - span[0]) * HEIGHT,
        )
        for row in rows.iter_rows(named=True)
    ]
    sides = _sides(dots, rows["project"].to_list())
    rows = rows.with_columns(side=pl.Series(sides, dtype=pl.String))
    base = chart_of(rows).encode(
        x=alt.X("download_rank:Q"),
        y=alt.Y("at:T"),
        tooltip=[
            alt.Tooltip("project:N", title="Project"),
            alt.Tooltip("download_rank:Q", title="Download rank", format=","),
            alt.Tooltip("newest_upload_at:T", title="Newest upload", format="%Y-%m"),
        ],
    )
    palette = look.palette
    layers: list[Chart] = [base.mark_point(size=42, fill=palette.paper, stroke=palette.ink, strokeWidth=1.5, opacity=1)]
    for side, align, dx in (("right", "left", 8), ("left", "right", -8)):
        names = base.transform_filter(f"datum.side === '{side}'")
        layers += haloed(names, "project:N", look, align=align, dx=dx, limit=220, fontSize=11.5, baseline="middle")
    return layers


def _sides(dots: Sequence[tuple[float, float]], names: Sequence[str]) -> list[str | None]:
    """On which side of its dot each name has room beside all dots and the names before it; None where on neither."""
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in dots]
    sides: list[str | None] = []
    for (x, y), name in zip(dots, names, strict=True):
        width = 7.0 * min(len(name), 32) + 6
        places = {"right": (x + 6, x + 6 + width, y - 7, y + 7), "left": (x - 6 - width, x - 6, y - 7, y + 7)}
        side = next(
            (
                side
                for side, box in places.items()
                if box[0] >= 0 and box[1] <= ASSUMED_WIDTH and not any(_overlap(box, other) for other in taken)
            ),
            None,
        )
        sides.append(side)
        taken += [places[side]] if side else []
    return sides


def _overlap(one: Iterable[float], other: Iterable[float]) -> bool:
    left, right, top, bottom = one
    other_left, other_right, other_top, other_bottom = other
    return left < other_right and other_left < right and top < other_bottom and other_top < bottom


def _as_date(value: object) -> date:
    assert isinstance(value, date)  # noqa: S101 - tells the type checker
    return value


def _day(value: object) -> str:
    return f"{value}"


def _share(row: dict[str, float | None]) -> str:
    share, weak = row["share"], row["weak_value"]
    if share is None:
        return ""
    beside = f", {percent(weak)}" if weak is not None else ""
    return f"{percent(share)}{beside} · {row['numerator']:,.0f} of {row['denominator']:,.0f}"
