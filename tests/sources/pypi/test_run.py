"""A whole run on the live source, from settings to the published file, against a server on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from index_server import IndexServer

from pipeline.errors import SourceError, UsageError
from pipeline.progress import Reporter
from pipeline.report.record import read_record
from pipeline.run import Context, run
from pipeline.settings import SNAPSHOT_FOLDER, Settings
from pipeline.sources import registry
from pipeline.sources.simulated import as_pypi, make_world, observe
from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.truth import truth_tables

PROJECTS, SEED, TOP = 120, 2, 60
NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world():
    return make_world(PROJECTS, SEED, REFERENCE_DAY)


@pytest.fixture
def context(world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Settings of a run whose bundled snapshot is that of the world."""
    index = observe(world)["index"]
    folder = tmp_path / "snapshot"
    folder.mkdir()
    file = folder / "index-2026-10.parquet"
    pq.write_table(index.drop_columns("newest_release_day").rename_columns({"project_name": "project"}), file)
    (card,) = SNAPSHOT_FOLDER.glob("*.yml")
    content = yaml.safe_load(card.read_text()) | {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    file.with_suffix(".yml").write_text(yaml.safe_dump(content))
    monkeypatch.setattr(registry, "SNAPSHOT_FOLDER", folder)
    settings = Settings(
        source="pypi",
        top=TOP,
        contact="test@example.org",
        database=tmp_path / "adoption.duckdb",
        landing=tmp_path / "landing",
        reports=tmp_path / "reports",
    )
    return Context(settings, lambda: NOW, "test", Reporter())


def with_server(context: Context, server: IndexServer) -> Context:
    return replace(context, settings=replace(context.settings, index_url=server.simple))


def rows(context: Context, query: str) -> list[tuple]:
    with duckdb.connect(str(context.settings.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_what_the_apis_show_of_the_asked_projects_is_the_truth(context: Context, world) -> None:
    with IndexServer(as_pypi(world)) as server:
        context = with_server(context, server)
        report = run(context)
    assert report == context.settings.reports / "2026-10" / "index.html"
    columns = ["publishing_evidence", "has_regressed", "publisher_kind", "owner_count", "has_single_owner", "status"]
    asked = {name for (name,) in rows(context, f"select project from projects where download_rank <= {TOP}")}
    found = {row[0]: row[1:] for row in rows(context, f"select project, {', '.join(columns)} from projects")}
    read = {name for (name,) in rows(context, "select project from projects where status is not null")}
    true = {
        row["project"]: tuple(row[column] for column in columns) for row in truth_tables(world)["projects"].to_pylist()
    }
    assert len(asked) == TOP
    assert read
    assert {name: found[name] for name in read} == {name: true[name] for name in read}
    assert all(found[name][0] == "unobserved" for name in found.keys() - asked)
    (total,) = rows(
        context, "select total from tier_summary where measure = 'attested' and tier = 'all' and unit = 'projects'"
    )
    (denominator,) = rows(
        context,
        "select denominator from tier_summary where measure = 'attested' and tier = 'all' and unit = 'projects'",
    )
    assert denominator[0] <= TOP < total[0], "who was not asked about stays out of the denominator"


def test_an_index_without_provenance_shows_nothing_about_it(context: Context, world) -> None:
    tables = as_pypi(world)
    observations = tables["observations"].to_pylist()
    old = pa.Table.from_pylist([row | {"api_version": "1.1"} for row in observations], tables["observations"].schema)
    with IndexServer(tables | {"observations": old}) as server:
        context = with_server(context, server)
        run(context)
    found = dict(
        rows(context, f"select publishing_evidence, count(*) from projects where download_rank <= {TOP} group by 1")
    )
    assert "not_observable" in found
    assert not {"attested", "partly_attested", "not_attested"} & found.keys()
    assert rows(context, "select observed_count from coverage where measure = 'provenance'") == [(0,)]


def test_counts_of_a_top_list_fill_the_downloads(context: Context, world, tmp_path: Path) -> None:
    names = [row["project_name"] for row in as_pypi(world)["observations"].to_pylist()][:20]
    listed = tmp_path / "top.csv"
    listed.write_text("download_count,project\n" + "".join(f"{1000 - n},{name}\n" for n, name in enumerate(names)))
    with IndexServer(as_pypi(world)) as server:
        context = with_server(context, server)
        run(replace(context, settings=replace(context.settings, toplist=str(listed), top=5)))
    assert rows(
        context, "select project, downloads_30d from projects where download_rank <= 2 order by download_rank"
    ) == [
        (names[0], 1000),
        (names[1], 999),
    ]
    assert rows(context, "select count(*) from projects where status is not null") <= [(5,)]


def test_a_server_that_is_gone_is_one_error_and_loses_nothing(context: Context, world) -> None:
    with IndexServer(as_pypi(world)) as server:
        context = with_server(context, server)
        run(context)
    before = context.settings.database.read_bytes()
    later = replace(context, now=lambda: datetime(2026, 11, 30, tzinfo=UTC))
    with pytest.raises(SourceError):
        run(later)
    assert context.settings.database.read_bytes() == before


def test_without_a_contact_nothing_is_asked(context: Context) -> None:
    with pytest.raises(UsageError, match="--contact"):
        run(replace(context, settings=replace(context.settings, contact=None)))


def test_a_later_month_says_of_which_day_the_rest_of_the_index_is(context: Context, world) -> None:
    asked_on = datetime(2026, 12, 2, 12, tzinfo=UTC)
    with IndexServer(as_pypi(world)) as server:
        report = run(replace(with_server(context, server), now=lambda: asked_on))
    days = dict(rows(context, "select measure, observed_on from coverage where observed_count > 0"))
    assert (days["newest_upload"], days["files"]) == (date(2026, 10, 31), date(2026, 12, 2))
    record = read_record(report.with_name("report.json"))
    evidence = record.headline("sensitivity/two_factor_shown/all/enforced/plain/projects")
    assert (evidence.source, evidence.date) == ("pypi", "2026-10-31 to 2026-12-02")
    assert record.headline("sensitivity/attested/all/plain/projects").date == "2026-12-02"
    page = report.read_text(encoding="utf-8")
    assert "pypi of 2026-12, observed from 2026-10-31 to 2026-12-02" in page
    seen = dict(rows(context, "select measure, max(observed_count) from coverage group by measure"))
    assert 0 < seen["provenance"] <= seen["files"] <= TOP
    assert f"Provenance was looked at for {seen['provenance']} of {PROJECTS} projects." in " ".join(page.split())
    # No census of files where most projects were not asked about, and no history of all projects out of some.
    files = record.headline("sensitivity/attested/all/plain/files")
    assert (files.total, files.interval) == (None, "wilson_95")
    assert set(rows(context, "select n, reason from estimates where name like 'activity%'")) == {
        (0, f"files were observed of {seen['files']} of {PROJECTS} projects, chosen as they are now")
    }
