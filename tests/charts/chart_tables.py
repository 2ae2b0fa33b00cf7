"""A small table for each chart, and the charts that are made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import altair as alt
import polars as pl

from pipeline.charts import accounts, evidence, incidents, publishing, releases
from pipeline.charts.theme import Look

MILESTONES = pl.DataFrame(
    {
        "date": [date(2023, 5, 25), date(2024, 1, 1), date(2024, 8, 2), date(2031, 1, 1)],
        "label": ["2023-05-25 plan", "2024-01-01 policy", "2024-08-02 test", "2031-01-01 outside"],
        "title": ["Plan", "Required", "Tested", "Later"],
    }
)
EVIDENCE = pl.DataFrame(
    [
        ("top_100", "none", 8, 100),
        ("top_100", "enforced", 92, 100),
        ("top_100", "trusted_publisher", 0, 100),
        ("all", "none", 300, 1000),
        ("all", "enforced", 690, 1000),
        ("all", "trusted_publisher", None, 1000),
        ("all", "unknown", 10, 1000),
    ],
    schema=["tier", "evidence", "numerator", "total"],
    orient="row",
)
AS_PUBLISHING = {
    "none": "not_attested",
    "enforced": "attested",
    "trusted_publisher": "partly_attested",
    "unknown": "unobserved",
}
PUBLISHING = EVIDENCE.with_columns(pl.col("evidence").replace_strict(AS_PUBLISHING))
RANKS = pl.DataFrame(
    {
        "band": [0, 1, 1],
        "first_rank": [1, 11, 11],
        "last_rank": [10, 15, 15],
        "evidence": ["enforced", "enforced", "unknown"],
        "numerator": [10, 4, 1],
        "total": [10, 5, 5],
    }
)
CUT_DATES = pl.DataFrame(
    {
        "tier": ["all", "top_100"],
        "strict_numerator": [500, 92],
        "weak_numerator": [560, 94],
        "denominator": [990, 100],
        "total": [1000, 100],
        "strict_share": [0.5, 0.92],
        "weak_share": [0.56, 0.94],
    }
)
RELEASED = pl.DataFrame(
    {
        "tier": ["top_100", "top_100", "long_tail", "long_tail"],
        "month": [date(2023, 1, 1), date(2026, 9, 1)] * 2,
        "share": [0.99, 0.52, 0.6, 0.51],
    }
)
MONTHS = pl.DataFrame(
    {
        "tier": ["all", "all", "all", "top_100"],
        "month": [date(2023, 1, 1), date(2024, 8, 1), date(2024, 8, 1), date(2026, 10, 1)],
        "evidence": ["none", "announced", "enforced", "enforced"],
        "numerator": [10, 20, 5, 52],
    }
)
SHARES = pl.DataFrame(
    {
        "month": [date(2024, 2, 1), date(2025, 10, 1)],
        "share": [0.108, 0.256],
        "share_low": [0.105, 0.253],
        "share_high": [0.111, 0.259],
        "files": [240500, 376500],
    }
)
BANDS = pl.DataFrame(
    {
        "band_first_rank": [1, 51],
        "band_last_rank": [50, 100],
        "projects": [50, 50],
        "attested_projects": [26, 23],
        "share": [0.52, 0.46],
        "share_low": [0.385, 0.33],
        "share_high": [0.652, 0.596],
    }
)
ACCOUNTS = pl.DataFrame(
    {
        "date": [date(2022, 7, 1), date(2023, 5, 29), date(2024, 8, 16)],
        "users": [28336, 38248, 140000],
        "qualifier": ["exactly", "exactly", "at least"],
        "is_secondary": [True, True, False],
        "users_total": [None, 704458, 850000],
        "users_total_qualifier": [None, "exactly", "about"],
    }
)
INCIDENTS = pl.DataFrame(
    {
        "id": ["expired-domain", "expired-domain", "leaked-token", "leaked-token"],
        "date": ["2022-05-24", "2022-05-24", "2026-03", "2026-03"],
        "vector": ["expired_domain", "expired_domain", "leaked_token", "leaked_token"],
        "measure": ["2FA", "Trusted Publishing"] * 2,
        "verdict": ["yes", "no", "no", "partly"],
        "reason": ["A reset.", "The account.", "A token.", "Short-lived."],
    }
)

Maker = Callable[[Callable[[pl.DataFrame], object], Look], alt.LayerChart]
DATES = {"enforced_from": "2024-08-02", "announced_from": "2024-01-01"}

CHARTS: dict[str, Maker] = {
    "two_factor_by_tier": lambda given, look: evidence.two_factor_by_tier(given(EVIDENCE), look),
    "publishing_by_tier": lambda given, look: evidence.publishing_by_tier(given(PUBLISHING), look),
    "two_factor_by_rank": lambda given, look: evidence.two_factor_by_rank(given(RANKS), look),
    "cut_date_sensitivity": lambda given, look: evidence.cut_date_sensitivity(given(CUT_DATES), look, **DATES),
    "released_after": lambda given, look: releases.released_after(given(RELEASED), given(MILESTONES), look),
    "release_months": lambda given, look: releases.release_months(given(MONTHS), given(MILESTONES), look),
    "publisher_share": lambda given, look: publishing.publisher_share_by_month(
        given(SHARES), given(MILESTONES), look, source="somebody"
    ),
    "attested_bands": lambda given, look: publishing.attested_by_rank_band(given(BANDS), look, source="somebody"),
    "accounts": lambda given, look: accounts.accounts_with_two_factor(given(ACCOUNTS), look, source="somebody"),
    "incidents": lambda given, look: incidents.prevention_matrix(given(INCIDENTS), look, source="somebody"),
}
"""Each chart from its table, given as polars or as what the first argument makes of it."""
