"""The picture of the README: `make picture` draws it from the published file."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import vl_convert

from pipeline.charts.evidence import two_factor_by_tier
from pipeline.charts.origin import source_line
from pipeline.charts.theme import LIGHT, Look
from pipeline.report.reading import read_figures
from pipeline.warehouse.published import open_published

WIDTH = 900
"""Pixels; about the width of a page of text where the README is read."""


def draw_picture(connection: duckdb.DuckDBPyConnection) -> str:
    """Draw evidence by tier of a published file as SVG."""
    figures = read_figures(connection)
    run = figures["run"].row(0, named=True)
    source = source_line(figures["coverage"], run)
    look = Look(palette=LIGHT, source=source, is_simulated=run["is_simulated"])
    chart = two_factor_by_tier(figures["evidence"], look).properties(width=WIDTH, background="white", padding=12)
    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg


if __name__ == "__main__":
    with open_published(Path(sys.argv[1])) as published:
        print(draw_picture(published))  # noqa: T201 - the picture is the result
