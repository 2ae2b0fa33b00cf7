"""The answer of an audit in words, the same on the terminal and on the page."""

from __future__ import annotations

from collections import defaultdict

from pipeline.audit.dependencies import REASONS
from pipeline.audit.result import Audit, AuditedDependency
from pipeline.charts.labels import EVIDENCE, PUBLISHING

MOST_NAMES_TOLD = 12
HEADER = (
    "project",
    "reached through",
    "2FA evidence",
    "publishing",
    "newest upload",
    "publisher",
    "owners",
    "one account alone",
    "status",
)
UNKNOWN = "not observed"


def cells(one: AuditedDependency) -> tuple[str, ...]:
    """One row of the table, under `HEADER`."""
    return (
        one.project,
        way(one),
        EVIDENCE.get(one.two_factor_evidence, one.two_factor_evidence),
        PUBLISHING.get(one.publishing_evidence, one.publishing_evidence),
        f"{one.newest_upload_at:%Y-%m-%d}" if one.newest_upload_at else UNKNOWN,
        publisher(one),
        owners(one),
        {True: "yes", False: "no", None: UNKNOWN}[one.is_reachable_by_one_account],
        state(one),
    )


def way(one: AuditedDependency) -> str:
    """How it is reached: `direct`, or what stands before it."""
    return " > ".join(one.reached_through[:-1]) or "direct"


def publisher(one: AuditedDependency) -> str:
    """Kind and repository of the publisher that is known, or a dash."""
    known = " ".join(part for part in (one.publisher_kind, one.publisher_repository) if part)
    return f"{known} (another repository before)" if one.has_repository_changed else known or "-"


def owners(one: AuditedDependency) -> str:
    """How many own it, the organization, and who, where names are shown."""
    if one.owner_count is None:
        return UNKNOWN
    organization = f"organization {one.organization}" if one.organization else ""
    count = "" if organization and not one.owner_count else f"{one.owner_count}"
    names = ", ".join(f"{held.account} ({'/'.join(held.roles)})" for held in one.accounts or [])
    return "; ".join(part for part in (count, organization, names) if part)


def state(one: AuditedDependency) -> str:
    """The status marker, what was lost since earlier releases, and what could not be read."""
    regressed = "earlier releases were attested" if one.has_regressed else None
    return "; ".join(part for part in (one.status, regressed, one.failure) if part) or UNKNOWN


def sentences(audit: Audit) -> list[str]:
    """The answer: through which dependencies one stolen account could reach whoever audits."""
    summary = audit.summary
    total = summary.dependency_count
    if not total:
        return ["No dependency could be audited."]
    reachable = (
        f"{summary.reachable_count} of {_number(total, 'dependency')} could be reached through one stolen account: "
        f"{_number(summary.account_count, 'account')} together hold a role in them, the busiest in "
        f"{summary.largest_account_reach}."
    )
    if not summary.publishing_evidence["not_observable"]:
        reachable += (
            f" Shown to have a second factor: {summary.accounts_shown_two_factor_count} of these accounts; of the "
            "others nothing is known."
        )
    told = [reachable]
    if summary.exposed:
        told.append(
            f"Look here first, where the newest upload proves no second factor: {some(summary.exposed)} "
            f"({_number(len(summary.exposed), 'dependency')}, {_number(summary.exposed_account_count, 'account')})."
        )
    elif summary.two_factor_evidence["unknown"] < total:
        told.append("Every newest upload that was observed proves a second factor or a Trusted Publisher.")
    if summary.single_owner_count:
        told.append(f"A single owner and no organization: {_number(summary.single_owner_count, 'dependency')}.")
    if summary.reachability_unknown_count:
        told.append(
            f"The accounts of {_number(summary.reachability_unknown_count, 'dependency')} are hidden by an "
            "organization, or were not observed."
        )
    return told


def remarks(audit: Audit) -> list[str]:
    """What the answer leaves out, and why."""
    summary = audit.summary
    told = []
    hidden = summary.publishing_evidence["not_observable"]
    if hidden:
        told.append(
            f"The index does not say of {_number(hidden, 'dependency')} whether releases are attested: it answers "
            "below Simple API 1.3."
        )
    if summary.two_factor_evidence["unknown"]:
        told.append(f"No upload was observed of {_number(summary.two_factor_evidence['unknown'], 'dependency')}.")
    by_reason: dict[str, list[str]] = defaultdict(list)
    for skipped in audit.skipped:
        by_reason[skipped.reason].append(skipped.name)
    told += [f"Not audited, {REASONS[reason]}: {some(names)}." for reason, names in sorted(by_reason.items())]
    if audit.not_listed:
        told.append(
            f"The newest releases need {len(audit.not_listed)} more that {audit.audited} does not list and that were "
            f"not audited: {some(audit.not_listed)}."
        )
    if audit.reached_by == "requirements":
        told.append("How a project is reached follows from the requirements of the newest releases.")
    return told + audit.notes


def some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMES_TOLD
    return ", ".join(names[:MOST_NAMES_TOLD]) + (f" and {more} more" if more > 0 else "")


def _number(count: int, noun: str) -> str:
    plural = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
