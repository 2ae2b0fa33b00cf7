"""One look for every chart: colours for light, dark and the page, and the frame around a finished chart.

The colours of the evidence classes run from blue (shown) to orange (nothing shown), which people with any of the
common colour-vision deficiencies tell apart, and the blues stand out the more from the paper, the stronger the
evidence, so that a print in grey still reads. What is unknown is grey, dashed, and never a colour of the scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt
import polars as pl
import vl_convert

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = "pl.DataFrame | pd.DataFrame"
"""A small table, aggregated before it reaches a chart."""

Chart = alt.Chart | alt.LayerChart

MAX_ROWS = 5_000
"""No chart embeds more rows than this."""

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'

NARROW = "width < 480"
"""Vega expression that holds where a chart has the width of a telephone."""


@dataclass(frozen=True)
class Palette:
    """The colours of one surrounding, by the part that they play."""

    paper: str
    """What the chart lies on; separates neighbouring marks and surrounds text that crosses a line."""
    ink: str
    """Titles, values and names."""
    muted: str
    """Axis labels and what explains; at least 4.5:1 against the paper."""
    rule: str
    """Grid lines."""
    accent: str
    """A single series."""
    trusted: str
    """Evidence: a Trusted Publisher uploaded."""
    enforced: str
    """Evidence: uploaded when tokens needed an account with 2FA."""
    announced: str
    """Evidence: uploaded when 2FA was policy, but not yet tested for tokens."""
    none: str
    """No evidence either way."""
    unknown: str
    """Not observed."""
    tier_1: str
    """Series by tier, from the most downloaded on."""
    tier_2: str
    tier_3: str
    tier_4: str
    tier_5: str
    """The long tail."""
    simulated: str
    """The word SIMULATED in running text."""
    on_strong: str
    """Text on `trusted`, `enforced` and `accent`."""
    on_weak: str
    """Text on `announced`, `none` and `unknown`."""


LIGHT = Palette(
    paper="#ffffff",
    ink="#1b1f24",
    muted="#59616b",
    rule="#e3e5e8",
    accent="#0b5394",
    trusted="#08306b",
    enforced="#2a6fb0",
    announced="#a9cbe6",
    none="#f2a65a",
    unknown="#d5d8dc",
    tier_1="#013a36",
    tier_2="#0a6f67",
    tier_3="#2f9488",
    tier_4="#7a6aa0",
    tier_5="#7d838b",
    simulated="#a23b00",
    on_strong="#ffffff",
    on_weak="#1b1f24",
)
DARK = Palette(
    paper="#16191d",
    ink="#eceef0",
    muted="#a3abb5",
    rule="#2e343b",
    accent="#7db8ee",
    trusted="#c4ddf4",
    enforced="#6aa6dc",
    announced="#2f618f",
    none="#b0611a",
    unknown="#474e57",
    tier_1="#b5efe6",
    tier_2="#5fd0c2",
    tier_3="#2fa396",
    tier_4="#a594d1",
    tier_5="#8d949d",
    simulated="#ff9d5c",
    on_strong="#10151a",
    on_weak="#ffffff",
)
PAGE = Palette(**{part.name: f"var(--chart-{part.name.replace('_', '-')})" for part in fields(Palette)})
"""For SVG inside a page that defines the colours, so that they change with it and need no new drawing."""


def css_variables(palette: Palette) -> str:
    """CSS that sets the custom properties that `PAGE` refers to, with the colours of another palette."""
    return "".join(f"--chart-{part.name.replace('_', '-')}:{getattr(palette, part.name)};" for part in fields(Palette))


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script, which gives a page the function `vegaEmbed`."""
    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


@dataclass(frozen=True)
class Look:
    """What all charts of one page or notebook have in common."""

    palette: Palette = LIGHT
    source: str = ""
    """Where the numbers come from, for the subtitle; published figures name their own source."""
    is_simulated: bool = False
    """Marks every title and the drawing itself as SIMULATED, but for figures that others published."""


@dataclass(frozen=True)
class Words:
    """What is written around a chart."""

    title: str
    """The question that the chart answers."""
    denominator: str
    """Of what the shares are shares, or what is counted."""
    description: str
    """What a reader would see, for one who does not."""
    source: str = ""
    """Overrides the source of the `Look`."""
    is_ours: bool = True
    """False where all of it is what others published, which is real beside simulated data too."""


def as_rows(table: Table) -> pl.DataFrame:
    """Take a pandas or polars table as polars; points in time become days, which is all that charts show.

    Raises:
        ValueError: it holds more than `MAX_ROWS` rows, so it was not aggregated.
    """
    rows = table if isinstance(table, pl.DataFrame) else pl.from_pandas(table)
    if rows.height > MAX_ROWS:
        raise ValueError(f"A chart takes at most {MAX_ROWS:,} rows; this table holds {rows.height:,}: aggregate it.")
    return rows.with_columns(pl.selectors.datetime().cast(pl.Date))


def chart_of(rows: pl.DataFrame) -> alt.Chart:
    """A chart of rows, with days as text that JavaScript reads as UTC; Altair would write them as local midnights."""
    return alt.Chart(rows.with_columns(pl.selectors.date().dt.to_string("%Y-%m-%d")))


def finish(layers: Sequence[Chart], words: Words, look: Look, **properties: Any) -> alt.LayerChart:
    """Put layers over each other and frame them: title, subtitle, text alternative, colours and fonts.

    Args:
        layers: The marks, from the bottom up.
        words: What is written around them.
        look: Shared by all charts of the page or notebook.
        properties: Of the whole chart; `height` in pixels and `padding`.
    """
    is_simulated = look.is_simulated and words.is_ours
    stamp = [_simulated_stamp(look.palette)] if is_simulated else []
    prefix = "SIMULATED · " if is_simulated else ""
    subtitle = [line for line in (words.denominator, f"Source: {words.source or look.source}") if line]
    framed: alt.LayerChart = (
        alt.layer(*layers, *stamp)
        .properties(
            title=alt.TitleParams(f"{prefix}{words.title}", subtitle=subtitle),
            description=f"{prefix}{words.description}",
            width="container",
            **properties,
        )
        .configure(**_configuration(look.palette))
    )
    return framed


def _simulated_stamp(palette: Palette) -> alt.Chart:
    """A word across the drawing that no crop of the picture loses."""
    once = chart_of(pl.DataFrame({"word": ["SIMULATED"]}))
    size = alt.ExprRef("min(44, width / 6)")
    word = once.mark_text(fontSize=size, fontWeight="bold", color=palette.ink, opacity=0.13, angle=340)
    middle = {"x": alt.value(alt.ExprRef("width / 2")), "y": alt.value(alt.ExprRef("height / 2"))}
    stamp: alt.Chart = word.encode(**middle, text="word:N")
    return stamp


def _configuration(palette: Palette) -> dict[str, Any]:
    """Vega-Lite's `config` for a palette."""
    label = {
        "aria": False,
        "labelColor": palette.muted,
        "labelFontSize": 12,
        "titleColor": palette.muted,
        "titleFontSize": 12,
    }
    return {
        "mark": {"aria": False},  # the description of the whole chart is its text alternative, and its table the rest
        "background": "transparent",
        "font": FONT,
        "padding": {"left": 2, "right": 6, "top": 6, "bottom": 2},
        "title": {
            "anchor": "start",
            "color": palette.ink,
            "subtitleColor": palette.muted,
            "fontSize": 16,
            "subtitleFontSize": 12,
            "offset": 12,
        },
        "view": {"stroke": None},
        "axis": {
            **label,
            "titleFontWeight": "normal",
            "domainColor": palette.rule,
            "gridColor": palette.rule,
            "tickColor": palette.rule,
            "labelPadding": 6,
            "titlePadding": 8,
        },
        "legend": {
            **label,
            "labelColor": palette.ink,
            "title": None,
            "orient": "top",
            "direction": "horizontal",
            "symbolType": "square",
            "symbolSize": 140,
            "symbolStrokeWidth": 0,
            "labelLimit": 240,
            "columnPadding": 18,
            "rowPadding": 6,
            "offset": 14,
        },
        "text": {"color": palette.ink, "fontSize": 12},
        "line": {"strokeWidth": 2.5, "strokeJoin": "round"},
        "point": {"size": 70, "filled": True},
    }
