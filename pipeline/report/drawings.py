"""The charts of the report: each from the figure of its name, ready to be drawn by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from pipeline.charts import accounts, evidence, incidents, publishing, releases
from pipeline.charts.theme import Look
from pipeline.report.reading import Figures


@dataclass(frozen=True)
class Drawing:
    """One chart. Its title and subtitle are set by the page, where they wrap and can be read aloud."""

    title: str
    subtitle: list[str]
    description: str
    spec: dict[str, Any]


def draw(figures: Figures, look: Look) -> dict[str, Drawing | None]:
    """Every chart by name; None where its figure holds no row."""
    builders: dict[str, tuple[pl.DataFrame, Callable[[], alt.LayerChart]]] = {
        name: (figures[name], builder) for name, builder in _builders(figures, look).items()
    }
    return {name: _drawing(build()) if table.height else None for name, (table, build) in builders.items()}


def _builders(figures: Figures, look: Look) -> dict[str, Callable[[], alt.LayerChart]]:
    run = figures["run"].row(0, named=True)
    dates = {"enforced_from": f"{run['enforced_from']}", "announced_from": f"{run['announced_from']}"}
    mandate, publishers = figures["milestones_two_factor"], figures["milestones_publishing"]
    bands = figures["attested_bands"].filter(pl.col("band_first_rank").is_not_null())
    return {
        "evidence": lambda: evidence.two_factor_by_tier(figures["evidence"], look),
        "evidence_by_rank": lambda: evidence.two_factor_by_rank(figures["evidence_by_rank"], look),
        "cut_dates": lambda: evidence.cut_date_sensitivity(figures["cut_dates"], look, **dates),
        "released_after": lambda: releases.released_after(figures["released_after"], mandate, look),
        "release_months": lambda: releases.release_months(figures["release_months"], mandate, look),
        "publishing": lambda: evidence.publishing_by_tier(figures["publishing"], look),
        "publisher_share": lambda: publishing.publisher_share_by_month(
            figures["publisher_share"], publishers, look, source=_sources(figures["publisher_share"])
        ),
        "attested_bands": lambda: publishing.attested_by_rank_band(bands, look, source=_sources(bands)),
        "accounts": lambda: accounts.accounts_with_two_factor(
            figures["accounts"], look, source="PyPI and the press, each in the table"
        ),
        "prevention": lambda: incidents.prevention_matrix(
            figures["prevention"], look, source="incident reports of PyPI and others, each in the table"
        ),
    }


def _sources(table: pl.DataFrame) -> str:
    return "; ".join(table["source"].unique(maintain_order=True))


def _drawing(chart: alt.LayerChart) -> Drawing:
    spec = chart.to_dict(validate=False)  # the tests of the charts validate them; here it would take half of the time
    title = spec.pop("title")
    return Drawing(title["text"], title["subtitle"], spec.pop("description"), spec)
