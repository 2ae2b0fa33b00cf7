"""The picture of docs/performance.md: how the build grows with the index, and the core beside other engines."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import vl_convert

from pipeline.charts.theme import FONT, LIGHT

ENGINES = {
    "duckdb": "DuckDB (this project)",
    "polars": "polars",
    "pandas": "pandas",
    "arrow_scan": "reading only, Arrow",
    "scan": "reading only, DuckDB",
}
WIDTH, HEIGHT = 380, 260


def draw(figures: dict[str, Any]) -> str:
    """Draw both panels as SVG."""
    panels = alt.hconcat(_growth(figures["builds"]), _core(figures["core"]), spacing=48)
    muted = {"labelColor": LIGHT.muted, "titleColor": LIGHT.muted, "titleFontWeight": "normal"}
    chart = panels.properties(background=LIGHT.paper, padding=12).configure(
        font=FONT,
        view={"stroke": None},
        axis={"labelFontSize": 12, "titleFontSize": 12, "gridColor": LIGHT.rule, "domainColor": LIGHT.rule, **muted},
        title={"anchor": "start", "color": LIGHT.ink, "subtitleColor": LIGHT.muted, "fontSize": 15, "offset": 12},
        text={"fontSize": 12, "color": LIGHT.ink},
    )
    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg


def _growth(builds: list[dict[str, Any]]) -> alt.LayerChart:
    largest = builds[-1]
    rows = []
    for build in builds:
        files = build["rows"]["files"]
        report = build["stages"]["report"]
        for what, seconds in (
            ("whole build", build["build_seconds"]),
            ("of it the report", report),
            ("in proportion", largest["build_seconds"] * files / largest["rows"]["files"]),
        ):
            rows.append({"files": files, "seconds": seconds, "what": what})
    table = pl.DataFrame(rows)
    x = alt.X("files:Q", title="files in the index", scale=alt.Scale(type="log", nice=False, padding=12))
    x = x.axis(format="~s", tickCount=4, grid=False)
    y = alt.Y("seconds:Q", title=None, scale=alt.Scale(type="log", nice=False, padding=12))
    y = y.axis(values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200], format="~g")
    layers = []
    for what, color, dash in (
        ("in proportion", LIGHT.muted, [4, 4]),
        ("of it the report", LIGHT.tier_2, [1, 0]),
        ("whole build", LIGHT.accent, [1, 0]),
    ):
        chosen = alt.Chart(table.filter(pl.col("what") == what)).encode(x=x, y=y)
        layers.append(chosen.mark_line(color=color, strokeDash=dash, strokeWidth=2))
        if what != "in proportion":
            layers.append(chosen.mark_point(color=color, filled=True, opacity=1, size=50))
        # Its name stands over the second point of a line; the dashed one has it at its lower end.
        place = table.filter(pl.col("what") == what).slice(2 if what == "in proportion" else 1, 1)
        aside = {"align": "left", "dx": 10, "dy": 8} if what == "in proportion" else {"align": "center", "dy": -12}
        layers.append(alt.Chart(place).encode(x=x, y=y, text="what:N").mark_text(color=color, fontWeight=600, **aside))
    title = alt.TitleParams(
        "How does the time of a build grow?", subtitle="seconds, landing to published file and report"
    )
    return alt.layer(*layers).properties(title=title, width=WIDTH, height=HEIGHT)


def _core(core: dict[str, Any]) -> alt.LayerChart:
    table = pl.DataFrame(
        [
            {
                "engine": engine,
                "seconds": core[name]["seconds"],
                "kind": "scan" if "scan" in name else name,
                "label": f"{core[name]['seconds']:.1f} s, {core[name]['peak_bytes'] / 1e9:.2f} GB",
            }
            for name, engine in ENGINES.items()
        ]
    )
    colors = alt.Scale(
        domain=["duckdb", "polars", "pandas", "scan"],
        range=[LIGHT.accent, LIGHT.enforced, LIGHT.enforced, LIGHT.muted],
    )
    longest = table["seconds"].max()
    base = alt.Chart(table).encode(
        x=alt.X("seconds:Q", title=None, scale=alt.Scale(domain=[0, longest * 1.45], nice=False), axis=None),
        y=alt.Y("engine:N", title=None, sort=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=200)),
    )
    bars = base.mark_bar(size=24).encode(color=alt.Color("kind:N", scale=colors, legend=None))
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    title = alt.TitleParams(
        "What does the core cost in other engines?", subtitle="seconds and peak memory at the largest size"
    )
    return alt.layer(bars, labels).properties(title=title, width=WIDTH, height=HEIGHT)
