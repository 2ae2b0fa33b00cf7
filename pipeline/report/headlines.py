"""The headlines of a report: which row of which figure each of them is, ready for a program to read."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipeline.charts.labels import CRITICALITY, TIERS, estimate_name, term_name
from pipeline.charts.origin import origin_of
from pipeline.report.changes import KINDS, POPULATIONS, SCOPES, counts_by_kind
from pipeline.report.headline import Headline
from pipeline.report.reading import Figures
from pipeline.report.words import Row, joined

NEWEST_UPLOAD = ("newest_upload", "files")
"""The measures of `coverage` that evidence about two-factor authentication rests on."""

MEASURES = {
    "two_factor_shown": ("newest upload shows 2FA or a Trusted Publisher", NEWEST_UPLOAD),
    "attested": ("newest release carries provenance", ("provenance",)),
    "single_owner": ("rest on one owner", ("roles",)),
    "organization": ("belong to an organization", ("roles",)),
}
"""What is measured, in words, and the measures of `coverage` that it rests on."""

TIER_MEASURES = {
    "evidence_shown": ("newest upload shows 2FA or a Trusted Publisher", NEWEST_UPLOAD),
    "evidence_shown_or_announced": ("newest upload since 2FA was announced", NEWEST_UPLOAD),
    "attested": ("newest release carries provenance", ("provenance",)),
    "attested_of_opportunity": ("newest release carries provenance; of those that could", ("provenance",)),
    "single_owner": ("rest on one owner", ("roles",)),
}
"""The same for measures of `tier_summary`."""

ESTIMATED: dict[str, tuple[str, tuple[str, ...]]] = {
    "share_two_factor": ("projects", NEWEST_UPLOAD),
    "share_": ("projects", ("provenance", "roles")),
    "hazard_ratio": ("ratio of hazards", ("provenance", "roles")),
    "median_days": ("days", ("provenance",)),
    "activity_": ("share of projects that uploaded in a month", ("files",)),
    "official_": ("share of files", ()),
    "return_": ("dormant projects", ("files",)),
    "accounts_gini": ("Gini coefficient", ("roles", "downloads")),
    "accounts_": ("accounts", ("roles",)),
    "criticality_": ("agreement", ("download_rank", "downloads", "requirements")),
    "": ("", ()),
}
"""By how the name of an estimate begins: its unit, and the measures of `coverage` that it rests on."""


def headlines(figures: Figures) -> list[Headline]:
    """Every headline of the report, the unknown ones included."""
    run = figures["run"].row(0, named=True)
    return [
        *_by_choice(figures, run),
        *_by_tier(figures, run),
        *_of_the_newest_month(figures, run),
        *_changes(figures, run),
        *_exposure(figures, run),
        *_estimated(figures, run),
        *_published(figures),
    ]


def _by_choice(figures: Figures, run: Row) -> Iterator[Headline]:
    for row in figures["sensitivity"].iter_rows(named=True):
        words, measures = MEASURES[row["headline"]]
        label = joined(
            words,
            CRITICALITY.get(row["criticality"], row["criticality"]),
            f"uploaded from {run[row['cut_date'] + '_from']}" if row["cut_date"] else "",
            "of those that could" if row["denominator_kind"] == "opportunity" else "",
        )
        keys = ("headline", "criticality", "cut_date", "denominator_kind", "unit")
        note = "" if row["denominator"] else _why_not(figures, measures[0])
        origin = origin_of(figures["coverage"], run, *measures)
        yield Headline.of_share(row, origin, ("sensitivity", *keys), label=label, note=note)


def _by_tier(figures: Figures, run: Row) -> Iterator[Headline]:
    """The tiers; the whole index stands among the choices already."""
    observed = figures["tiers"].filter(pl.col("tier") != "all", pl.col("denominator") > 0)
    for row in observed.iter_rows(named=True):
        words, measures = TIER_MEASURES[row["measure"]]
        label = joined(words, TIERS.get(row["tier"], row["tier"]))
        origin = origin_of(figures["coverage"], run, *measures)
        yield Headline.of_share(row, origin, ("tiers", "measure", "tier", "unit"), label=label)


def _of_the_newest_month(figures: Figures, run: Row) -> Iterator[Headline]:
    origin = origin_of(figures["coverage"], run, "provenance")
    everything = figures["adoption"].filter(pl.col("tier") == "all", pl.col("month") == pl.col("month").max())
    for row in everything.iter_rows(named=True):
        label = joined(
            "uploaded in the month with provenance",
            "of those that could" if row["denominator_kind"] == "opportunity" else "",
        )
        keys = ("month", "tier", "denominator_kind", "unit")
        yield Headline.of_share(row, origin, ("adoption", *keys), label=label, of=f"{row['month']:%Y-%m}")


def _changes(figures: Figures, run: Row) -> Iterator[Headline]:
    for row in figures["changed_figures"].iter_rows(named=True):
        words, measures = MEASURES[row["measure"]]
        origin = origin_of(figures["coverage"], run, *measures)
        for moment in ("before", "now"):
            label = joined(words, SCOPES[row["scope"]], POPULATIONS[row["population"]], moment)
            numbers = {name: row[f"{moment}_{name}"] for name in ("numerator", "denominator", "share")}
            period = run["period"] if moment == "now" else run["previous_period"]
            headline = Headline.of_share(
                row | numbers | {"unit": "projects"},
                origin,
                ("changed_figures", "measure", "scope", "population"),
                label=label,
                of=period,
            )
            yield headline.model_copy(update={"name": f"{headline.name}/{moment}"})
    for kind, count in counts_by_kind(figures).items():
        yield Headline(
            name=f"changed/{kind}",
            label=f"since {run['previous_period']}: {KINDS[kind].words}",
            unit="changes",
            value=count,
            date=run["period"],
            source=run["source"],
            is_ours=True,
            query="changed_roles" if kind == "roles" else "changed_projects",
            row={} if kind == "roles" else {"kind": kind},
        )


def _exposure(figures: Figures, run: Row) -> Iterator[Headline]:
    origin = origin_of(figures["coverage"], run, "requirements", *NEWEST_UPLOAD)
    for row in figures["exposure"].filter(evidence="some_without").iter_rows(named=True):
        label = joined("need something without evidence", TIERS.get(row["tier"], row["tier"]))
        seen = row | {"unit": "projects", "total": row["denominator"]}
        headline = Headline.of_share(seen, origin, ("exposure", "tier", "evidence"), label=label)
        if row["unknown_count"]:
            note = f"of {row['unknown_count']:,} projects a part of what they need was not observed"
            headline = headline.model_copy(update={"interval": "bounds", "note": note})
        yield headline


def _estimated(figures: Figures, run: Row) -> Iterator[Headline]:
    for row in figures["estimates"].iter_rows(named=True):
        is_bounds = row["estimate"] is None and row["low"] is not None
        is_known = row["low"] is not None
        unit, measures = next(of for start, of in ESTIMATED.items() if row["name"].startswith(start))
        origin = origin_of(figures["coverage"], run, *measures)
        theirs = figures["publisher_share"].tail(1).to_dicts() if row["name"].startswith("official_") else []
        yield Headline(
            name=f"estimate/{row['name']}/{row['term']}",
            label=joined(estimate_name(row["name"]), term_name(row["term"], row["name"])),
            unit=unit,
            denominator=row["n"],
            value=row["estimate"],
            low=row["low"],
            high=row["high"],
            interval=("bounds" if is_bounds else "estimate_95") if is_known else None,
            date=f"{theirs[0]['month']:%Y-%m}" if theirs else origin.days,
            source=theirs[0]["source"] if theirs else origin.source,
            is_ours=True,
            method=row["method"],
            note=row["reason"],
            query="estimates",
            row={"name": row["name"], "term": row["term"]},
        )


def _published(figures: Figures) -> Iterator[Headline]:
    """What others published: the newest of each."""
    for row in figures["publisher_share"].tail(1).iter_rows(named=True):
        yield Headline(
            name="published/publisher_share",
            label="uploaded files that come from Trusted Publishers",
            unit="files",
            denominator=row["files"],
            value=row["share"],
            low=row["share_low"],
            high=row["share_high"],
            interval="reading_error",
            date=f"{row['month']:%Y-%m}",
            source=row["source"],
            is_ours=False,
            query="publisher_share",
            row={"month": f"{row['month']}"},
        )
    for row in figures["attested_bands"].filter(pl.col("band_first_rank").is_null()).iter_rows(named=True):
        yield Headline(
            name="published/attested",
            label="most downloaded projects whose newest version is attested",
            unit="projects",
            numerator=row["attested_projects"],
            denominator=row["projects"],
            value=row["share"],
            low=row["share_low"],
            high=row["share_high"],
            interval="wilson_95",
            date=f"{row['measured_on']}",
            source=row["source"],
            is_ours=False,
            query="attested_bands",
            row={"band_first_rank": None},
        )
    for row in figures["accounts"].tail(1).iter_rows(named=True):
        yield Headline(
            name="published/accounts",
            label=f"accounts with two-factor authentication ({row['qualifier']})",
            unit="accounts",
            numerator=row["users"],
            denominator=row["users_total"],
            value=row["share"],
            date=row["as_of"],
            source=row["source"],
            is_ours=False,
            note="" if row["users_total"] else "All accounts were not counted for that date.",
            query="accounts",
            row={"as_of": row["as_of"]},
        )


def _why_not(figures: Figures, measure: str) -> str:
    notes = figures["coverage"].filter(measure=measure)["note"]
    return " ".join(notes) or "Nothing in this file says why."
