"""The figures of the report: one named query each (`figures/<name>.sql`), which reads marts and nothing else."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import duckdb
import polars as pl

from pipeline.errors import ReportError

Figures = dict[str, pl.DataFrame]
"""The result of each query, by the name of its file."""

HIDDEN = r"[\p{C}\p{Zl}\p{Zp}]"
"""Characters that do not show, or that change how others show: controls, directions, joiners, line ends."""


def figure_queries() -> dict[str, str]:
    """The text of each query, by name."""
    folder = files("pipeline.report").joinpath("figures")
    found = (entry for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8") for entry in sorted(found, key=str)}


def read_figures(connection: duckdb.DuckDBPyConnection) -> Figures:
    """Run every query on a published file.

    Hidden characters in text are replaced by their code, so that a name shows as what it is, in the page and in charts.

    Raises:
        ReportError: the file lacks a mart or a column, or holds no run.
    """
    figures: Figures = {}
    for name, query in figure_queries().items():
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


def visible(text: str) -> str:
    r"""Write what does not show as its code: a right-to-left override becomes `\u202e`."""
    return "".join(f"\\u{ord(one):04x}" if _is_hidden(one) else one for one in text)


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")
