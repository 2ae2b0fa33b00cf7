"""Figures turned the way a reader wants them in a table: one row a month, one column a tier."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipeline.charts.labels import EVIDENCE, PUBLISHING, TIERS
from pipeline.report.reading import Figures
from pipeline.report.words import Row

ORDERS = {"tier": [*TIERS], "evidence": [*EVIDENCE, *PUBLISHING]}
"""Codes of columns in the order in which charts show them."""


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """The rows in the order of the codes in the first two columns, as charts have them; otherwise as they were."""
    keys = [
        pl.col(name).replace_strict(codes, range(len(codes)), default=len(codes), return_dtype=pl.Int64)
        if (codes := ORDERS.get(name))
        else pl.col(name)
        for name in table.columns[:2]
    ]
    is_coded = any(name in ORDERS for name in table.columns[:2])
    return table.sort(keys, maintain_order=True) if is_coded else table


def tables(figures: Figures) -> dict[str, Sequence[Row]]:
    """The figures that need turning, by name.

    `released_after`, `dated_projects` (its denominators) and `release_months` get one row a month and one column a tier
    (NULL where a tier is missing; 0 where it has no release in the month).
    """
    released = figures["release_months"].group_by("tier", "month").agg(pl.col("numerator").sum())
    return {
        "released_after": _by_month(figures["released_after"], "share"),
        "dated_projects": _by_month(figures["released_after"], "denominator"),
        "release_months": _by_month(
            released.select(pl.col("tier").unique())
            .join(released.select(pl.col("month").unique()), how="cross")
            .join(released, ["tier", "month"], how="left")
            .with_columns(pl.col("numerator").fill_null(0)),
            "numerator",
        ),
    }


def _by_month(rows: pl.DataFrame, value: str) -> Sequence[Row]:
    turned = rows.pivot("tier", index="month", values=value).sort("month")
    missing = [pl.lit(None).alias(tier) for tier in TIERS if tier not in turned.columns]
    return turned.with_columns(missing).to_dicts()


def tier_columns(kind: str) -> list[tuple[str, str, str]]:
    """The columns of the tiers for a table of the page: heading, kind, key."""
    return [(name, kind, tier) for tier, name in TIERS.items() if tier != "all"]
