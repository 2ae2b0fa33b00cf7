"""The result of an audit, and its documented form: what `--json` prints is this model, field by field."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1
"""Grows when a field changes its meaning or goes."""

WITHOUT_EVIDENCE = ("none", "announced")
"""Classes of `two_factor_evidence` in which the newest upload does not prove a second factor."""


class Part(BaseModel):
    """A part of the result; once made, it does not change."""

    model_config = ConfigDict(frozen=True)


class Account(Part):
    """An account with a role."""

    account: str = Field(description="User name in lower case.")
    roles: list[str] = Field(description="Its direct roles in the project, `Owner` or `Maintainer`.")


class AuditedDependency(Part):
    """One project that is depended upon. `null` is: not observed; the classes are those of the mart `projects`."""

    project: str = Field(description="PEP 503 name.")
    versions: list[str] = Field(description="Versions that the file pins; the evidence is about the newest release.")
    reached_through: list[str] = Field(
        description="The shortest way to it: a direct dependency first, itself last; a direct one alone. Of a way of "
        "more than 100 steps it is the end."
    )
    two_factor_evidence: str = Field(
        description="`trusted_publisher`, `enforced`, `announced`, `none` or `unknown` (docs/methodology.md)."
    )
    publishing_evidence: str = Field(
        description="`attested`, `partly_attested`, `not_attested`, `predates_attestations`, `not_observable` (the "
        "index answers below Simple API 1.3) or `unobserved`."
    )
    newest_version: str | None = Field(description="Newest stable release that is not yanked.")
    newest_upload_at: datetime | None = Field(description="When the newest file was uploaded (UTC).")
    publisher_kind: str | None = Field(description="Kind of the Trusted Publisher of the newest attested release.")
    publisher_repository: str | None = Field(description="The repository that published it.")
    organization: str | None = Field(description="Organization that owns the project; its members are hidden.")
    owner_count: int | None = Field(description="Accounts with the role Owner.")
    account_count: int | None = Field(description="Accounts with any direct role; each of them may upload alone.")
    accounts: list[Account] | None = Field(description="These accounts; `null` without --show-accounts.")
    has_single_owner: bool | None = Field(
        description="Whether exactly one account is Owner; `null` for projects of organizations."
    )
    is_reachable_by_one_account: bool | None = Field(
        description="Whether an account is known that may upload alone; `null` where only hidden members may."
    )
    status: str | None = Field(description="`active`, `archived`, `quarantined`, `deprecated` or another marker.")
    has_regressed: bool | None = Field(
        description="Whether earlier files carry provenance and the newest release carries none."
    )
    has_repository_changed: bool | None = Field(
        description="Whether the newest attested release came from another repository than the first one."
    )
    closure_size: int | None = Field(description="How many of the audited projects it needs in turn.")
    closure_without_evidence_count: int | None = Field(
        description="How many of these have the evidence `none` or `announced`."
    )
    failure: str | None = Field(description="Why something about it could not be read.")

    @property
    def is_exposed(self) -> bool:
        """Whether one account could reach it, and its newest upload proves no second factor."""
        return self.is_reachable_by_one_account is True and self.two_factor_evidence in WITHOUT_EVIDENCE


class SkippedEntry(Part):
    """Something that the file lists and that was not audited."""

    name: str = Field(description="As the file names it.")
    reason: str = Field(description="Code of the reason, see the table of reasons.")


class Summary(Part):
    """The answer in numbers."""

    dependency_count: int = Field(description="Projects audited.")
    skipped_count: int = Field(description="Entries that could not be audited.")
    unreadable_count: int = Field(description="Projects of which something could not be read (`failure`).")
    reachable_count: int = Field(description="Projects that one known account could reach alone.")
    reachability_unknown_count: int = Field(description="Projects whose accounts are hidden or were not observed.")
    account_count: int = Field(description="Accounts that hold a role in any of them, together.")
    accounts_shown_two_factor_count: int = Field(
        description="Of these, accounts that are shown to have a second factor; of the others nothing is known."
    )
    largest_account_reach: int = Field(description="The most projects that a single account could reach.")
    exposed: list[str] = Field(
        description="The shortest list to look at: one account could reach them, and their newest upload proves "
        "nothing (`none`, `announced`). The ones with the fewest steps to them first."
    )
    exposed_account_count: int = Field(description="Accounts that hold a role in those, together.")
    single_owner_count: int = Field(description="Projects with exactly one Owner and no organization.")
    two_factor_evidence: dict[str, int] = Field(description="Projects by class.")
    publishing_evidence: dict[str, int] = Field(description="Projects by class.")


class Audit(Part):
    """The whole result."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Grows when a field changes its meaning or goes.")
    audited: str = Field(description="Name of the file, or `this environment`.")
    index: str = Field(description="The Simple API that was asked.")
    observed_at: datetime = Field(description="When it was asked (UTC).")
    tool_version: str = Field(description="Version of pypi-adoption.")
    reached_by: str = Field(
        description="What the ways rest on: `file` (its own graph) or `requirements` (those of the newest releases)."
    )
    summary: Summary = Field(description="The answer in numbers.")
    dependencies: list[AuditedDependency] = Field(description="By name.")
    skipped: list[SkippedEntry] = Field(description="By name.")
    not_listed: list[str] = Field(
        description="Projects that the newest releases need and that the file does not list; they were not audited."
    )
    notes: list[str] = Field(description="What a reader must know about how the file was read.")
