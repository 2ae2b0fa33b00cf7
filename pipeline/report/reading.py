"""The figures of the report, read out of a published file."""

from __future__ import annotations

import duckdb
import polars as pl

from pipeline.errors import ReportError
from pipeline.figures import figure_queries
from pipeline.text import HIDDEN, visible

Figures = dict[str, pl.DataFrame]
"""The result of each query, by the name of its file."""


def read_figures(connection: duckdb.DuckDBPyConnection) -> Figures:
    """Run every query on a published file.

    Hidden characters in text are replaced by their code, so that a name shows as what it is, in the page and in charts.

    Raises:
        ReportError: the file lacks a mart or a column, or holds no run.
    """
    figures: Figures = {}
    for name, query in figure_queries("report").items():
        try:
            figures[name] = _visible(connection.sql(query).pl())
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise ReportError(
                f"The figure {name} of the report cannot be read: {what}",
                way_out="Make the database anew with `pypi-adoption build`.",
            ) from error
    if figures["run"].is_empty():
        raise ReportError("The table runs is empty.", way_out="Make the database anew with `pypi-adoption build`.")
    return figures


def _visible(table: pl.DataFrame) -> pl.DataFrame:
    """Replace hidden characters in every text, and in lists of texts."""
    for name, kind in table.schema.items():
        if kind == pl.String and table[name].str.contains(HIDDEN).any():
            table = table.with_columns(pl.col(name).map_elements(visible, pl.String))
        elif kind == pl.List(pl.String):
            table = table.with_columns(
                pl.col(name).map_elements(lambda texts: [visible(text) for text in texts], pl.List(pl.String))
            )
    return table
