"""The landing contract: the tables that any source may fill, with one Arrow schema each.

A source fills the tables that its outside system shows and leaves the others out; a table that was not observed is
landed empty, with the reason in the manifest, so that "not observed" never reads as "no". Names are as the outside
system spells them; staging normalises them (PEP 503).
"""

from __future__ import annotations

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")


def _schema(*fields: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> pa.Schema:
    """A field is nullable unless its third member is False."""
    return pa.schema([pa.field(name, kind, nullable=not flag or flag[0]) for name, kind, *flag in fields])


LANDING_TABLES: dict[str, pa.Schema] = {
    # One row per project that the index lists. `newest_release_month` is a first of a month; `newest_release_day` is a
    # day (UTC) of that month, NULL where the day is not known. `download_rank` is NULL outside the ranked list.
    "index": _schema(
        ("project_name", pa.string(), False),
        ("newest_release_month", pa.date32()),
        ("newest_release_day", pa.date32()),
        ("download_rank", pa.int32()),
    ),
    # One row per project whose page was asked for. `failure` says why it could not be read; `api_version` is the
    # version of the Simple API that answered, below 1.3 there is no provenance field.
    "observations": _schema(
        ("project_name", pa.string(), False),
        ("observed_at", TIMESTAMP, False),
        ("api_version", pa.string()),
        ("status", pa.string()),
        ("roles_observed", pa.bool_(), False),
        ("organization", pa.string()),
        ("failure", pa.string()),
    ),
    # One row per uploaded file. `is_listed` is FALSE for a file that the index no longer lists (deleted), NULL where
    # nobody looked; `has_provenance` and `is_yanked` are NULL where they could not be observed.
    "files": _schema(
        ("project_name", pa.string(), False),
        ("version", pa.string(), False),
        ("filename", pa.string(), False),
        ("packagetype", pa.string()),
        ("uploaded_at", TIMESTAMP, False),
        ("size_bytes", pa.int64()),
        ("is_listed", pa.bool_()),
        ("is_yanked", pa.bool_()),
        ("has_provenance", pa.bool_()),
        ("upload_tool", pa.string()),
    ),
    # One row per file whose publisher identity was asked for: of each project, a file of the first and of the newest
    # attested release.
    "publishers": _schema(
        ("project_name", pa.string(), False),
        ("version", pa.string(), False),
        ("filename", pa.string(), False),
        ("uploaded_at", TIMESTAMP, False),
        ("publisher_kind", pa.string(), False),
        ("publisher_repository", pa.string()),
        ("publisher_workflow", pa.string()),
        ("publisher_environment", pa.string()),
    ),
    # One row per project, account and role (`Owner`, `Maintainer`), as the index shows them today.
    "roles": _schema(
        ("project_name", pa.string(), False),
        ("account", pa.string(), False),
        ("role", pa.string(), False),
    ),
    # One row per link that a project states about itself.
    "project_urls": _schema(
        ("project_name", pa.string(), False),
        ("label", pa.string()),
        ("url", pa.string(), False),
    ),
    # One row per requirement (PEP 508) of the newest release.
    "requirements": _schema(
        ("project_name", pa.string(), False),
        ("version", pa.string(), False),
        ("requirement", pa.string(), False),
    ),
    # One row per project and whole UTC day. The five counts are disjoint classes of the client and add up to all
    # downloads of that day: installers outside and inside CI, mirrors, other known clients, clients not recognised.
    "downloads_daily": _schema(
        ("project_name", pa.string(), False),
        ("day", pa.date32(), False),
        ("installer_count", pa.int64(), False),
        ("installer_ci_count", pa.int64(), False),
        ("mirror_count", pa.int64(), False),
        ("other_count", pa.int64(), False),
        ("unknown_count", pa.int64(), False),
    ),
    # One row per project of a published list of download counts over about 30 days.
    "download_totals": _schema(
        ("project_name", pa.string(), False),
        ("download_count", pa.int64(), False),
    ),
    # Facts with their sources, one row each; dates stay as published where they may be a month only (`2022-07`).
    "milestones": _schema(
        ("date", pa.date32(), False),
        ("id", pa.string(), False),
        ("category", pa.string(), False),
        ("title", pa.string(), False),
        ("effect", pa.string(), False),
        ("source", pa.string(), False),
    ),
    "official_figures": _schema(
        ("as_of", pa.string(), False),
        ("metric", pa.string(), False),
        ("value", pa.float64(), False),
        ("unit", pa.string(), False),
        ("denominator_or_definition", pa.string(), False),
        ("source", pa.string(), False),
    ),
    "publisher_share_official": _schema(
        ("month", pa.string(), False),
        ("publisher_share_pct", pa.float64(), False),
        ("publisher_share_error_pp", pa.float64(), False),
        ("files", pa.int64(), False),
        ("files_error", pa.int64(), False),
        ("source", pa.string(), False),
    ),
    "attested_share_published": _schema(
        ("measured_on", pa.date32(), False),
        ("band_first_rank", pa.int32(), False),
        ("band_last_rank", pa.int32(), False),
        ("projects", pa.int32(), False),
        ("attested_projects", pa.int32(), False),
        ("github", pa.int32(), False),
        ("google", pa.int32(), False),
        ("gitlab", pa.int32(), False),
        ("source", pa.string(), False),
    ),
    "incidents": _schema(
        ("date", pa.string(), False),
        ("id", pa.string(), False),
        ("vector", pa.string(), False),
        ("projects_affected", pa.string(), False),
        ("project_criticality", pa.string(), False),
        ("would_2fa_have_prevented", pa.string(), False),
        ("reason_2fa", pa.string(), False),
        ("would_trusted_publishing_have_prevented", pa.string(), False),
        ("reason_trusted_publishing", pa.string(), False),
        ("exposure", pa.string(), False),
        ("source", pa.string(), False),
    ),
}

REFERENCE_TABLES = (
    "milestones",
    "official_figures",
    "publisher_share_official",
    "attested_share_published",
    "incidents",
)
"""Landing tables that hold published facts; they come with every run, whatever its source."""

OBSERVED_TABLES = tuple(table for table in LANDING_TABLES if table not in REFERENCE_TABLES)
"""Landing tables that describe the index itself; each source fills some of them."""

COUNTED_CLASSES = ("installer_count", "installer_ci_count", "other_count", "unknown_count")
"""Columns of `downloads_daily` that count as downloads: mirrors are left out, as `downloads_30d` does."""
