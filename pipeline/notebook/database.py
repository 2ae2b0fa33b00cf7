"""The published file, opened for reading, with what a notebook asks of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import duckdb
import polars as pl

from pipeline.charts.origin import source_line
from pipeline.charts.theme import PAGE, Chart, Look
from pipeline.figures import FOLDERS, figure_queries
from pipeline.notebook.shown import LISTED, Banner, Listing, Picture, Sentence
from pipeline.settings import Settings
from pipeline.warehouse.published import open_published, read_run

ENVIRONMENT = "PYPI_ADOPTION_DB"
"""An environment variable that names the file to open where no path is given; the tests point notebooks with it."""


def open_database(path: str | Path | None = None) -> Adoption:
    """Open the published file for reading.

    A notebook leaves it open; a program closes it, `with open_database() as adoption: ...` or `adoption.close()`.

    Args:
        path: The file; by default the one that `PYPI_ADOPTION_DB` names, or else `data/adoption.duckdb`.

    Raises:
        BuildError: there is no such file, it is not one of this project or of another schema version, or another
            program is writing into it.
    """
    database = Path(path or os.environ.get(ENVIRONMENT) or Settings().database)
    with open_published(database) as opened:
        run = read_run(opened, database)
    # Opened anew, for whoever works here may read other files beside it.
    connection = duckdb.connect(str(database), read_only=True)
    connection.execute("set timezone = 'UTC'")
    return Adoption(database, connection, run)


class Adoption:
    """A read-only connection to a published file. Shown in a notebook, it says what is open.

    As a context manager it closes the file at the end.

    Attributes:
        path: The file.
        connection: The DuckDB connection, read-only and in UTC.
        run: The row of `runs`.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, run: Mapping[str, Any]) -> None:
        self.path = path
        self.connection = connection
        self.run = run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; relations made from it can no longer be read, tables already fetched stay."""
        self.connection.close()

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """A mart as a DuckDB relation: `.pl()` gives polars, `.df()` pandas, `.filter("tier = 'top_100'")` a part."""
        return self.connection.table(f"main.{name}")

    def sql(self, query: str, **values: object) -> duckdb.DuckDBPyRelation:
        """The result of a query, with values bound to its parameters (`$tier`)."""
        return self.connection.sql(query, params=values or None)

    def tables(self) -> pl.DataFrame:
        """One row per mart: `name`, `rows`, `comment` (what it holds, and its grain)."""
        found = self.sql(
            "select table_name as name, comment from duckdb_tables() where schema_name = 'main' order by table_name"
        ).pl()
        counts = [self.sql(f'select count(*) from main."{name}"').fetchall()[0][0] for name in found["name"]]  # noqa: S608
        return (
            pl.DataFrame(found).with_columns(rows=pl.Series(counts, dtype=pl.Int64)).select("name", "rows", "comment")
        )

    def describe(self) -> str:
        """One or two sentences: which source, which month, observed when, and whether any of it is real."""
        run = self.run
        where = f"`{self.path.name}`, made from the source `{run['source']}` for {run['period']}"
        when = f"observed on {run['observed_on']}, by pypi-adoption {run['code_version']}."
        if run["is_simulated"]:
            return (
                f"SIMULATED: {where}, {when} The index is a fictitious one; only what others published (figures, "
                "incidents, milestones) is real."
            )
        missing = self._never_observed()
        if not missing:
            return f"Open: {where}, {when}"
        return (
            f"Open: {where}, {when} Not observed in it: {missing}. What rests on these stays empty below, with the "
            "command that would observe it; `pypi-adoption run --source simulated`, and then "
            "`PYPI_ADOPTION_DB=$PWD/data/simulated.duckdb make lab`, shows all of it on made-up data."
        )

    def _never_observed(self) -> str:
        """The measures of `coverage` that a command would observe and that nobody did, in words."""
        counts = self.figure("coverage_by_measure").filter(
            pl.col("observed_count") == 0, pl.col("measure") != "account_two_factor"
        )
        return ", ".join(measure.replace("_", " ") for measure in counts["measure"])

    @property
    def look(self) -> Look:
        """The look of the charts: colours of the page, source, and SIMULATED where the data are."""
        source = source_line(self.table("coverage").pl(), self.run)
        return Look(palette=PAGE, source=source, is_simulated=self.run["is_simulated"])

    def figure(self, name: str) -> pl.DataFrame:
        """A named small table, aggregated from the marts (`pipeline/figures`).

        Raises:
            KeyError: there is no figure of that name.
        """
        return pl.DataFrame(self.connection.sql(figure_queries(*FOLDERS)[name]).pl())

    def not_observed(self, *measures: str) -> str:
        """Say which measures of the table `coverage` were not observed, why, and which command would; "" if none.

        Raises:
            KeyError: `coverage` has no such measure.
        """
        coverage = self.table("coverage").pl()
        said = []
        for measure in measures:
            rows = coverage.filter(measure=measure)
            if rows.is_empty():
                raise KeyError(measure)
            if rows["observed_count"].sum() == 0:
                notes = " ".join(rows["note"].unique(maintain_order=True))
                said.append(f"Not observed in this file: {measure.replace('_', ' ')}. {notes}")
        return "\n\n".join(said)

    def draw(
        self, chart: Callable[..., Chart], *tables: str | pl.DataFrame, needs: str = "", **options: Any
    ) -> Picture | Sentence:
        """Draw a chart out of tables (or figures, by name), or say why there is nothing to draw.

        Args:
            chart: A function of `pipeline.charts`; it is given the tables and the look.
            tables: Its tables. Where the first one is empty, a sentence says so instead.
            needs: Measures of `coverage` that the chart rests on, separated by spaces.
            options: Passed on to `chart`.
        """
        given = self._given(tables)
        missing = self._missing(given, needs)
        return Sentence(missing, is_gap=True) if missing else Picture(chart(*given, self.look, **options))

    def say(self, finding: Callable[..., str], *tables: str | pl.DataFrame, needs: str = "") -> Sentence:
        """Read a finding out of tables (or figures, by name), or say why there is none."""
        given = self._given(tables)
        missing = self._missing(given, needs)
        return Sentence(missing, is_gap=True) if missing else Sentence(finding(*given))

    def listing(
        self,
        table: str | pl.DataFrame,
        columns: Mapping[str, str],
        *,
        needs: str = "",
        caption: str = "",
        rows: int = LISTED,
    ) -> Listing | Sentence:
        """Show the first rows of a table (or of a figure, by name), or say why there are none.

        Args:
            table: What to show.
            columns: The columns in their order, each with the words above it.
            needs: Measures of `coverage` that the table rests on, separated by spaces.
            caption: What a reader must know; stands below.
            rows: How many rows to show.
        """
        given = self._given((table,))
        missing = self._missing(given, needs)
        return Sentence(missing, is_gap=True) if missing else Listing(given[0], columns, caption, rows)

    def _given(self, tables: tuple[str | pl.DataFrame, ...]) -> list[pl.DataFrame]:
        return [self.figure(table) if isinstance(table, str) else table for table in tables]

    def _missing(self, given: list[pl.DataFrame], needs: str) -> str:
        unobserved = self.not_observed(*needs.split())
        if unobserved or not given[0].is_empty():
            return unobserved
        return "There is none: the table behind this holds no row in this file."

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        return Banner(self.describe(), self.run["is_simulated"])._repr_html_()
