"""The report as one HTML page that needs nothing but itself, and the page that lists the reports of all months."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import duckdb
import polars as pl
from markupsafe import Markup

from pipeline.charts import labels
from pipeline.charts.changes import MEASURES
from pipeline.charts.origin import origin_of, source_line
from pipeline.charts.theme import PAGE, Look, vega_bundle
from pipeline.report.changes import KINDS, POPULATIONS, SCOPES, counts_by_kind, pseudonyms
from pipeline.report.document import environment, policy_for, style_sheet, template_text
from pipeline.report.drawings import draw
from pipeline.report.reading import Figures, read_figures
from pipeline.report.record import FIRST, Listed, Record, make_record
from pipeline.report.tables import in_order, tables, tier_columns

SECTIONS = {
    "summary": "In short",
    "changes": "Changes since the previous period",
    "evidence": "Two-factor evidence",
    "criticality": "What “critical” means",
    "releases": "When projects last released",
    "publishing": "Trusted Publishing",
    "adoption": "Adoption by month",
    "accounts": "Accounts with 2FA",
    "reach": "Reach of accounts",
    "exposure": "Exposure through dependencies",
    "estimates": "Estimates",
    "incidents": "What would have helped",
    "register": "Critical, without evidence",
    "coverage": "What was not observed",
    "method": "Method and limits",
    "checks": "Checks",
    "inputs": "Inputs",
}
"""The sections in their order, by the name of their template."""


def make_report(connection: duckdb.DuckDBPyConnection, *, shows_accounts: bool = False) -> tuple[str, Record]:
    """Make the report of a published file.

    Args:
        connection: A connection to the file; it is only read.
        shows_accounts: Whether accounts stand under their names, and not under pseudonyms.

    Returns:
        The page, one HTML text with its charts that asks no other host for anything, and its record.

    Raises:
        ReportError: the file lacks a mart that the report rests on.
    """
    figures = read_figures(connection)
    if not shows_accounts:
        figures = pseudonyms(figures)
    page = _page(figures, shows_accounts=shows_accounts)
    return page, make_record(figures, page)


def make_index(observed: Sequence[Listed], simulated: Sequence[Listed]) -> str:
    """The page that lists all reports.

    Args:
        observed: Reports of what was observed, the newest first.
        simulated: Reports of simulated indexes, which stand apart.
    """
    style = style_sheet()
    return (
        environment()
        .get_template("periods.html.j2")
        .render(
            observed=observed,
            simulated=simulated,
            first=FIRST,
            policy=policy_for([], style),
            style=Markup(style),  # noqa: S704
        )
    )


def _page(figures: Figures, *, shows_accounts: bool) -> str:
    run = figures["run"].row(0, named=True)
    source = source_line(figures["coverage"], run)
    drawings = draw(figures, Look(palette=PAGE, source=source, is_simulated=run["is_simulated"]))
    script, style = template_text("charts.js"), style_sheet()
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            f={name: in_order(table).to_dicts() for name, table in figures.items()},
            t=tables(figures),
            tier_columns=tier_columns,
            counts=counts_by_kind(figures),
            observed=set(figures["coverage"].filter(pl.col("observed_count") > 0)["measure"]),
            origin_of=partial(origin_of, figures["coverage"], run),
            shows_accounts=shows_accounts,
            drawings=drawings,
            sections=SECTIONS,
            labels=labels,
            measures=MEASURES,
            kinds=KINDS,
            scopes=SCOPES,
            populations=POPULATIONS,
            policy=policy_for([vega_bundle(), script], style),
            vega=Markup(vega_bundle()),  # noqa: S704 - this project's own text, as the two below
            script=Markup(script),  # noqa: S704
            style=Markup(style),  # noqa: S704
        )
    )
