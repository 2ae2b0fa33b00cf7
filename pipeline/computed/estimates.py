"""The mart `estimates`: which statistic is asked of which rows.

The statistics themselves are in `pipeline.statistics`; where something was not observed, an estimate says so in its
reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.computed.curves import spells
from pipeline.statistics.agreement import jaccard, rank_correlation
from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.concentration import accounts_reaching_half, concentration
from pipeline.statistics.interruptions import InterruptedSeries, interrupted_series
from pipeline.statistics.proportions import two_factor_bounds
from pipeline.statistics.results import Estimate
from pipeline.statistics.returning import returning_after

DEFINITIONS = {
    "top1pct": "is_top1pct",
    "mass80": "is_mass80",
    "dependents": "is_top_dependents",
    "pagerank": "is_top_pagerank",
}
"""The definitions of criticality, each with its column."""
ATTESTATIONS_BY_DEFAULT = date(2024, 10, 29)
"""The standard publishing action begins to attest without being asked (pypa/gh-action-pypi-publish v1.11.0)."""
LEAST_OBSERVED = 0.9
"""Share of the projects whose files must be observed for the past of all to be told from theirs."""
DORMANT_DAYS = 365
RETURN_DAYS = 180

_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("term", pa.string()),
        ("estimate", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("n", pa.int64()),
        ("method", pa.string()),
        ("reference", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Named:
    """An estimate with its place in the mart."""

    name: str
    term: str
    value: Estimate


def make_estimates(  # noqa: PLR0913 - one parameter for each table that the card names
    projects: pa.Table,
    criticality: pa.Table,
    account_projects: pa.Table,
    accounts: pa.Table,
    downloads: pa.Table,
    upload_days: pa.Table,
    activity: pa.Table,
    official: pa.Table,
    *,
    announced_from: date,
    enforced_from: date,
    provenance_from: date,
    observed_on: date,
) -> pa.Table:
    """Make the mart `estimates`.

    Args:
        projects: `signals.study_projects`.
        criticality: `signals.criticality`.
        account_projects: `signals.account_projects`.
        accounts: `signals.accounts`.
        downloads: `signals.downloads`.
        upload_days: `signals.upload_days`.
        activity: `signals.activity_monthly`.
        official: `staging.publisher_share_official`.
        announced_from: First day of the class `announced`.
        enforced_from: First day of the class `enforced`.
        provenance_from: First day on which the index showed provenance.
        observed_on: The last day observed.
    """
    frame = pl.DataFrame(projects)
    mandates = [announced_from, enforced_from]
    history = [
        *_activity_changes(activity, mandates),
        *_returns(upload_days, projects, mandates, observed_on),
    ]
    found = [
        *_clustered_shares(frame),
        *_hazard_ratios(frame, provenance_from, observed_on),
        *_unless_selected(history, int(frame["first_upload_at"].count()), criticality.num_rows),
        *_official_changes(official),
        *_account_estimates(pl.DataFrame(account_projects), pl.DataFrame(accounts), pl.DataFrame(downloads)),
        *_agreements(pl.DataFrame(criticality)),
    ]
    rows = [{"name": one.name, "term": one.term, **vars(one.value)} for one in found]
    return pa.Table.from_pylist(rows, _SCHEMA)


def _unless_selected(history: list[Named], observed_count: int, project_count: int) -> list[Named]:
    """What the past of all projects shows; that of projects chosen by their success of today shows something else."""
    if observed_count >= LEAST_OBSERVED * project_count:
        return history
    reason = "no files were observed"
    if observed_count:
        reason = f"files were observed of {observed_count:,} of {project_count:,} projects, chosen as they are now"
    return [
        replace(one, value=replace(one.value, estimate=None, low=None, high=None, n=0, reason=reason))
        for one in history
    ]


def _clustered_shares(frame: pl.DataFrame) -> Iterator[Named]:
    outcomes = {
        "share_two_factor_shown": pl.col("is_shown"),
        "share_attested": pl.col("is_attested"),
        "share_attested_of_opportunity": pl.when("had_opportunity").then("is_attested"),
    }
    for name, outcome in outcomes.items():
        observed = frame.with_columns(outcome=outcome).drop_nulls("outcome")
        for definition in ("all", *DEFINITIONS):
            is_meant = pl.col("critical_by").list.contains(definition) if definition != "all" else pl.lit(value=True)
            part = observed.filter(is_meant)
            yield Named(name, definition, clustered_share(part["outcome"].to_numpy(), part["cluster_id"].to_numpy()))


def _hazard_ratios(frame: pl.DataFrame, provenance_from: date, observed_on: date) -> Iterator[Named]:
    observed = frame.filter(pl.col("is_attested").is_not_null())
    if observed.is_empty():
        method, reason = "Cox model", "no provenance was observed"
        yield Named("hazard_ratio", "", Estimate(None, None, None, 0, method, "", reason))
        return
    # statsmodels takes seconds to import; without an observation there is no model to fit.
    from pipeline.statistics.hazards import hazard_model  # noqa: PLC0415
    from pipeline.statistics.survival import adoption_curve, adoption_times  # noqa: PLC0415

    times = adoption_times(spells(observed), provenance_from=provenance_from, observed_on=observed_on)
    included = observed.filter(pl.Series(times.is_included))
    owners = included["cluster_id"].to_numpy()
    covariates = {"tier": included["tier"], "host": included["host_kind"], "owner": included["owner_kind"]}
    model = hazard_model(
        times.days, times.is_adopted, {name: column.to_list() for name, column in covariates.items()}, owners
    )
    for ratio in model.ratios:
        yield Named("hazard_ratio", f"{ratio.covariate}: {ratio.level} against {ratio.reference_level}", ratio.ratio)
    if not model.ratios:
        missing = Estimate(None, None, None, model.n, model.method, model.reference, model.reason)
        yield Named("hazard_ratio", "", missing)
    curve = adoption_curve(times.days, times.is_adopted, owners)
    reason = curve.reason or ("" if curve.median_days is not None else "less than half have adopted")
    median = Estimate(curve.median_days, None, None, curve.n, curve.method, curve.reference, reason)
    yield Named("median_days_to_attest", "all", median)


def _activity_changes(activity: pa.Table, mandates: list[date]) -> Iterator[Named]:
    frame = pl.DataFrame(activity).filter(pl.col("existing_count") > 0)
    share = frame["active_count"] / frame["existing_count"]
    yield from _series_changes("activity", interrupted_series(frame["month"].to_list(), share.to_list(), mandates))


def _official_changes(official: pa.Table) -> Iterator[Named]:
    frame = pl.DataFrame(official).sort("month")
    # A reading error of plus or minus e, evenly likely within, has the standard error e / sqrt(3).
    errors = frame["publisher_share_error_pp"] / np.sqrt(3) / 100
    series = interrupted_series(
        frame["month"].to_list(),
        (frame["publisher_share_pct"] / 100).to_list(),
        [ATTESTATIONS_BY_DEFAULT],
        standard_errors=errors.to_list(),
    )
    yield from _series_changes("official_publisher_share", series)


def _series_changes(name: str, series: InterruptedSeries) -> Iterator[Named]:
    if series.reason:
        missing = Estimate(None, None, None, series.n, series.method, series.reference, series.reason)
        yield Named(f"{name}_level_change", "", missing)
    for change in series.changes:
        yield Named(f"{name}_level_change", str(change.on), change.level)
        yield Named(f"{name}_slope_change", str(change.on), change.slope)


def _returns(upload_days: pa.Table, projects: pa.Table, dates: list[date], observed_on: date) -> Iterator[Named]:
    for on in dates:
        found = returning_after(
            upload_days,
            projects,
            on=on,
            within_days=RETURN_DAYS,
            dormant_days=DORMANT_DAYS,
            observed_until=observed_on,
        )
        yield Named("return_share", str(found.on), found.after)
        yield Named("return_share_placebo", str(found.placebo_on), found.placebo)
        yield Named("return_share_difference", str(found.on), found.change)


def _account_estimates(
    account_projects: pl.DataFrame, accounts: pl.DataFrame, downloads: pl.DataFrame
) -> Iterator[Named]:
    spread = concentration(accounts["downloads_30d_reachable"].drop_nulls().to_numpy())
    unknown = "" if accounts.height else "no roles were observed"
    gini = Estimate(spread.gini, None, None, spread.n, spread.method, spread.reference, unknown or spread.reason)
    yield Named("accounts_gini_of_reach", "downloads", gini)
    # Half of all downloads: projects whose roles nobody observed, and of which only these are known, count too.
    weighted = downloads.drop_nulls("downloads_30d").select("project_id", "downloads_30d").with_row_index("position")
    pairs = account_projects.join(weighted, "project_id").with_columns(place=pl.col("account").rank("dense") - 1)
    reach = accounts_reaching_half(pairs["place"].to_numpy(), pairs["position"].to_numpy(), weighted["downloads_30d"])
    half = Estimate(
        None, reach.at_least, reach.at_most, reach.n, reach.method, reach.reference, unknown or reach.reason
    )
    yield Named("accounts_reaching_half", "downloads", half)
    critical = accounts.filter(pl.col("critical_project_count") > 0)
    for term, part in (("all", accounts), ("critical", critical)):
        bounds = two_factor_bounds(int(part["shown_two_factor"].count()), len(part))
        value = Estimate(None, bounds.low, bounds.high, bounds.n, bounds.method, bounds.reference, unknown)
        yield Named("accounts_two_factor_share", term, value)


def _agreements(criticality: pl.DataFrame) -> Iterator[Named]:
    """How far the definitions agree, over all projects, also those of which nothing else was observed."""
    members = {name: set(criticality.filter(column)["project_id"]) for name, column in DEFINITIONS.items()}
    observed = {name for name, column in DEFINITIONS.items() if criticality[column].count()}
    for one, other in combinations(DEFINITIONS, 2):
        agreement = jaccard(members[one], members[other])
        missing = [name for name in (one, other) if name not in observed]
        if missing:
            agreement = replace(agreement, estimate=None, n=0, reason=f"{' and '.join(missing)}: not observed")
        yield Named("criticality_jaccard", f"{one} and {other}", agreement)
    orders = {"downloads": "downloads_30d", "dependents": "dependents_transitive", "pagerank": "pagerank"}
    for (one, first), (other, second) in combinations(orders.items(), 2):
        both = criticality.drop_nulls([first, second])
        correlation = rank_correlation(both[first].to_numpy(), both[second].to_numpy())
        if both.is_empty():
            correlation = replace(correlation, reason=f"{one} and {other} were observed together of no project")
        yield Named("criticality_rank_correlation", f"{one} and {other}", correlation)
