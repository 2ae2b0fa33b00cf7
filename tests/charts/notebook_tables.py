"""A small table for each chart of the notebooks, and the charts that are made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import altair as alt
import polars as pl
from chart_tables import MILESTONES

from pipeline.charts import (
    adoption,
    coverage,
    criticality,
    exposure,
    mandate,
    published,
    publishers,
    reach,
    register,
    shares,
    stacks,
    survival,
)
from pipeline.charts.theme import Look

COVERAGE = pl.DataFrame(
    {"measure": ["roles", "files", "a_new_one"], "observed_count": [0, 99, 100], "total_count": [100, 100, 100]}
)
MONTHLY = pl.DataFrame(
    {
        "month": [date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)] * 2,
        "tier": ["top_100"] * 4 + ["long_tail"] * 4,
        "unit": ["projects"] * 4 + ["files"] * 4,
        "numerator": [0, 1, 2, 3, 0, 1, 1, 1],
        "denominator": [10, 10, 10, 10, 20, 20, 20, 20],
        "share": [0.0, 0.1, 0.2, 0.3, 0.0, 0.05, 0.05, 0.05],
        "share_low": [None, None, None, None, 0.0, 0.01, 0.01, 0.01],
        "share_high": [None, None, None, None, 0.1, 0.2, 0.2, 0.2],
    },
    schema_overrides={"share_low": pl.Float64, "share_high": pl.Float64},
)
COHORTS = pl.DataFrame(
    {
        "cohort": ["before 2015", "before 2015", "2025"],
        "cohort_order": [0, 0, 5],
        "month": [date(2024, 10, 1), date(2025, 1, 1), date(2025, 1, 1)],
        "numerator": [1, 2, 1],
        "denominator": [990, 1000, 50],
        "share": [0.001, 0.002, 0.02],
    }
)
CURVES = pl.DataFrame(
    {
        "group_kind": ["all", "tier", "tier", "tier"],
        "group_name": ["all", "top_100", "top_15000", "top_15000"],
        "day_count": [10, 20, 5, 30],
        "share": [0.1, 0.5, 0.05, 0.2],
        "share_low": [0.05, 0.2, 0.01, 0.1],
        "share_high": [0.2, 0.9, 0.1, 0.3],
        "at_risk_count": [100, 12, 300, 200],
    }
)
ESTIMATES = pl.DataFrame(
    {
        "name": ["hazard_ratio", "hazard_ratio", "hazard_ratio"],
        "term": ["tier: top_100 against top_15000", "host: other against github", "owner: unknown against individual"],
        "estimate": [2.0, 0.5, None],
        "low": [1.5, 0.1, None],
        "high": [2.5, 3.0, None],
        "n": [100, 200, 3],
        "reason": ["", "", "nobody of this level has adopted"],
    }
)
CHANGES = pl.DataFrame(
    {
        "name": ["activity_level_change", "activity_slope_change"],
        "term": ["2024-01-01", "2024-01-01"],
        "estimate": [-0.01, 0.001],
        "low": [-0.02, -0.001],
        "high": [0.0, 0.003],
    }
)
RETURNS = pl.DataFrame(
    {
        "date": ["2024-01-01", "2023-01-01"],
        "kind": ["after", "placebo"],
        "share": [0.02, 0.01],
        "low": [0.01, 0.005],
        "high": [0.03, 0.02],
        "n": [1200, 1000],
    }
)
SERIES = pl.DataFrame(
    {
        "month": [date(2025, 9, 1), date(2025, 10, 1)],
        "share": [0.1, 0.2],
        "share_low": [0.05, None],
        "share_high": [0.15, None],
        "numerator": [1, 2],
        "denominator": [10, 10],
    }
)
CELLS = pl.DataFrame(
    {
        "first_rank": [1, 11, 11],
        "last_rank": [10, 15, 15],
        "evidence": ["enforced", "none", "announced"],
        "from_month": [date(2026, 1, 1), date(2019, 4, 1), date(2024, 7, 1)],
        "to_month": [date(2026, 4, 1), date(2019, 7, 1), date(2024, 9, 1)],
        "projects": [10, 4, 1],
        "denominator": [10, 5, 5],
        "share": [1.0, 0.8, 0.2],
    }
)
NAMED = pl.DataFrame(
    {
        "project": ["first", "on-the-left", "no-room-for-this", "elsewhere"],
        "download_rank": [12, 12, 12, 2],
        "newest_upload_at": [date(2019, 5, 1), date(2019, 6, 15), date(2019, 5, 20), date(2024, 8, 1)],
    }
)
SENSITIVITY = pl.DataFrame(
    [
        ("two_factor_shown", "all", "enforced", 5, 10, 0.5, 0.3, 0.7),
        ("two_factor_shown", "all", "announced", 6, 10, 0.6, 0.4, 0.8),
        ("two_factor_shown", "top1pct", "enforced", 9, 10, 0.9, None, None),
        ("two_factor_shown", "top1pct", "announced", 9, 10, 0.9, None, None),
        ("two_factor_shown", "mass80", "enforced", None, 0, None, None, None),
        ("attested", "all", None, 1, 10, 0.1, None, None),
    ],
    schema=["headline", "criticality", "cut_date", "numerator", "denominator", "share", "share_low", "share_high"],
    orient="row",
)
AGREEMENT = pl.DataFrame({"term": ["top1pct and mass80", "mass80 and dependents"], "estimate": [0.25, None]})
REASONS = pl.DataFrame({"reason": ["single_owner", "archived"], "projects": [3, 1], "denominator": [4, 4]})
DEFINITIONS = pl.DataFrame(
    {
        "criticality": ["mass80", "all", "all"],
        "evidence": ["enforced", "none", "unknown"],
        "numerator": [3, 8, 2],
        "total": [3, 10, 10],
    }
)
OWNED = DEFINITIONS.rename({"criticality": "owners"}).with_columns(
    owners=pl.Series(["single", "organization", "organization"])
)
LORENZ = pl.DataFrame({"account_share": [0.0, 0.5, 0.9, 0.99, 1.0], "downloads_share": [0.0, 0.01, 0.1, 0.4, 1.0]})
BANDS = pl.DataFrame(
    {"band": ["1,000 and more", "100 and more"], "place": [-3, -2], "accounts": [5, 90], "shown": [1, 40]}
)
BOUNDS = pl.DataFrame({"term": ["all", "critical"], "low": [0.4, None], "high": [1.0, None], "n": [100, 0]})
COUNTS = pl.DataFrame(
    {"count": [0, 8], "label": ["0", "8 and more"], "projects": [3, 1], "denominator": [4, 4], "share": [0.75, 0.25]}
)
LINKS = pl.DataFrame(
    {
        "project": ["much-needed", "less-needed"],
        "dependents_transitive": [120, 3],
        "newest_upload_at": [date(2019, 5, 1), date(2020, 1, 1)],
        "denominator": [480, 480],
    }
)
TIERS = pl.DataFrame(
    {
        "tier": ["top_100", "all", "long_tail"],
        "numerator": [30, 300, None],
        "denominator": [100, 1000, 0],
        "share": [0.3, 0.3, None],
        "share_low": [None, 0.2, None],
        "share_high": [None, 0.4, None],
    }
)
KINDS = pl.DataFrame({"kind": ["GitHub", "GitLab"], "projects": [9, 1], "denominator": [10, 10]})

Given = Callable[[pl.DataFrame], object]
Maker = Callable[[Given, Look], alt.LayerChart]
CHARTS: dict[str, Maker] = {
    "coverage": lambda given, look: coverage.observed_by_measure(given(COVERAGE), look),
    "units": lambda given, look: adoption.attested_by_unit(given(MONTHLY), given(MILESTONES), look),
    "tiers": lambda given, look: adoption.attested_by_tier(given(MONTHLY), given(MILESTONES), look, unit="downloads"),
    "cohorts": lambda given, look: adoption.cohorts(given(COHORTS), look),
    "curves": lambda given, look: survival.adoption_curves(given(CURVES), look, group="tier"),
    "hazards": lambda given, look: survival.hazard_ratios(given(ESTIMATES), look),
    "uploads": lambda given, look: mandate.uploads_by_month(
        given(SERIES.select("month", projects="denominator")), given(MILESTONES), look
    ),
    "changes": lambda given, look: mandate.series_changes(given(CHANGES), look, title="Did it?", denominator="Share"),
    "returns": lambda given, look: mandate.returns(given(RETURNS), look, within_days=180, dormant_days=365),
    "kinds": lambda given, look: publishers.publisher_kinds(given(KINDS), look),
    "owners": lambda given, look: publishers.repository_owners(given(KINDS.rename({"kind": "owner"})), look),
    "beside": lambda given, look: published.ours_beside_published(
        given(SERIES), given(SERIES), given(MILESTONES), look, publisher="somebody"
    ),
    "map": lambda given, look: criticality.criticality_against_evidence(given(CELLS), given(NAMED), look),
    "headline": lambda given, look: criticality.headline_by_definition(
        given(SENSITIVITY), look, headline="two_factor_shown"
    ),
    "agreement": lambda given, look: criticality.agreement(given(AGREEMENT), look),
    "reasons": lambda given, look: register.register_reasons(given(REASONS), look),
    "definitions": lambda given, look: stacks.evidence_by_definition(given(DEFINITIONS), look),
    "evidence_owners": lambda given, look: stacks.evidence_by_owners(given(OWNED), look),
    "concentration": lambda given, look: reach.reach_concentration(given(LORENZ), look),
    "bands": lambda given, look: reach.reach_bands(given(BANDS), look),
    "bounds": lambda given, look: reach.two_factor_bounds(given(BOUNDS), look),
    "counts": lambda given, look: exposure.exposure_counts(given(COUNTS), look),
    "links": lambda given, look: exposure.weakest_links(given(LINKS), look),
    "shares": lambda given, look: shares.measure_by_tier(given(TIERS), look, title="Does it?", denominator="Share"),
}
"""Each chart from its table, given as polars or as what the first argument makes of it."""
