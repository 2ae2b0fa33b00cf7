"""Conditions on which the audit fails (`--fail-on`): facts about a dependency that were observed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeline.audit.result import Audit, AuditedDependency
from pipeline.errors import PipelineError
from pipeline.text import visible

MOST_NAMES_TOLD = 10

CONDITIONS: Mapping[str, Callable[[AuditedDependency], bool]] = {
    "none": lambda one: one.two_factor_evidence == "none",
    "announced": lambda one: one.two_factor_evidence == "announced",
    "exposed": lambda one: one.is_exposed,
    "single-owner": lambda one: one.has_single_owner is True,
    "not-attested": lambda one: one.publishing_evidence == "not_attested",
    "regressed": lambda one: one.has_regressed is True,
    "repository-changed": lambda one: one.has_repository_changed is True,
    "archived": lambda one: one.status == "archived",
    "quarantined": lambda one: one.status == "quarantined",
    "unknown": lambda one: one.two_factor_evidence == "unknown" or one.failure is not None,
}
"""Whether a dependency meets a condition. What was not observed meets `unknown` and no other."""


class AuditConditionError(PipelineError):
    """The audit was made, and what it found is what the caller wants to fail on."""

    exit_code = 3


def fail_on(audit: Audit, conditions: Iterable[str]) -> None:
    """Stop where a dependency meets one of the conditions.

    Raises:
        AuditConditionError: says which conditions are met, and by which dependencies.
    """
    met = {name: [one.project for one in audit.dependencies if CONDITIONS[name](one)] for name in conditions}
    told = [f"{name}: {_some(projects)}" for name, projects in met.items() if projects]
    if told:
        raise AuditConditionError(f"The audit fails on {'; '.join(told)}.")


def _some(projects: list[str]) -> str:
    names = ", ".join(visible(project) for project in projects[:MOST_NAMES_TOLD])
    more = len(projects) - MOST_NAMES_TOLD
    return f"{names} and {more} more" if more > 0 else names
