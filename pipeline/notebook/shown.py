"""What a notebook shows: a chart, a sentence, a short table. Each also reads well as plain text."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.theme import DARK, LIGHT, Chart, css_variables, vega_bundle
from pipeline.text import visible

SHORT, LONG = 36, 120
"""Characters of a text that stays on one line, and of one that wants a wide column."""

PROSE = {"note", "comment", "reason", "why"}
"""Columns that hold sentences of this project, in which `code` stands between backticks."""

LISTED = 25
"""Rows that a listing shows unless told otherwise."""


@dataclass(frozen=True)
class Sentence:
    """A sentence or several; `code` between backticks shows as such, and everything else as the text that it is."""

    text: str
    is_gap: bool = False
    """Whether it says that something was not observed."""

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{_marked(part)}</p>" for part in self.text.split("\n\n"))
        return f'{_style()}<div class="adoption{" gap" if self.is_gap else ""}">{paragraphs}</div>'


@dataclass(frozen=True)
class Banner:
    """What is open, for the top of a notebook. It brings the drawing library, once, so that charts need no network."""

    text: str
    is_simulated: bool

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        kind = " simulated" if self.is_simulated else ""
        return (
            f'{_style()}<div class="adoption banner{kind}"><p>{_marked(self.text)}</p></div>'
            f"<script>{vega_bundle()}</script><script>{_script()}</script>"
        )


@dataclass(frozen=True)
class Picture:
    """A chart, drawn by the library that the banner brought, in the colours of the notebook's theme."""

    chart: Chart

    def __repr__(self) -> str:
        title = self.chart.to_dict()["title"]
        return f"{title['text']} ({'; '.join(title['subtitle'])})"

    def _repr_html_(self) -> str:
        spec = self.chart.to_dict()
        title, description = spec.pop("title"), spec.pop("description")
        place = f"chart-{uuid.uuid4().hex}"
        # "<" is written as an escape, so that no text in the data can end the script element.
        data = json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c")
        subtitle = "".join(f"<p>{escape(line)}</p>" for line in title["subtitle"])
        return (
            f'{_style()}<figure class="adoption"><figcaption><b>{escape(title["text"])}</b>{subtitle}</figcaption>'
            f'<div id="{place}" class="drawing" role="img" aria-label="{escape(description)}">'
            "Run the first cell of this notebook: it brings the library that draws.</div></figure>"
            f'<script type="application/json" data-chart="{place}">{data}</script>'
            f'<script>window.adoptionDraw && window.adoptionDraw("{place}")</script>'
        )


@dataclass(frozen=True)
class Listing:
    """The first rows of a table, with the columns under names that people read."""

    table: pl.DataFrame
    columns: Mapping[str, str]
    caption: str = ""
    rows: int = LISTED

    def __repr__(self) -> str:
        return repr(self.table.select(list(self.columns)))

    def _repr_html_(self) -> str:
        kinds = {name: "number" if self.table.schema[name].is_numeric() else "text" for name in self.columns}
        head = "".join(f'<th class="{kinds[name]}">{escape(title)}</th>' for name, title in self.columns.items())
        shown = self.table.head(self.rows)
        cells = (
            "".join(
                f'<td class="{kind}{_width(row[name])}">{_cell(name, row[name])}</td>' for name, kind in kinds.items()
            )
            for row in shown.iter_rows(named=True)
        )
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        more = self.table.height - shown.height
        below = " ".join(part for part in (self.caption, f"{more:,} more rows." if more > 0 else "") if part)
        caption = f"<caption>{escape(below)}</caption>" if below else ""
        return f'{_style()}<div class="adoption"><table>{caption}<thead><tr>{head}</tr></thead>{body}</table></div>'


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(visible(text)))


def _cell(name: str, value: Any) -> str:
    """A value as people read it: shares in percent, days without a time, nothing as a dash."""
    if value is None:
        return '<span class="nothing">&ndash;</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float | Decimal):
        return percent(float(value)) if name.endswith("share") else _number(value)
    if name in PROSE:
        return _marked(str(value))
    return escape(visible("; ".join(map(str, value)) if isinstance(value, list) else str(value)))


def _width(value: Any) -> str:
    """A name or a day stays on one line; a long text gets a wide column."""
    if not isinstance(value, str):
        return " short" if isinstance(value, date) else ""
    if len(value) <= SHORT and " " not in value:
        return " short"
    return " long" if len(value) > LONG else ""


def _number(value: float | Decimal) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


@cache
def _script() -> str:
    return files("pipeline.notebook").joinpath("notebook.js").read_text(encoding="utf-8")


@cache
def _style() -> str:
    """The style sheet, with the colours of the charts for light and for JupyterLab's dark theme."""
    rules = files("pipeline.notebook").joinpath("notebook.css").read_text(encoding="utf-8")
    dark_theme = 'body[data-jp-theme-light="false"] .adoption'
    light, dark = css_variables(LIGHT), css_variables(DARK)
    return f"<style>.adoption,#vg-tooltip-element{{{light}}}{dark_theme}{{{dark}}}{rules}</style>"
