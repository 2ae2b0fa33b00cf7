"""How long projects take until they first attest: curves, and what speeds them up."""

from __future__ import annotations

import math

import altair as alt
import polars as pl

from pipeline.charts.labels import SHORT_TIERS, TIERS, percent, term_name
from pipeline.charts.marks import spread
from pipeline.charts.rows import Axis, dot_rows
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 320
LABEL_ROOM = 152
"""Pixels at the right for the names of the curves."""
LEAST_AT_RISK = 30
"""Intervals of fewer projects do not stretch the drawing."""
GROUPS = {
    "all": {"all": "All projects"},
    "tier": {code: name for code, name in TIERS.items() if code != "all"},
    "host": {"github": "GitHub", "gitlab": "GitLab", "other": "Another host", "unknown": "Unknown"},
    "owner": {"organization": "Organization", "individual": "No organization", "unknown": "Unknown"},
}
"""What the curves are drawn for, with the names of the levels."""

_TITLES = {
    "all": "How long until a project first attests?",
    "tier": "Do widely used projects attest sooner?",
    "host": "Does the host of the code matter?",
    "owner": "Do projects of organizations attest sooner?",
}
_SHORT = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "other": "Other host",
    "organization": "Organization",
    "individual": "No organization",
    "unknown": "Unknown",
}


def adoption_curves(table: Table, look: Look, *, group: str) -> Chart:
    """Which share of the projects has released with provenance, by days since they could?

    Args:
        table: Rows of the mart `adoption_curve`: `group_kind`, `group_name`, `day_count`, `share`, `share_low`,
            `share_high` (0 to 1), `at_risk_count`.
        look: Palette and source.
        group: A key of `GROUPS`.
    """
    names = GROUPS[group]
    rows = _from_zero(as_rows(table).filter(pl.col("group_kind") == group, pl.col("group_name").is_in(list(names))))
    rows = rows.with_columns(name=pl.col("group_name").replace_strict(names)).sort("group_name", "day_count")
    steady = rows.filter(pl.col("at_risk_count") > LEAST_AT_RISK)["share_high"]
    highest = pl.concat([rows["share"], steady]).drop_nulls().to_list()
    top = min(1.0, 1.1 * max([0.01, *highest]))
    palette = look.palette
    series = [palette.tier_1, palette.tier_2, palette.tier_3, palette.tier_4, palette.tier_5]
    colours = [palette.accent] if group == "all" else series
    by_code = {code: (name, colour) for (code, name), colour in zip(names.items(), colours, strict=False)}
    shown = [by_code[code] for code in names if code in set(rows["group_name"])]
    color = alt.Color(
        "name:N",
        legend=None,
        scale=alt.Scale(domain=[name for name, _ in shown], range=[colour for _, colour in shown]),
    )
    x = alt.X(
        "day_count:Q", title="days since it could", scale=alt.Scale(domainMin=0, nice=False), axis=alt.Axis(grid=False)
    )
    y_scale = alt.Scale(domain=[0, top], nice=False, clamp=True)
    y = alt.Y("share:Q", title=None, scale=y_scale, axis=alt.Axis(format="%", tickCount=5, domain=False))
    base = chart_of(rows).encode(
        x=x,
        color=color,
        tooltip=[
            alt.Tooltip("name:N", title="Projects"),
            alt.Tooltip("day_count:Q", title="Days", format=","),
            alt.Tooltip("share:Q", title="Has attested", format=".1%"),
            alt.Tooltip("share_low:Q", title="95 % interval, from", format=".1%"),
            alt.Tooltip("share_high:Q", title="95 % interval, to", format=".1%"),
            alt.Tooltip("at_risk_count:Q", title="Still followed, not yet attested", format=","),
        ],
    )
    layers: list[Chart] = [
        base.mark_area(interpolate="step-after", opacity=0.12).encode(
            y=alt.Y("share_low:Q", scale=y_scale), y2="share_high:Q"
        ),
        base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(y=y),
        _ends(rows, top, color),
    ]
    words = Words(
        title=_TITLES[group],
        denominator="Kaplan-Meier: share that has released with provenance, by days since the first upload or "
        "2024-10-21, whichever is later; bands: 95 % intervals, robust to owners that act alike",
        description="Rising steps: the share of projects that have attested, by days since they could.",
    )
    return finish(layers, words, look, height=HEIGHT, padding={"right": LABEL_ROOM})


def hazard_ratios(table: Table, look: Look) -> Chart:
    """What goes with attesting sooner?

    Args:
        table: Rows of the mart `estimates` named `hazard_ratio`: `term` (`tier: top_100 against top_15000`),
            `estimate`, `low`, `high`, `n`, `reason`.
        look: Palette and source.
    """
    rows = as_rows(table).with_columns(
        name=pl.col("term").map_elements(term_name, pl.String),
        value=pl.col("estimate"),
        label=pl.struct("estimate", "low", "high", "reason").map_elements(_ratio, pl.String),
    )
    bounds = pl.concat([rows["low"], rows["high"]]).drop_nulls().to_list()
    reach = max([2.0, *(max(bound, 1 / bound) for bound in bounds if bound > 0)])
    limit = 10 ** (math.ceil(math.log10(reach) * 4) / 4)
    axis = Axis((1 / limit, limit), "log", "~g", reference=1, title="hazard ratio (1: no difference)")
    tooltip = [
        alt.Tooltip("name:N", title="Compared"),
        alt.Tooltip("label:N", title="Hazard ratio"),
        alt.Tooltip("n:Q", title="Projects of this level", format=","),
    ]
    words = Words(
        title="What goes with attesting sooner?",
        denominator="Hazard ratios of a Cox model with tier, host and kind of owner, each given the others: what goes "
        "together, not what causes what; lines: 95 % intervals, robust to owners that act alike",
        description="A dot with an interval for each comparison: how many times faster projects attest.",
    )
    return dot_rows(rows, words, look, axis, tooltip)


def _from_zero(rows: pl.DataFrame) -> pl.DataFrame:
    """Each curve begins at nothing on day 0."""
    starts = rows.group_by("group_kind", "group_name", maintain_order=True).agg(pl.col("at_risk_count").max())
    starts = starts.with_columns(day_count=0, share=0.0, share_low=0.0, share_high=0.0)
    starts = starts.select(rows.columns).cast(rows.schema)
    return pl.concat([starts, rows])


def _ends(rows: pl.DataFrame, top: float, color: alt.Color) -> Chart:
    last = rows.group_by("group_name", maintain_order=True).last()
    wanted = [(1 - share / top) * HEIGHT for share in last["share"]]
    places = [top * (1 - place / HEIGHT) for place in spread(wanted, gap=15, low=6, high=HEIGHT - 4)]
    placed = last.with_columns(
        place=pl.Series(places, dtype=pl.Float64),
        label=pl.format(
            "{} {}",
            pl.col("group_name").replace(SHORT_TIERS).replace(_SHORT),
            pl.col("share").map_elements(percent, pl.String),
        ),
    )
    names: alt.Chart = chart_of(placed).mark_text(align="left", dx=7, fontWeight="bold", fontSize=11.5)
    return names.encode(x=alt.value("width"), y=alt.Y("place:Q"), text="label:N", color=color)


def _ratio(row: dict[str, float | str | None]) -> str:
    if not isinstance(row["estimate"], float):
        return f"none: {row['reason']}"
    interval = f" ({row['low']:.2f} to {row['high']:.2f})" if row["low"] is not None else ""
    return f"{row['estimate']:.2f}{interval}"
