"""What changed since the period before: kinds of changes, how many there are, and accounts under pseudonyms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from pipeline.report.reading import Figures


class Kind(NamedTuple):
    """A kind of change."""

    title: str
    """Above the projects of which it is told."""
    words: str
    """What is counted."""
    known_by: str
    """Which measure of `changed_figures`, or column of `compared`, must be known of a project in both months for none
    to mean that nothing changed."""


KINDS = {
    "adopted": Kind(
        "Began to attest", "projects whose newest release carries provenance, unlike the one before", "attested"
    ),
    "regressed": Kind("No longer attest", "projects whose newest release carries no provenance any more", "attested"),
    "shown": Kind(
        "Show two-factor evidence, unlike the month before",
        "projects whose newest upload shows two-factor evidence, unlike the month before",
        "two_factor_shown",
    ),
    "no_longer_shown": Kind(
        "Show two-factor evidence no longer",
        "projects whose newest upload shows no two-factor evidence any more",
        "two_factor_shown",
    ),
    "publisher": Kind(
        "Published from elsewhere",
        "projects that were published from another repository or by another kind of publisher",
        "publisher",
    ),
    "organization": Kind(
        "Changed organization", "projects that joined, left or changed an organization", "organization"
    ),
    "status": Kind("Changed status", "projects whose status changed", "status"),
    "attested_in_part": Kind(
        "Attest another part of their files",
        "projects that attest all of their files instead of a part, or a part instead of all",
        "attested",
    ),
    "published_without": Kind(
        "Released without an attestation, unlike before attestations existed",
        "projects whose newest release carries none, and the one before was from before attestations",
        "attested",
    ),
    "older_release": Kind(
        "Newest release is again one from before attestations",
        "projects whose newest release is again one from before attestations",
        "attested",
    ),
    "other_evidence": Kind(
        "Moved between classes of two-factor evidence otherwise",
        "projects that moved between classes of two-factor evidence otherwise",
        "two_factor_shown",
    ),
    "roles": Kind("Roles gained or lost", "roles gained or lost", "organization"),
}
"""By code of `changed_projects.kind`, and `roles`, in the order of the page."""

SCOPES = {"all": "every project followed", "rank_1000": "download ranks 1 to 1,000"}
POPULATIONS = {"each": "all of the month", "both": "the same projects in both months"}


def counts_by_kind(figures: Figures) -> dict[str, int | None]:
    """How many changes of each kind; None where both months did not observe it, empty without a month before."""
    if figures["run"]["previous_period"][0] is None:
        return {}
    both = figures["changed_figures"].filter(scope="all", population="both")
    known = {*both["measure"], *(what for what, count in figures["compared"].row(0, named=True).items() if count)}
    found = dict(figures["changed_projects"].select("kind", "total").unique().iter_rows())
    found["roles"] = figures["changed_roles"]["total"].max()
    return {code: found.get(code) or 0 if kind.known_by in known else None for code, kind in KINDS.items()}


def pseudonyms(figures: Figures) -> Figures:
    """Call accounts `account 1`, `account 2` and so on, in the order in which the page names them.

    A label holds nothing of the name but its place in the alphabet among the accounts of one project, and the next
    report gives it to somebody else: accounts can be told apart inside one report, and not be followed through several.
    Whoever looks a project up at the index sees who holds its roles today; that cannot be hidden, and not made easier.
    """
    roles = figures["changed_roles"]
    labels = _numbered(name for row in roles.select("lost_by", "gained_by").iter_rows() for name in row if name)
    renamed = roles.with_columns(
        pl.col("lost_by", "gained_by").replace_strict(labels, default=None, return_dtype=pl.String)
    )
    return figures | {"changed_roles": renamed}


def _numbered(names: Iterable[str]) -> dict[str, str]:
    return {name: f"account {place}" for place, name in enumerate(dict.fromkeys(names), start=1)}
