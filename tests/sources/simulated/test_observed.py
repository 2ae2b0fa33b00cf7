from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from packaging.utils import canonicalize_name
from polars.testing import assert_frame_equal

from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.simulated import as_bigquery, as_pypi, observe
from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.newest import identities, standing_in
from pipeline.sources.simulated.observed import download_ranks


def frame(table: pa.Table) -> pl.DataFrame:
    converted = pl.from_arrow(table)
    assert isinstance(converted, pl.DataFrame)
    return converted


def names(table: pa.Table) -> set[str]:
    return {canonicalize_name(name) for name in table["project_name"].to_pylist()}


@pytest.mark.parametrize("view", [observe, as_pypi, as_bigquery])
def test_every_view_is_in_the_contract_schemas(world_of, view):
    tables = view(world_of(300, 1))
    assert tuple(tables) == OBSERVED_TABLES
    for name, table in tables.items():
        assert table.schema == LANDING_TABLES[name]
        table.validate(full=True)


def test_the_union_fills_every_table(large_landing):
    assert all(table.num_rows for table in large_landing.values())


def test_files_of_the_union_are_those_of_the_log_with_what_the_index_adds(large, large_landing):
    union, logged, listed = (frame(tables["files"]) for tables in (large_landing, as_bigquery(large), as_pypi(large)))
    of_index = ["is_listed", "is_yanked", "has_provenance"]
    assert_frame_equal(union.drop(of_index), logged.drop(of_index))
    assert logged.select(pl.col(of_index).is_null().all()).row(0) == (True, True, True)
    answered = union.filter(pl.col("is_listed")).with_columns(
        project_name=pl.col("project_name").map_elements(canonicalize_name, return_dtype=pl.String),
        upload_tool=pl.lit(None, pl.String),
    )
    assert_frame_equal(answered, listed)
    assert union.filter(~pl.col("is_listed")).select(pl.col("is_yanked", "has_provenance").is_null().all()).row(0) == (
        True,
        True,
    )


def test_quarantined_projects_vanish_from_the_index_alone(large, large_landing):
    gone = set(large.projects.filter(pl.col("status") == "quarantined")["name"])
    assert len(gone) >= 5
    for table in ("publishers", "roles", "project_urls"):
        assert not gone & names(large_landing[table])
    pages = frame(large_landing["observations"]).filter(pl.col("failure").is_not_null())
    assert set(pages["project_name"]) == gone
    assert pages["failure"].unique().to_list() == ["Simple API: HTTP 404"]
    assert pages["api_version"].is_null().all()
    assert not pages["roles_observed"].any()
    unseen = frame(large_landing["files"]).filter(pl.col("is_listed").is_null())
    assert {canonicalize_name(name) for name in unseen["project_name"]} == gone & names(large_landing["files"])
    assert gone <= names(large_landing["index"])


def test_projects_without_listed_files_show_no_roles(large, large_landing):
    listed = set(large.files.filter(~pl.col("is_deleted"))["project_id"])
    empty = set(large.projects.filter(~pl.col("project_id").is_in(listed), pl.col("status") != "quarantined")["name"])
    pages = frame(large_landing["observations"]).filter(pl.col("project_name").is_in(empty))
    assert len(empty) > 20
    assert pages["failure"].is_null().all()
    assert not pages["roles_observed"].any()
    assert not empty & names(large_landing["roles"])
    index = frame(large_landing["index"]).filter(pl.col("newest_release_month").is_null())
    assert {canonicalize_name(name) for name in index["project_name"]} >= empty


def test_the_most_downloaded_are_asked(large):
    ranks = download_ranks(large)
    asked = as_pypi(large, top=50)
    expected = ranks.filter(pl.col("download_rank") <= 50)["name"].to_list()
    assert sorted(asked["observations"]["project_name"].to_pylist()) == sorted(expected)
    every = as_pypi(large)
    for name in ("files", "publishers", "roles", "project_urls", "requirements"):
        shown = frame(every[name]).filter(pl.col("project_name").is_in(expected))
        assert_frame_equal(frame(asked[name]), shown)


def test_downloads_of_thirty_days_without_mirrors_rank_the_projects(large, large_landing):
    daily = large_landing["downloads_daily"].to_pylist()
    first = large.observed_on - timedelta(days=29)
    totals: dict[str, int] = {}
    for row in daily:
        if row["day"] >= first:
            counted = row["installer_count"] + row["installer_ci_count"] + row["other_count"] + row["unknown_count"]
            totals[row["project_name"]] = totals.get(row["project_name"], 0) + counted
    ordered = sorted((name for name in totals if totals[name]), key=lambda name: (-totals[name], name))
    listed = {
        canonicalize_name(row["project_name"]): row["download_rank"] for row in large_landing["index"].to_pylist()
    }
    assert {name: rank for name, rank in listed.items() if rank} == {name: at for at, name in enumerate(ordered, 1)}
    published = large_landing["download_totals"].to_pylist()
    assert [(row["project_name"], row["download_count"]) for row in published] == [(n, totals[n]) for n in ordered]


def test_sixty_whole_days_with_weekends_mirrors_and_a_runaway_client(large):
    days = large.downloads.group_by("day").agg(pl.col("^.*_count$").sum()).sort("day")
    assert days.height == 60
    assert days["day"].max() == large.observed_on
    runaway_days = pl.col("day").dt.day().is_between(12, 20)
    normal = days.filter(~runaway_days)
    weekend = pl.col("day").dt.weekday() >= 6
    assert (
        normal.filter(weekend)["installer_ci_count"].mean() < 0.6 * normal.filter(~weekend)["installer_ci_count"].mean()
    )
    assert (days["mirror_count"] > 0).all()
    wild = large.downloads.filter(runaway_days).group_by("project_id").agg(pl.col("installer_count").sum())
    tame = large.downloads.filter(~runaway_days).group_by("project_id").agg(pl.col("installer_count").sum())
    both = wild.join(tame, "project_id", suffix="_tame").filter(
        pl.col("installer_count") > 20 * pl.col("installer_count_tame"), pl.col("installer_count") > 1_000_000
    )
    assert both.height == 1


def test_identity_is_asked_of_the_first_and_the_newest_attested_release(large, large_landing):
    asked = frame(large_landing["publishers"])
    uploaded_at = pl.from_epoch("uploaded_at").cast(pl.Datetime("us", "UTC"))
    every = identities(large).with_columns(uploaded_at).select(asked.columns)
    assert asked.join(every, on=asked.columns, how="anti", nulls_equal=True).is_empty()
    firsts = every.group_by("project_name").agg(pl.col("uploaded_at").min())
    assert_frame_equal(asked.group_by("project_name").agg(pl.col("uploaded_at").min()), firsts, check_row_order=False)
    assert asked.group_by("project_name").len()["len"].max() == 2
    assert set(every["publisher_kind"]) == set(m.PUBLISHER_KINDS)
    assert every.filter(pl.col("publisher_kind") == "Google")["publisher_repository"].is_null().all()


def test_requirements_are_those_of_the_newest_release(large, large_landing, large_truth):
    every: dict[tuple[str, str], list[str]] = {}
    uploaded = large.releases.join(large.files, "release_id", how="semi")
    named = uploaded.join(large.projects.select("project_id", project_name="name"), "project_id")
    for row in standing_in(named, large).iter_rows(named=True):
        every.setdefault((row["project_name"], row["version"]), []).append(row["requirement"])
    landed: dict[tuple[str, str], list[str]] = {}
    for row in large_landing["requirements"].to_pylist():
        landed.setdefault((row["project_name"], row["version"]), []).append(row["requirement"])
    newest = {(row["project"], row["newest_version"]) for row in large_truth["projects"].to_pylist()}
    assert landed == {release: texts for release, texts in every.items() if release in newest}


def test_the_log_does_not_know_what_was_yanked_or_deleted(large):
    of_index, of_log = as_pypi(large)["requirements"], as_bigquery(large)["requirements"]
    index, log = (
        {(canonicalize_name(row["project_name"]), row["version"]) for row in table.to_pylist()}
        for table in (of_index, of_log)
    )
    assert index - log
    assert log - index


def test_everything_is_seen_at_the_end_of_the_day(large_landing):
    seen = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    assert set(large_landing["observations"]["observed_at"].to_pylist()) == {seen}
    assert max(large_landing["files"]["uploaded_at"].to_pylist()) <= seen


def test_uploads_under_other_spellings_occur(large_landing):
    spelled = frame(large_landing["files"]).select("project_name").unique()
    normalised = spelled["project_name"].map_elements(canonicalize_name, return_dtype=pl.String)
    assert (spelled["project_name"] != normalised).sum() > 100
    assert normalised.n_unique() < spelled.height
