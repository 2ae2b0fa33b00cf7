"""Findings in words: each reads its numbers out of a small table, so that no number in a notebook is typed."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.charts.labels import CRITICALITY, percent, term_name

Row = dict[str, Any]


def evidence_by_date(cut_dates: pl.DataFrame) -> str:
    """The share with evidence at both cut dates; takes the figure `cut_dates`."""
    return " ".join(
        f"{words}, {percent(row['strict_share'])} show 2FA or a Trusted Publisher by their newest upload "
        f"({row['strict_numerator']:,} of {row['denominator']:,} whose newest upload is known); with the policy date "
        f"instead of the proof date it would be {percent(row['weak_share'])}."
        for tier, words in (("all", "Of all projects"), ("top_100", "Of the 100 most downloaded"))
        for row in cut_dates.filter(tier=tier).iter_rows(named=True)
    )


def came_back(returns: pl.DataFrame, estimates: pl.DataFrame) -> str:
    """Whether dormant projects came back; takes the figure `returns` and the mart `estimates`."""
    said = []
    differences = estimates.filter(pl.col("name") == "return_share_difference", pl.col("estimate").is_not_null())
    for row in differences.iter_rows(named=True):
        after = returns.filter(date=row["term"], kind="after").row(0, named=True)
        said.append(
            f"Within the window after {row['term']}, {percent(after['share'])} of {after['n']:,} dormant projects "
            f"uploaded again; that is {_points(row)} against the same day a year before."
        )
    return " ".join(said)


def broke(changes: pl.DataFrame) -> str:
    """Which changes of a series can be told from nothing; takes rows of the figure `series_changes`."""
    known = changes.drop_nulls("estimate")
    if known.is_empty():
        return f"The series could not be fitted: {changes['reason'].to_list()[0]}."
    clear = known.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    if clear.is_empty():
        return (
            f"None of the {known.height} changes can be told from nothing over {known['n'].to_list()[0]} months: every "
            "interval includes 0. That is no proof that nothing happened."
        )
    return " ".join(
        f"{'Level' if row['name'].endswith('level_change') else 'Slope'} at {row['term']}: {_points(row)}."
        for row in clear.iter_rows(named=True)
    )


def attested(tier_summary: pl.DataFrame) -> str:
    """How far provenance reaches, plain and of the opportunity, in three units; takes the mart `tier_summary`."""
    whole = tier_summary.filter(pl.col("tier") == "all", pl.col("denominator") > 0)
    plain = {row["unit"]: row for row in whole.filter(measure="attested").iter_rows(named=True)}
    said = [f"Of {_of(plain['projects'], 'projects')}, {percent(plain['projects']['share'])} attest the newest release"]
    said += [f"of {unit} {percent(plain[unit]['share'])}" for unit in ("files", "downloads") if unit in plain]
    chance = whole.filter(measure="attested_of_opportunity", unit="projects")
    beside = "".join(
        f" Of those that could have, it is {percent(row['share'])} ({row['numerator']:,} of {row['denominator']:,})."
        for row in chance.iter_rows(named=True)
    )
    return f"{', '.join(said)}.{beside}"


def median_time(estimates: pl.DataFrame) -> str:
    """How long until half have attested; takes the mart `estimates`."""
    row = estimates.filter(name="median_days_to_attest").row(0, named=True)
    if row["estimate"] is None:
        return f"No median: {row['reason']}, out of {row['n']:,} projects. The curves end where the observation ends."
    return f"Half of {row['n']:,} projects had attested after {row['estimate']:,.0f} days."


def clear_ratios(estimates: pl.DataFrame) -> str:
    """Which hazard ratios can be told from 1; takes the mart `estimates`."""
    ratios = estimates.filter(pl.col("name") == "hazard_ratio")
    clear = ratios.filter((pl.col("low") > 1) | (pl.col("high") < 1))
    if clear.is_empty():
        return "No ratio can be told from 1."
    said = "; ".join(f"{term_name(row['term'])}: {_ratio(row)}" for row in clear.iter_rows(named=True))
    return f"Told from 1 by their 95 % intervals: {said}."


def went_back(tier_summary: pl.DataFrame) -> str:
    """How many that once attested do so no more; takes the mart `tier_summary`."""
    rows = tier_summary.filter(pl.col("tier") == "all", pl.col("unit") == "projects", pl.col("denominator") > 0)
    said = []
    for measure, words in (
        ("regressed", "carry no provenance on the newest release although an earlier file did"),
        ("repository_changed", "were published from another repository than at first"),
    ):
        for row in rows.filter(measure=measure).iter_rows(named=True):
            of = "that ever attested" if measure == "regressed" else "whose publisher is known"
            said.append(
                f"Of {row['denominator']:,} projects {of}, {row['numerator']:,} ({percent(row['share'])}) {words}."
            )
    return " ".join(said)


def definitions(sensitivity: pl.DataFrame) -> str:
    """How far the headline moves with the definition; takes rows of the mart `headline_sensitivity`."""
    rows = sensitivity.filter(
        pl.col("headline") == "two_factor_shown",
        pl.col("unit") == "projects",
        pl.col("cut_date") == "enforced",
        pl.col("criticality") != "all",
        pl.col("denominator") > 0,
    ).sort("share")
    if rows.height <= 1:
        return (
            "Only one definition can be formed from what was observed here, so whether the conclusion depends on it "
            "cannot be said."
        )
    least, most = rows.row(0, named=True), rows.row(-1, named=True)
    return (
        f"Under the four definitions the share that shows something lies between {percent(least['share'])} "
        f"({CRITICALITY[least['criticality']].lower()}) and {percent(most['share'])} "
        f"({CRITICALITY[most['criticality']].lower()})."
    )


def register_size(register: pl.DataFrame) -> str:
    """How long the register is, and how much of it is widely used; takes the mart `risk_register`."""
    top = register.filter(pl.col("tier").is_in(["top_100", "top_1000"])).height
    return (
        f"{register.height:,} projects that are critical under any observed definition show no evidence by their "
        f"newest upload (2FA announced, none, or not observed); {top:,} of them are among the 1,000 most downloaded."
    )


def reach(estimates: pl.DataFrame) -> str:
    """How few accounts reach half of the downloads; takes the mart `estimates`."""
    half = estimates.filter(name="accounts_reaching_half").row(0, named=True)
    gini = estimates.filter(name="accounts_gini_of_reach").row(0, named=True)
    if half["high"] is None or gini["estimate"] is None:
        return f"No figure: {half['reason'] or gini['reason']}."
    return (
        f"Between {half['low']:,.0f} and {half['high']:,.0f} of {half['n']:,} accounts together reach half of all "
        f"downloads through a direct role. The Gini coefficient of reach is {gini['estimate']:.2f} (0: even, 1: all "
        "with one)."
    )


def bounds(estimates: pl.DataFrame) -> str:
    """The bounds on accounts with a second factor; takes the mart `estimates`."""
    known = estimates.filter(name="accounts_two_factor_share").drop_nulls("low")
    return " ".join(
        f"Of {row['n']:,} {words}, at least {percent(row['low'])} have (or had) a second factor, and at most "
        f"{percent(row['high'])}."
        for term, words in (("all", "accounts with a role"), ("critical", "accounts with a role on a critical project"))
        for row in known.filter(term=term).iter_rows(named=True)
    )


def exposed(exposed_by_tier: pl.DataFrame) -> str:
    """How many projects need something without evidence; takes the figure `exposed_by_tier`."""
    rows = exposed_by_tier.filter(pl.col("tier") == "all", pl.col("denominator") > 0)
    if rows.is_empty():
        return "No closure is known."
    row = rows.row(0, named=True)
    return (
        f"{percent(row['share'])} of the projects whose requirements are known ({row['numerator']:,} of "
        f"{row['denominator']:,}) need at least one project whose newest upload shows nothing."
    ) + (
        f" Of {row['unknown_count']:,} more it cannot be told, because a part of what they need was not observed: with "
        f"these it would be at most {percent(row['share_high'])}."
        if row["unknown_count"]
        else ""
    )


def _points(row: Row) -> str:
    interval = "" if row["low"] is None else f" (95 %: {100 * row['low']:+.2f} to {100 * row['high']:+.2f})"
    return f"{100 * row['estimate']:+.2f} points{interval}"


def _ratio(row: Row) -> str:
    return f"{row['estimate']:.2f} ({row['low']:.2f} to {row['high']:.2f})"


def _of(row: Row, unit: str) -> str:
    return f"{row['denominator']:,} {unit} whose provenance was observed"
