"""The core in pandas: the needed columns read whole, every spelling normalised once, joins on integers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from core import READ, Shared, landings_of, run, size_of

KINDS = np.array(["invalid", "yanked", "prerelease", "stable"])
TIERS = ["top_100", "top_1000", "top_1pct", "top_15000"]
COUNTS = ["installer_count", "installer_ci_count", "other_count", "unknown_count"]


def core(root: Path, out: Path) -> dict[str, Any]:
    """Give the answers."""
    landing, shared = landings_of(root)[0], Shared()

    def read(table: str) -> pd.DataFrame:
        return pd.read_parquet(landing.path(table), columns=READ[table])

    projects = _projects(read("index"))
    ids = _ids((pd.read_parquet(landing.path(table), columns=["project_name"]) for table in READ), projects)

    downloads = read("downloads_daily")
    downloads["project_id"] = downloads.pop("project_name").map(ids)
    downloads = downloads.dropna(subset="project_id").astype({"project_id": np.int32})
    ranks = _ranks(downloads, projects, landing.manifest.observed_on)
    files = _files(read("files"), read("observations"), ids, shared)
    months, of_projects = _uploads(files)
    months["tier"] = months["project_id"].map(ranks["tier"])
    answers = {
        "projects": projects.to_frame().join(ranks).join(of_projects),
        "months": months.groupby(["month", "tier"])[["file_count", "attested_file_count"]].sum().reset_index(),
        "accounts": _accounts(read("roles"), ids, ranks),
        "edges": _edges(read("requirements"), ids, projects, shared),
    }
    for name, answer in answers.items():
        answer.to_parquet(out / f"{name}.parquet", index=False)
    sizes = size_of(*((len(table), table["project_id"].sum()) for table in (files, downloads)))
    return {"shared_seconds": shared.seconds, "sizes": sizes}


def _is_true(column: pd.Series, missing: bool) -> pd.Series:
    return column.fillna(value=missing).astype(bool)


def _normalised(names: pd.Series) -> pd.Series:
    return names.str.lower().str.replace("[-_.]+", "-", regex=True)


def _projects(index: pd.DataFrame) -> pd.Series:
    projects = _normalised(index["project_name"]).drop_duplicates().sort_values()
    return projects.set_axis(pd.RangeIndex(1, len(projects) + 1, name="project_id")).rename("project")


def _ids(frames: Iterable[pd.DataFrame], projects: pd.Series) -> pd.Series:
    """The number of the project that a spelling means."""
    texts = pd.concat([frame["project_name"].drop_duplicates() for frame in frames]).drop_duplicates()
    place = pd.Index(projects).get_indexer(_normalised(texts))
    return pd.Series(projects.index[place], index=pd.Index(texts))[place >= 0].astype(np.int32)


def _files(files: pd.DataFrame, pages: pd.DataFrame, ids: pd.Series, shared: Shared) -> pd.DataFrame:
    texts = pa.table({"version": pa.array(files["version"].drop_duplicates(), pa.string())})
    versions = shared.order_versions(texts).to_pandas().set_index("version")
    invalid = -versions.index.to_series().rank(method="first")
    number = versions["version_order"].fillna(invalid).astype(np.int64)
    text = files.pop("version")
    files["version_id"] = text.map(number)
    files["is_prerelease"] = text.map(_is_true(versions["is_prerelease"], missing=False))
    files["project_id"] = files.pop("project_name").map(ids)
    pages["project_id"] = pages["project_name"].map(ids)
    pages = pages.sort_values("observed_at").drop_duplicates("project_id", keep="last").set_index("project_id")
    api = pages["api_version"].str.split(".", expand=True).astype(float)
    shows = files["project_id"].map((api[0] > 1) | (api[1] >= 3))
    files["has_provenance"] = files["has_provenance"].where(_is_true(shows, missing=False))
    is_read = files["project_id"].map(pages["api_version"].notna())
    is_meant = files["is_listed"].notna() | ~_is_true(is_read, missing=False)
    files["uploaded_at"] = files["uploaded_at"].dt.tz_localize(None)
    files = files[is_meant].dropna(subset="project_id").astype({"project_id": np.int32})
    return files.sort_values(["project_id", "uploaded_at"])


def _uploads(files: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Files by project and month; times and newest release by project."""
    month = files["uploaded_at"].to_numpy().astype("datetime64[M]")
    files = files.assign(is_attested=_is_true(files["has_provenance"], missing=False), month=month)
    months = files.groupby(["project_id", "month"], sort=False)["is_attested"].agg(["size", "sum"]).reset_index()
    months.columns = ["project_id", "month", "file_count", "attested_file_count"]
    months["month"] = months["month"].dt.date

    times = files.groupby("project_id", sort=False)["uploaded_at"].agg(["min", "max"])
    listed = files[_is_true(files["is_listed"], missing=True)]
    is_invalid, is_yanked = listed["version_id"] < 0, _is_true(listed["is_yanked"], missing=False)
    kind = np.select([is_invalid, is_yanked, listed["is_prerelease"]], [0, 1, 2], 3)
    grouped = listed.assign(key=kind * 2**32 + listed["version_id"].clip(lower=0)).groupby("project_id", sort=False)
    newest_listed, key = grouped["uploaded_at"].max(), grouped["key"].max()
    odd = listed[is_invalid].sort_values("uploaded_at").drop_duplicates("project_id", keep="last")
    invalid = odd.set_index("project_id")["version_id"].reindex(key.index)
    chosen = (key % 2**32).where(key > 0, invalid)
    newest = listed[listed["version_id"] == listed["project_id"].map(chosen)]
    counts = newest.groupby("project_id", sort=False)["is_attested"].agg(["size", "sum"])
    of_projects = pd.DataFrame(
        {
            "first_upload_at": times["min"],
            "newest_upload_at": newest_listed.reindex(times.index).fillna(times["max"]),
            "newest_release_kind": pd.Series(KINDS[(key // 2**32).to_numpy()], index=key.index),
            "listed_file_count": counts["size"],
            "attested_file_count": counts["sum"],
        }
    )
    return months, of_projects


def _ranks(downloads: pd.DataFrame, projects: pd.Series, last_day: date) -> pd.DataFrame:
    downloads = downloads[downloads["day"].between(last_day - timedelta(days=29), last_day)]
    totals = downloads[COUNTS].sum(axis=1).groupby(downloads["project_id"]).sum()
    known = totals.reindex(projects.index).fillna(0).astype(np.int64)
    ranked = pd.DataFrame({"project": projects, "downloads_30d": known})
    ranked = ranked.sort_values(["downloads_30d", "project"], ascending=[False, True])
    place, is_ranked = np.arange(1, len(ranked) + 1), ranked["downloads_30d"].to_numpy() > 0
    is_within = [is_ranked & (place <= bound) for bound in (100, 1000, len(ranked) // 100, 15000)]
    ranked["tier"] = np.select(is_within, TIERS, "long_tail")
    ranked["download_rank"] = pd.Series(place, index=ranked.index, dtype="Int64").where(is_ranked)
    return ranked[["download_rank", "downloads_30d", "tier"]]


def _accounts(roles: pd.DataFrame, ids: pd.Series, ranks: pd.DataFrame) -> pd.DataFrame:
    held = pd.DataFrame({"account": roles["account"].str.lower(), "project_id": roles["project_name"].map(ids)})
    held = held.dropna().drop_duplicates()
    held["downloads_30d"] = held["project_id"].map(ranks["downloads_30d"])
    counted = held.groupby("account")["downloads_30d"].agg(["size", "sum"]).reset_index()
    counted.columns = ["account", "project_count", "downloads_30d_reachable"]
    return counted


def _edges(requirements: pd.DataFrame, ids: pd.Series, projects: pd.Series, shared: Shared) -> pd.DataFrame:
    texts = pa.table({"requirement": pa.array(requirements["requirement"].drop_duplicates(), pa.string())})
    terms = shared.parse_requirements(texts).to_pandas()
    names = terms[_is_true(terms["applies"], missing=False)].set_index("requirement")["required_name"]
    project = requirements["project_name"].map(ids).map(projects)
    edges = pd.DataFrame({"project": project, "dependency": requirements["requirement"].map(names)}).dropna()
    edges = edges[edges["dependency"].isin(set(projects)) & (edges["project"] != edges["dependency"])]
    return edges.drop_duplicates()


if __name__ == "__main__":
    run(core)
