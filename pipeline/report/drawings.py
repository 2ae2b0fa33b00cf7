"""The charts of the report: each from the figure of its name, ready to be drawn by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.charts import (
    accounts,
    adoption,
    changes,
    criticality,
    evidence,
    incidents,
    mandate,
    publishing,
    reach,
    releases,
    shares,
    survival,
)
from pipeline.charts.theme import Chart, Look
from pipeline.report.reading import Figures


@dataclass(frozen=True)
class Drawing:
    """One chart. Its title and subtitle are set by the page, where they wrap and can be read aloud."""

    title: str
    subtitle: list[str]
    description: str
    spec: dict[str, Any]


Builder = Callable[[pl.DataFrame], Chart]


def draw(figures: Figures, look: Look) -> dict[str, Drawing | None]:
    """Every chart by name; None where there is nothing to draw."""
    found = charts(figures, look)
    return {name: _drawing(build(table)) if table.height else None for name, (table, build) in found.items()}


def charts(figures: Figures, look: Look) -> dict[str, tuple[pl.DataFrame, Builder]]:
    """The rows of every chart by name, and what draws them."""
    return _of_the_index(figures, look) | _of_others(figures, look) | _where_observed(figures, look)


def _of_the_index(figures: Figures, look: Look) -> dict[str, tuple[pl.DataFrame, Builder]]:
    """What every source observes."""
    run = figures["run"].row(0, named=True)
    dates = {"enforced_from": f"{run['enforced_from']}", "announced_from": f"{run['announced_from']}"}
    cuts = figures["milestones_two_factor"]
    return {
        "evidence": (figures["evidence"], lambda rows: evidence.two_factor_by_tier(rows, look)),
        "evidence_by_rank": (figures["evidence_by_rank"], lambda rows: evidence.two_factor_by_rank(rows, look)),
        "cut_dates": (figures["cut_dates"], lambda rows: evidence.cut_date_sensitivity(rows, look, **dates)),
        "released_after": (figures["released_after"], lambda rows: releases.released_after(rows, cuts, look)),
        "release_months": (figures["release_months"], lambda rows: releases.release_months(rows, cuts, look)),
        "publishing": (figures["publishing"], lambda rows: evidence.publishing_by_tier(rows, look)),
    }


def _of_others(figures: Figures, look: Look) -> dict[str, tuple[pl.DataFrame, Builder]]:
    """What others published."""
    publishers = figures["milestones_publishing"]
    bands = figures["attested_bands"].filter(pl.col("band_first_rank").is_not_null())
    in_table = "each in the table"
    return {
        "publisher_share": (
            figures["publisher_share"],
            lambda rows: publishing.publisher_share_by_month(rows, publishers, look, source=_sources(rows)),
        ),
        "attested_bands": (bands, lambda rows: publishing.attested_by_rank_band(rows, look, source=_sources(rows))),
        "accounts": (
            figures["accounts"],
            lambda rows: accounts.accounts_with_two_factor(rows, look, source=f"PyPI and the press, {in_table}"),
        ),
        "prevention": (
            figures["prevention"],
            lambda rows: incidents.prevention_matrix(
                rows, look, source=f"incident reports of PyPI and others, {in_table}"
            ),
        ),
    }


def _where_observed(figures: Figures, look: Look) -> dict[str, tuple[pl.DataFrame, Builder]]:
    """What needs files, roles, requirements, downloads or a month before."""
    run = figures["run"].row(0, named=True)
    plain = figures["sensitivity"].filter(unit="projects", denominator_kind="plain")
    definitions = plain.filter(pl.col("denominator") > 0)["criticality"].n_unique()
    months = figures["adoption"].filter(tier="all", denominator_kind="plain")
    exposed = figures["exposure"].filter(evidence="some_without")
    compared = figures["changed_figures"].filter(scope="all", population="both")
    return {
        "then_and_now": (
            compared,
            lambda rows: changes.then_and_now(rows, look, then=run["previous_period"], now=run["period"]),
        ),
        "definitions": (
            plain if definitions > len(["all", "top1pct"]) else plain.clear(),
            lambda rows: criticality.headline_by_definition(rows, look, headline="two_factor_shown"),
        ),
        "adoption": (
            months,
            lambda rows: adoption.attested_by_unit(rows, figures["milestones_publishing"], look),
        ),
        "bounds": (
            _estimates(figures, "accounts_two_factor_share"),
            lambda rows: reach.two_factor_bounds(rows, look),
        ),
        "concentration": (
            figures["concentration"],
            lambda rows: reach.reach_concentration(rows, look),
        ),
        "exposure": (
            exposed,
            lambda rows: shares.measure_by_tier(
                rows,
                look,
                title="Which share of the projects needs something without evidence?",
                denominator="Share of the projects whose own requirements are known, versions not resolved",
                interval="what is possible",
            ),
        ),
        "hazard_ratios": (
            _estimates(figures, "hazard_ratio").drop_nulls("estimate"),
            lambda rows: survival.hazard_ratios(rows, look),
        ),
        "mandate": (
            _estimates(figures, "activity_").drop_nulls("estimate"),
            lambda rows: mandate.series_changes(
                rows,
                look,
                title="Did activity break when the mandate came?",
                denominator="Share of the projects of each month that uploaded something, as a segmented regression",
            ),
        ),
    }


def _estimates(figures: Figures, start: str) -> pl.DataFrame:
    """The estimates whose name begins so, and of which something is known."""
    return figures["estimates"].filter(
        pl.col("name").str.starts_with(start), pl.col("estimate").is_not_null() | pl.col("low").is_not_null()
    )


def _sources(table: pl.DataFrame) -> str:
    return "; ".join(table["source"].unique(maintain_order=True))


def _drawing(chart: Chart) -> Drawing:
    spec = chart.to_dict(validate=False)  # the tests of the charts validate them; here it would take half of the time
    title = spec.pop("title")
    return Drawing(title["text"], title["subtitle"], spec.pop("description"), spec)
