"""The core in polars: lazy scans of the needed columns, every spelling normalised once, joins on integers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from core import READ, Shared, landings_of, run, size_of

KINDS = {0: "invalid", 1: "yanked", 2: "prerelease", 3: "stable"}
COUNTS = ["installer_count", "installer_ci_count", "other_count", "unknown_count"]
PROJECT = pl.col("project_name").str.to_lowercase().str.replace_all("[-_.]+", "-")
Scans = dict[str, pl.LazyFrame]


def core(root: Path, out: Path) -> dict[str, Any]:
    """Give the answers."""
    landing, shared = landings_of(root)[0], Shared()
    scans = {table: pl.scan_parquet(landing.path(table)).select(columns) for table, columns in READ.items()}
    projects = _projects(scans["index"])
    spelled = _spelled([scan for table, scan in scans.items() if table != "index"], projects).lazy()
    downloads = scans["downloads_daily"].join(spelled, "project_name").drop("project_name").collect(engine="streaming")
    ranks = _ranks(downloads, projects, landing.manifest.observed_on)
    files = _files(scans, spelled, shared)
    months, of_projects = _uploads(files)
    months = months.join(ranks.select("project_id", "tier"), "project_id").group_by("month", "tier")
    answers = {
        "projects": projects.join(ranks, "project_id").join(of_projects, "project_id", how="left").drop("project_id"),
        "months": months.agg(pl.col("file_count", "attested_file_count").sum()),
        "accounts": _accounts(scans, spelled, ranks),
        "edges": _edges(scans, spelled, projects, shared),
    }
    for name, answer in answers.items():
        answer.write_parquet(out / f"{name}.parquet")
    sizes = size_of(*((table.height, table["project_id"].cast(pl.Int64).sum()) for table in (files, downloads)))
    return {"shared_seconds": shared.seconds, "sizes": sizes}


def _projects(index: pl.LazyFrame) -> pl.DataFrame:
    projects = index.select(project=PROJECT).unique().sort("project")
    return projects.with_row_index("project_id", offset=1).cast({"project_id": pl.Int32}).collect()


def _spelled(scans: list[pl.LazyFrame], projects: pl.DataFrame) -> pl.DataFrame:
    spellings = pl.concat([scan.select("project_name").unique() for scan in scans]).unique()
    meant = spellings.with_columns(project=PROJECT).join(projects.lazy(), "project")
    return meant.select("project_name", "project_id").collect(engine="streaming")


def _files(scans: Scans, spelled: pl.LazyFrame, shared: Shared) -> pl.DataFrame:
    texts = scans["files"].select("version").unique().collect(engine="streaming")
    versions = pl.DataFrame(shared.order_versions(texts.to_arrow()))
    number = pl.coalesce("version_order", -pl.col("version").rank("ordinal").cast(pl.Int64))
    versions = versions.select("version", "is_prerelease", version_id=number.cast(pl.Int32))
    api = pl.col("api_version").str.split(".")
    major, minor = (api.list.get(place).cast(pl.Int32) for place in (0, 1))
    pages = (
        scans["observations"]
        .join(spelled, "project_name")
        .sort("observed_at")
        .unique("project_id", keep="last")
        .select("project_id", is_read=pl.col("api_version").is_not_null(), shows=(major > 1) | (minor >= 3))
    )
    seen = (
        scans["files"]
        .join(spelled, "project_name")
        .join(versions.lazy(), "version")
        .drop("project_name", "version")
        .join(pages, "project_id", how="left")
        .filter(pl.col("is_listed").is_not_null() | ~pl.col("is_read").fill_null(value=False))
        .with_columns(has_provenance=pl.when(pl.col("shows").fill_null(value=False)).then("has_provenance"))
        .drop("is_read", "shows")
        .with_columns(pl.col("uploaded_at").dt.replace_time_zone(None))
        .sort("project_id", "uploaded_at")
    )
    return seen.collect(engine="streaming")


def _uploads(files: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Files by project and month; times and newest release by project."""
    lazy = files.lazy()
    is_listed = pl.col("is_listed").fill_null(value=True)
    listed = lazy.filter(is_listed)
    file_count, attested_count = pl.len().cast(pl.Int64), pl.col("has_provenance").sum().cast(pl.Int64)
    times = lazy.group_by("project_id").agg(
        first_upload_at=pl.col("uploaded_at").min(),
        newest_any_at=pl.col("uploaded_at").max(),
        newest_listed_at=pl.col("uploaded_at").filter(is_listed).max(),
    )
    is_invalid = pl.col("version_id") < 0
    kind = (
        pl.when(is_invalid)
        .then(0)
        .when(pl.col("is_yanked").fill_null(value=False))
        .then(1)
        .when("is_prerelease")
        .then(2)
        .otherwise(3)
    )
    key = (kind.cast(pl.Int64) * 2**32 + pl.col("version_id").clip(0)).max()
    newest_invalid = pl.col("version_id").filter(is_invalid).sort_by(pl.col("uploaded_at").filter(is_invalid)).last()
    valid = (pl.col("key") % 2**32).cast(pl.Int32)
    best = (
        listed.group_by("project_id")
        .agg(key=key, invalid=newest_invalid)
        .select(
            "project_id",
            newest_release_kind=(pl.col("key") // 2**32).replace_strict(KINDS, return_dtype=pl.String),
            version_id=pl.when(pl.col("key") == 0).then("invalid").otherwise(valid),
        )
    )
    newest = (
        listed.join(best, ["project_id", "version_id"])
        .group_by("project_id", "newest_release_kind")
        .agg(listed_file_count=file_count, attested_file_count=attested_count)
    )
    of_projects = times.join(newest, "project_id", how="left").select(
        "project_id",
        "first_upload_at",
        pl.coalesce("newest_listed_at", "newest_any_at").alias("newest_upload_at"),
        "newest_release_kind",
        "listed_file_count",
        "attested_file_count",
    )
    month = pl.col("uploaded_at").dt.truncate("1mo").cast(pl.Date).alias("month")
    months = lazy.group_by("project_id", month).agg(file_count=file_count, attested_file_count=attested_count)
    found = pl.collect_all([months, of_projects], engine="streaming")
    return found[0], found[1]


def _ranks(downloads: pl.DataFrame, projects: pl.DataFrame, last_day: date) -> pl.DataFrame:
    totals = (
        downloads.lazy()
        .filter(pl.col("day").is_between(last_day - timedelta(days=29), last_day))
        .group_by("project_id")
        .agg(downloads_30d=pl.sum_horizontal(COUNTS).sum())
        .collect(engine="streaming")
    )
    ordered = (
        projects.join(totals, "project_id", how="left")
        .with_columns(pl.col("downloads_30d").fill_null(0))
        .sort(["downloads_30d", "project"], descending=[True, False])
        .with_row_index("place", offset=1)
    )
    rank = pl.when(pl.col("downloads_30d") > 0).then(pl.col("place").cast(pl.Int64))
    tier = (
        pl.when(rank <= 100)
        .then(pl.lit("top_100"))
        .when(rank <= 1000)
        .then(pl.lit("top_1000"))
        .when(rank <= projects.height // 100)
        .then(pl.lit("top_1pct"))
        .when(rank <= 15000)
        .then(pl.lit("top_15000"))
        .otherwise(pl.lit("long_tail"))
    )
    return ordered.select("project_id", download_rank=rank, downloads_30d="downloads_30d", tier=tier)


def _accounts(scans: Scans, spelled: pl.LazyFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    account = pl.col("account").str.to_lowercase()
    held = scans["roles"].join(spelled, "project_name").select("project_id", account=account).unique()
    reach = held.join(ranks.lazy(), "project_id").group_by("account")
    counted = reach.agg(project_count=pl.len().cast(pl.Int64), downloads_30d_reachable=pl.col("downloads_30d").sum())
    return counted.collect(engine="streaming")


def _edges(scans: Scans, spelled: pl.LazyFrame, projects: pl.DataFrame, shared: Shared) -> pl.DataFrame:
    texts = scans["requirements"].select("requirement").unique().collect(engine="streaming")
    terms = pl.DataFrame(shared.parse_requirements(texts.to_arrow())).filter("applies")
    edges = (
        scans["requirements"]
        .join(terms.lazy().select("requirement", "required_name"), "requirement")
        .join(spelled, "project_name")
        .join(projects.lazy(), "project_id")
        .join(projects.lazy().select(required_name="project"), "required_name", how="semi")
        .filter(pl.col("project") != pl.col("required_name"))
        .select("project", dependency="required_name")
        .unique()
    )
    return edges.collect(engine="streaming")


if __name__ == "__main__":
    run(core)
