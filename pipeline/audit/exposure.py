"""The audit itself: a list of dependencies in, for each of them what the index shows, and the answer in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from pipeline.audit.dependencies import Dependency, DependencySet, node_name
from pipeline.audit.evidence import Evidence
from pipeline.audit.paths import Paths, shortest_paths
from pipeline.audit.result import (
    Account,
    Audit,
    AuditedDependency,
    SkippedEntry,
    Summary,
)
from pipeline.charts.labels import EVIDENCE, PUBLISHING
from pipeline.errors import SourceError

Accounts = Mapping[str, list[Account]]


def judge(
    listed: DependencySet,
    evidence: Evidence,
    *,
    audited: str,
    index: str,
    observed_at: datetime,
    shows_accounts: bool,
) -> Audit:
    """Put together what the file says and what the index shows.

    Args:
        listed: What the file lists.
        evidence: What the index shows of exactly these projects.
        audited: What the list is called.
        index: The address that was asked.
        observed_at: When it was asked.
        shows_accounts: Whether the result names accounts.

    Raises:
        SourceError: nothing could be read of any project.
    """
    _stop_if_all_failed(evidence, index)
    observed = _observed_needs(evidence)
    names = [dependency.project for dependency in listed.dependencies]
    paths = _paths(listed, names, observed)
    accounts = _accounts(evidence)
    rows = {row["project"]: row for row in evidence.projects}
    dependencies = [
        _dependency(one, rows[one.project], paths, accounts if shows_accounts else None) for one in listed.dependencies
    ]
    return Audit(
        audited=audited,
        index=index,
        observed_at=observed_at,
        tool_version=version("pypi-adoption"),
        reached_by="requirements" if listed.needs is None else "file",
        summary=_summary(dependencies, listed, accounts, evidence),
        dependencies=dependencies,
        skipped=[SkippedEntry(name=one.name, reason=one.reason) for one in listed.skipped],
        not_listed=sorted({end for ends in observed.values() for end in ends} - {*names, *_skipped_names(listed)}),
        notes=list(listed.notes),
    )


def _dependency(
    listed: Dependency, row: Mapping[str, Any], paths: Paths, accounts: Accounts | None
) -> AuditedDependency:
    """One project; its accounts are left out where they are not to be shown, or were not observed."""
    is_shown = accounts is not None and row["account_count"] is not None
    found = {
        **row,
        "versions": listed.versions,
        "reached_through": paths[listed.project],
        "accounts": (accounts or {}).get(listed.project, []) if is_shown else None,
    }
    return AuditedDependency.model_validate(found)


def _stop_if_all_failed(evidence: Evidence, index: str) -> None:
    failures = Counter(
        row["failure"] for row in evidence.projects if row["failure"] and row["two_factor_evidence"] == "unknown"
    )
    if failures and failures.total() == len(evidence.projects):
        ((reason, count),) = failures.most_common(1)
        raise SourceError(
            f"Nothing could be read of any of the {failures.total()} projects at {index}; most often ({count} times): "
            f"{reason}.",
            way_out="Check --index-url and the network, and run again.",
        )


def _observed_needs(evidence: Evidence) -> dict[str, frozenset[str]]:
    needs: dict[str, set[str]] = defaultdict(set)
    for row in evidence.needs:
        needs[row["project"]].add(row["required_name"])
    return {project: frozenset(names) for project, names in needs.items()}


def _paths(listed: DependencySet, names: list[str], observed: Mapping[str, frozenset[str]]) -> Paths:
    """The ways to each project. What is skipped may lie on a way where the file says so, and is no end of one."""
    if listed.needs is None:
        return shortest_paths(names, observed, listed.direct)
    return shortest_paths([*names, *listed.needs], listed.needs, listed.direct)


def _skipped_names(listed: DependencySet) -> set[str]:
    return {node_name(one.name) for one in listed.skipped}


def _accounts(evidence: Evidence) -> Accounts:
    roles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in evidence.accounts:
        roles[row["project"], row["account"]].append(row["role"])
    accounts: dict[str, list[Account]] = defaultdict(list)
    for (project, account), held in roles.items():
        accounts[project].append(Account(account=account, roles=held))
    return accounts


def _summary(
    dependencies: list[AuditedDependency], listed: DependencySet, accounts: Accounts, evidence: Evidence
) -> Summary:
    exposed = [one for one in dependencies if one.is_exposed]
    exposed.sort(key=lambda one: (len(one.reached_through), one.project))
    reach = Counter(account.account for of_project in accounts.values() for account in of_project)
    shown = {row["account"] for row in evidence.accounts if row["is_shown_two_factor"]}
    two_factor = Counter(one.two_factor_evidence for one in dependencies)
    publishing = Counter(one.publishing_evidence for one in dependencies)
    return Summary(
        dependency_count=len(dependencies),
        skipped_count=len(listed.skipped),
        unreadable_count=sum(one.failure is not None for one in dependencies),
        reachable_count=sum(one.is_reachable_by_one_account is True for one in dependencies),
        reachability_unknown_count=sum(one.is_reachable_by_one_account is None for one in dependencies),
        account_count=len(reach),
        accounts_shown_two_factor_count=len(shown),
        largest_account_reach=max(reach.values(), default=0),
        exposed=[one.project for one in exposed],
        exposed_account_count=len({account.account for one in exposed for account in accounts.get(one.project, [])}),
        single_owner_count=sum(one.has_single_owner is True for one in dependencies),
        two_factor_evidence={name: two_factor[name] for name in EVIDENCE},
        publishing_evidence={name: publishing[name] for name in PUBLISHING},
    )
