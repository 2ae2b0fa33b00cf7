"""The columns of the truth tables: type and meaning. Columns that begin with `true_` can be seen by no source."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

_TEXT: Final = pa.string()
_COUNT: Final = pa.int64()
_FLAG: Final = pa.bool_()
_INSTANT: Final = pa.timestamp("us", tz="UTC")
_MONTH: Final = pa.date32()

_PROJECTS: Final[dict[str, tuple[pa.DataType, str]]] = {
    "project": (_TEXT, "PEP 503 name; one row per project that the index lists."),
    "status": (_TEXT, "Status marker that the index answers with; NULL for a quarantined project."),
    "newest_version": (
        _TEXT,
        (
            "Greatest stable PEP 440 version with a listed file that is not yanked; where none the greatest"
            " non-yanked pre-release, then the greatest yanked version, then the invalid one uploaded last. NULL"
            " without listed files."
        ),
    ),
    "newest_release_kind": (_TEXT, "`stable`, `prerelease`, `yanked` or `invalid`: which of these rules picked it."),
    "newest_release_file_count": (_COUNT, "Listed files of the newest release."),
    "newest_release_attested_file_count": (
        _COUNT,
        "How many of them carry provenance; NULL where the index could not be asked.",
    ),
    "first_upload_at": (_INSTANT, "Oldest upload of all files, deleted ones included."),
    "newest_upload_at": (_INSTANT, "Newest upload of the listed files; of the deleted ones only where none is listed."),
    "two_factor_evidence": (
        _TEXT,
        (
            "`trusted_publisher`: a listed file of the newest release carries provenance. Else by the newest upload:"
            " `enforced` from 2024-08-02, `announced` from 2024-01-01, `none` before, `unknown` without one."
        ),
    ),
    "is_shown_since_enforcement": (_FLAG, "Evidence `trusted_publisher` or `enforced`: the strict cut date."),
    "is_shown_since_announcement": (_FLAG, "Those or `announced`: the other cut date."),
    "publishing_evidence": (
        _TEXT,
        (
            "Over all listed files of the newest release: `predates_attestations` where all were uploaded before"
            " 2024-10-21; `unobserved` without files or where the index could not be asked; else `attested` (all),"
            " `partly_attested` (some) or `not_attested`."
        ),
    ),
    "first_attested_at": (_INSTANT, "Oldest upload of a listed file with provenance; NULL without any."),
    "first_attested_month": (_MONTH, "First day of that month (UTC)."),
    "has_regressed": (
        _FLAG,
        (
            "A listed file with provenance is older than every listed file of the newest release, which has none. NULL"
            " where publishing evidence is `unobserved`."
        ),
    ),
    "publisher_kind": (_TEXT, "Kind of publisher of the newest attested release by version; NULL without any."),
    "publisher_repository": (_TEXT, "Its repository; NULL for Google, which has none."),
    "publisher_workflow": (_TEXT, "Its workflow file; NULL for Google."),
    "has_repository_changed": (
        _FLAG,
        (
            "The repositories of the first (by upload) and the newest (by version) attested release differ. NULL where"
            " either is unknown."
        ),
    ),
    "has_workflow_changed": (_FLAG, "The same of the workflow files."),
    "has_supported_url": (_FLAG, "A stated link leads to github.com or gitlab.com. NULL where links are not shown."),
    "owner_count": (_COUNT, "Distinct accounts with role Owner; NULL where the index shows no roles."),
    "maintainer_count": (_COUNT, "Distinct accounts with role Maintainer, also those that are owners too."),
    "role_holder_count": (_COUNT, "Distinct accounts with any role."),
    "organization": (_TEXT, "Organization that the index shows for the project."),
    "has_single_owner": (
        _FLAG,
        (
            "Exactly one owner. NULL where roles are not shown, and for a project of an organization, whose members are"
            " hidden."
        ),
    ),
    "downloads_30d": (_COUNT, "Downloads of the 30 days that end on the day of observation, without mirrors."),
    "download_rank": (_COUNT, "Rank by them from 1, ties by name, to 15,000; NULL beyond and without downloads."),
    "tier": (_TEXT, "`top_100`, `top_1000`, `top_1pct`, `top_15000` or `long_tail` by rank."),
    "is_top1pct": (_FLAG, "Rank at most floor(1 % of the projects of the index)."),
    "is_mass80": (_FLAG, "In the smallest set in rank order that reaches 80 % of all downloads."),
    "requirement_count": (_COUNT, "Requirement strings of the newest release; NULL without a newest release."),
    "unparsable_requirement_count": (_COUNT, "Those that `packaging` does not read."),
    "unknown_requirement_count": (_COUNT, "Those that hold in the environment and name no project of the index."),
    "dependents_direct": (_COUNT, "Other projects whose newest release requires this one in the environment."),
    "dependents_transitive": (_COUNT, "Other projects that reach it over one or more requirements."),
    "closure_size": (_COUNT, "Other projects that it reaches; NULL without a newest release."),
    "depth": (_COUNT, "Greatest shortest-path distance to a project of its closure; 0 for an empty closure."),
    "true_status": (_TEXT, "The status, `quarantined` included."),
    "true_owner_kind": (_TEXT, "`individual`, `organization` or `fleet`: the owner term of the law of adoption."),
    "true_owner": (_TEXT, "The cluster: kind and number of the organization or fleet; the project itself otherwise."),
    "true_host": (_TEXT, "`github`, `gitlab`, `google`, `other` or `none`: the host term of the law of adoption."),
    "true_tier": (_TEXT, "Tier of long-run popularity: the tier term of the law of adoption."),
    "true_at_risk_from": (
        _INSTANT,
        (
            "From here the hazard of the law of adoption applies (delayed entry); NULL for a project that can never"
            " attest. The event is `first_attested_at`, the censoring the end of the day of observation."
        ),
    ),
    "true_newest_is_by_publisher": (
        _FLAG,
        "A Trusted Publisher uploaded a file of the newest release, attested or not.",
    ),
    "true_has_publisher_uploads": (_FLAG, "A Trusted Publisher ever uploaded a file."),
}

_ACCOUNTS: Final[dict[str, tuple[pa.DataType, str]]] = {
    "account": (_TEXT, "One row per account with a role that the index shows."),
    "project_count": (_COUNT, "Distinct projects on which it holds a role."),
    "critical_project_count": (_COUNT, "Those of them that are `is_top1pct` or `is_mass80`."),
    "downloads_30d_reachable": (_COUNT, "Sum of `downloads_30d` over its projects."),
    "shown_two_factor": (
        _FLAG,
        (
            "The rule: it is the only role holder of a project without organization whose newest listed file without"
            " provenance was uploaded on or after 2024-08-02."
        ),
    ),
    "true_has_two_factor": (_FLAG, "Whether the account really has a second factor on the day of observation."),
    "true_enrolled_at": (_INSTANT, "Since when; NULL without."),
}

_EDGES: Final[dict[str, tuple[pa.DataType, str]]] = {
    "project": (_TEXT, "One row per project and other project that it directly requires, in the environment."),
    "dependency": (_TEXT, "The required project of the index."),
}

_MONTHLY: Final[dict[str, tuple[pa.DataType, str]]] = {
    "month": (_MONTH, "First day of the month (UTC), from 2023-01; one row per month and tier with any listed file."),
    "tier": (_TEXT, "Tier of the project on the day of observation, or `all`."),
    "file_count": (_COUNT, "Files uploaded in the month whose provenance could be observed."),
    "attested_file_count": (_COUNT, "Those with provenance."),
    "release_count": (_COUNT, "Releases whose first such file was uploaded in the month."),
    "attested_release_count": (_COUNT, "Those of which any listed file carries provenance, whenever uploaded."),
    "project_count": (_COUNT, "Projects with such a file in the month."),
    "attested_project_count": (_COUNT, "Projects with a file with provenance uploaded in the month."),
    "first_attested_project_count": (_COUNT, "Projects whose first attested month it is."),
}

_ADOPTION_MODEL: Final[dict[str, tuple[pa.DataType, str]]] = {
    "parameter": (_TEXT, "Name of the parameter in `AdoptionModel`."),
    "level": (_TEXT, "For what it holds; empty where the parameter has one value."),
    "value": (pa.float64(), "The true value: hazards per month, log hazard ratios, shares from 0 to 1."),
}

_CHANGES: Final[dict[str, tuple[pa.DataType, str]]] = {
    "project": (_TEXT, "One row per project and thing that differs between the two days."),
    "what": (
        _TEXT,
        "`project` (appeared), a column of the truth table `projects`, or a role: `Owner`, `Maintainer`.",
    ),
    "before": (_TEXT, "Value on the earlier day; NULL for none. Of a role, the account that lost it."),
    "after": (_TEXT, "Value on the later day; NULL for none. Of a role, the account that gained it."),
}

TRUTH_TABLES: Final[dict[str, dict[str, tuple[pa.DataType, str]]]] = {
    "projects": _PROJECTS,
    "accounts": _ACCOUNTS,
    "dependency_edges": _EDGES,
    "adoption_monthly": _MONTHLY,
    "adoption_model": _ADOPTION_MODEL,
    "changes": _CHANGES,
}
"""Type and meaning of every column, by truth table."""


def schema_of(table: str) -> pa.Schema:
    """The Arrow schema of a truth table; the meaning of each column stands in its metadata as `description`."""
    return pa.schema(
        [pa.field(name, kind, metadata={"description": why}) for name, (kind, why) in TRUTH_TABLES[table].items()]
    )
