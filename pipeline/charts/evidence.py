"""Evidence by tier: classes as stacked bars, and what the choice of the cut date changes."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import EVIDENCE, PUBLISHING, TIERS, percent
from pipeline.charts.marks import haloed
from pipeline.charts.theme import NARROW, Chart, Look, Table, Words, as_rows, finish

_SHARE_AXIS = alt.Axis(format="%", tickCount=5, grid=False, domain=False, ticks=False)

ROW_HEIGHT = 62
"""Pixels of one tier: its name, and its bar below."""
BAR_HEIGHT = 30
RANK_HEIGHT = 260


def two_factor_by_tier(table: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier shows which two-factor evidence?

    Args:
        table: One row per tier and class: `tier`, `evidence` (codes of `EVIDENCE`), `numerator`, `denominator` (projects).
            Classes whose numerator is null or zero everywhere are left out.
        look: Palette and source.
    """
    words = Words(
        title="What does the newest release of each project show?",
        denominator="Share of the projects of each tier; number of projects below the share",
        description="Stacked bars, one for each tier of download rank, of the classes of two-factor evidence.",
    )
    return _stacked(as_rows(table), list(EVIDENCE), words, look)


def two_factor_by_rank(table: Table, look: Look) -> alt.LayerChart:
    """Does evidence fade with popularity?

    Args:
        table: One row per band of download ranks and class: `band`, `first_rank`, `last_rank`, `evidence` (codes of
            `EVIDENCE`), `numerator`, `denominator` (projects).
        look: Palette and source.
    """
    rows = _segments(as_rows(table).with_columns(group=pl.col("band")), list(EVIDENCE), look)
    names = [EVIDENCE[one] for one in EVIDENCE if one in set(rows["evidence"])]
    fills = [rows.filter(pl.col("class_name") == name)["fill"][0] for name in names]
    rank = alt.X(
        "left:Q",
        title="download rank",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format=",", grid=False, values=[1, 10, 100, 1000, 10000], domain=False),
    )
    bars = (
        alt.Chart(rows.with_columns(left=pl.col("first_rank"), right=pl.col("last_rank") + 1))
        .mark_rect(strokeWidth=0.75)
        .encode(
            x=rank,
            x2="right:Q",
            y=alt.Y("start:Q", title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(format="%", tickCount=5)),
            y2="end:Q",
            stroke=alt.Stroke("edge:N", scale=None),
            color=alt.Color(
                "class_name:N",
                scale=alt.Scale(domain=names, range=fills),
                legend=alt.Legend(columns=alt.ExprRef(f"{NARROW} ? 2 : {len(names)}")),
            ),
            tooltip=[
                alt.Tooltip("first_rank:Q", title="From rank", format=","),
                alt.Tooltip("last_rank:Q", title="To rank", format=","),
                *_stacked_tooltip()[1:],
            ],
        )
    )
    words = Words(
        title="Does the evidence fade with popularity?",
        denominator="Share of the ranked projects of each band; ranks on a logarithmic scale, the first ten in one band",
        description="Columns from the most to the least downloaded ranked projects, divided by classes of evidence.",
    )
    return finish([bars], words, look, height=RANK_HEIGHT)


def publishing_by_tier(table: Table, look: Look) -> alt.LayerChart:
    """Which share of each tier attests its newest stable release?

    Args:
        table: One row per tier and class: `tier`, `evidence` (codes of `PUBLISHING`), `numerator`, `denominator` (projects).
        look: Palette and source.
    """
    words = Words(
        title="How much of the newest stable release carries provenance?",
        denominator="Share of the projects of each tier; number of projects below the share",
        description="Stacked bars, one for each tier of download rank, of the classes of publishing evidence.",
    )
    return _stacked(as_rows(table), list(PUBLISHING), words, look)


def cut_date_sensitivity(table: Table, look: Look, *, enforced_from: str, announced_from: str) -> alt.LayerChart:
    """How far does the share with evidence move with the cut date?

    Args:
        table: One row per tier: `tier`, `strict_share`, `weak_share` (0 to 1), `strict_numerator`, `weak_numerator`,
            `denominator` (projects).
        look: Palette and source.
        enforced_from: The strict cut date, as people read it.
        announced_from: The weak cut date, as people read it.
    """
    rows = _in_tier_order(as_rows(table)).with_columns(
        strict_label=pl.col("strict_share").map_elements(percent, pl.String),
        weak_label=pl.col("weak_share").map_elements(percent, pl.String),
    )
    palette = look.palette
    tiers = rows["tier_name"].to_list()
    y = alt.Y("tier_name:N", sort=tiers, axis=None)
    x = alt.X("strict_share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=_SHARE_AXIS)
    base = alt.Chart(rows).encode(y=y, tooltip=_sensitivity_tooltip())
    dot = {"size": 130, "yOffset": 10, "opacity": 1}
    layers: list[Chart] = [
        *_tier_names(rows, y, look),
        base.mark_rule(strokeWidth=2, color=palette.rule, yOffset=10).encode(x=alt.value(0), x2=alt.value("width")),
        base.mark_rule(strokeWidth=5, strokeCap="round", color=palette.announced, yOffset=10).encode(x=x, x2="weak_share:Q"),
        base.mark_point(**dot, color=palette.enforced, filled=True).encode(x=x),
        base.mark_point(**dot, fill=palette.paper, stroke=palette.enforced, strokeWidth=2).encode(x="weak_share:Q"),
        *haloed(base.encode(x=x), "strict_label:N", look, align="right", dx=-11, dy=10, fontWeight="bold"),
        *haloed(base.encode(x="weak_share:Q"), "weak_label:N", look, align="left", dx=11, dy=10),
    ]
    words = Words(
        title="How much does the answer depend on the date?",
        denominator=f"Share of projects with a newest release from {enforced_from} (filled) and from {announced_from} (hollow)",
        description="Two dots joined by a line for each tier: the share with evidence at the strict and the weak cut date.",
    )
    return finish(layers, words, look, height=len(tiers) * ROW_HEIGHT)


def _stacked(rows: pl.DataFrame, classes: list[str], words: Words, look: Look) -> alt.LayerChart:
    """Bars of 100 %, one a tier, with the name and size of the tier above and the numbers inside."""
    segments = _segments(_in_tier_order(rows).with_columns(group=pl.col("tier_order")), classes, look)
    shown = segments.unique("evidence", maintain_order=True).sort("order")
    tiers = segments["tier_name"].unique(maintain_order=True).to_list()
    y = alt.Y("tier_name:N", sort=tiers, axis=None)
    scale = alt.Scale(domain=shown["class_name"].to_list(), range=shown["fill"].to_list())
    legend = alt.Legend(columns=alt.ExprRef(f"{NARROW} ? 2 : {shown.height}"))
    base = alt.Chart(segments).encode(y=y, tooltip=_stacked_tooltip())
    layers: list[Chart] = [
        *_tier_names(segments.unique("tier", keep="first", maintain_order=True), y, look),
        base.mark_bar(height=BAR_HEIGHT, yOffset=12, strokeWidth=1).encode(
            x=alt.X("start:Q", title=None, scale=alt.Scale(domain=[0, 1], nice=False), axis=_SHARE_AXIS),
            x2="end:Q",
            color=alt.Color("class_name:N", scale=scale, legend=legend),
            stroke=alt.Stroke("edge:N", scale=None),
        ),
        _inside(base, "percent:N", room=46, dy=6, weight="bold"),
        _inside(base, "count:N", room=62, dy=19, weight="normal"),
    ]
    return finish(layers, words, look, height=len(tiers) * ROW_HEIGHT)


def _segments(rows: pl.DataFrame, classes: list[str], look: Look) -> pl.DataFrame:
    """Where each class begins and ends in the bar of its `group`, with its colours; empty classes are left out."""
    shown = rows.group_by("evidence").agg(pl.col("numerator").sum()).filter(pl.col("numerator") > 0)["evidence"].to_list()
    names = EVIDENCE | PUBLISHING
    return (
        rows.filter(pl.col("evidence").is_in(shown))
        .with_columns(order=pl.col("evidence").replace_strict(classes, list(range(len(classes))), return_dtype=pl.Int8))
        .sort("group", "order")
        .with_columns(share=pl.col("numerator") / pl.col("denominator"))
        .with_columns(end=pl.col("share").cum_sum().over("group"))
        .with_columns(
            start=pl.col("end") - pl.col("share"),
            middle=pl.col("end") - pl.col("share") / 2,
            class_name=pl.col("evidence").replace_strict(names),
            fill=pl.col("evidence").replace_strict(classes, _fills(classes, look)),
            on_fill=pl.col("evidence").replace_strict(classes, [_on_fill(one, look) for one in classes]),
            edge=pl.when(pl.col("evidence").is_in(_UNKNOWN) & (pl.col("share") > 0.01))
            .then(pl.lit(look.palette.muted))
            .otherwise(pl.lit(look.palette.paper)),
            percent=pl.col("share").map_elements(percent, pl.String),
            count=pl.col("numerator").map_elements(lambda n: f"{n:,}", pl.String),
        )
    )


_UNKNOWN = {"unknown", "unobserved", "not_observable"}


def _inside(base: alt.Chart, text: str, *, room: int, dy: int, weight: str) -> alt.Chart:
    """Text in the middle of a segment, left out where the segment is narrower than `room` pixels."""
    fits = f"(datum.end - datum.start) * width > {room}"
    return base.mark_text(dy=dy, fontSize=11.5, fontWeight=weight, baseline="middle").encode(  # type: ignore[arg-type]
        x="middle:Q",
        text=alt.when(fits).then(alt.Text(text)).otherwise(alt.value("")),
        fill=alt.Fill("on_fill:N", scale=None),
    )


def _tier_names(rows: pl.DataFrame, y: alt.Y, look: Look) -> list[Chart]:
    """The name of each tier above its row, on the left, and its number of projects, on the right."""
    base = alt.Chart(rows.with_columns(size=pl.col("denominator").map_elements(lambda n: f"{n:,} projects", pl.String)))
    text = {"baseline": "bottom", "dy": -8, "fontSize": 13}
    return [
        base.mark_text(**text, align="left", fontWeight="bold", color=look.palette.ink).encode(
            x=alt.value(0), y=y, text="tier_name:N"
        ),
        base.mark_text(**text, align="right", color=look.palette.muted).encode(
            x=alt.value("width"), y=y, text="size:N"
        ),
    ]


def _in_tier_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted by tier, with the name of the tier and its place."""
    codes = list(TIERS)
    return rows.with_columns(
        tier_name=pl.col("tier").replace_strict(TIERS),
        tier_order=pl.col("tier").replace_strict(codes, list(range(len(codes))), return_dtype=pl.Int8),
    ).sort("tier_order")


def _fills(classes: list[str], look: Look) -> list[str]:
    palette = look.palette
    strong = [palette.trusted, palette.enforced, palette.announced, palette.none]
    return [palette.unknown if one in _UNKNOWN else strong[min(place, 3)] for place, one in enumerate(classes)]


def _on_fill(evidence: str, look: Look) -> str:
    strong = {"trusted_publisher", "enforced", "attested", "partly_attested"}
    return look.palette.on_strong if evidence in strong else look.palette.on_weak


def _stacked_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("tier_name:N", title="Tier"),
        alt.Tooltip("class_name:N", title="Evidence"),
        alt.Tooltip("percent:N", title="Share"),
        alt.Tooltip("numerator:Q", title="Projects", format=","),
        alt.Tooltip("denominator:Q", title="Of", format=","),
    ]


def _sensitivity_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("tier_name:N", title="Tier"),
        alt.Tooltip("strict_label:N", title="Strict date"),
        alt.Tooltip("strict_numerator:Q", title="Projects, strict date", format=","),
        alt.Tooltip("weak_label:N", title="Weak date"),
        alt.Tooltip("weak_numerator:Q", title="Projects, weak date", format=","),
        alt.Tooltip("denominator:Q", title="Of", format=","),
    ]
