"""The index asked beside a landed month: whom it is asked about, and how both views of a file become one."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from rich.console import Console

from pipeline.landing import land
from pipeline.manifest import Landing
from pipeline.progress import Reporter
from pipeline.run import BESIDE, Context, fetch, rebuild
from pipeline.settings import BigQuerySettings, Settings
from pipeline.sources import registry
from pipeline.sources.beside import IndexBeside, most_downloaded
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.pypi import Manners, PypiSource, Selection
from pipeline.sources.simulated import REFERENCE_DAY, as_pypi, make_world
from pipeline.sources.simulated.datasets import thinned, write_datasets

sys.path.insert(0, str(Path(__file__).parent / "pypi"))

from index_server import IndexServer
from small_index import Builder

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
LAST_DAY = date(2025, 1, 31)
PROJECTS, SEED = 60, 3


class Month:
    """A month of a log, as rows written by hand."""

    def __init__(self, **tables: list[dict[str, Any]]) -> None:
        self.tables = tables

    def describe(self) -> Description:
        return Description("bigquery", "2025-01", LAST_DAY, parameters={"data": "public"})

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        for name, rows in self.tables.items():
            whole = [dict.fromkeys(LANDING_TABLES[name].names) | row for row in rows]
            yield name, pa.RecordBatch.from_pylist(whole, LANDING_TABLES[name])

    def notes(self) -> dict[str, TableNotes]:
        return {name: TableNotes(is_observed=name in self.tables) for name in OBSERVED_TABLES}


def landed(folder: Path, **tables: list[dict[str, Any]]) -> Landing:
    return land(Month(**tables), folder, now=lambda: NOW, code_version="test", advance=lambda _: None)


def listing(*names: str, **ranks: int) -> list[dict[str, Any]]:
    return [{"project_name": name, "download_rank": ranks.get(name)} for name in names]


def counted(name: str, *, pip: int, mirror: int = 0, day: int = 1) -> dict[str, Any]:
    zero = dict.fromkeys(LANDING_TABLES["downloads_daily"].names, 0)
    own = {"project_name": name, "day": date(2025, 1, day), "installer_count": pip, "mirror_count": mirror}
    return zero | own


def test_the_most_downloaded_are_those_of_the_month_by_name_where_equal_mirrors_apart(tmp_path: Path) -> None:
    daily = [counted("b-b", pip=5), counted("b-b", pip=5, day=2), counted("a", pip=10), counted("c", pip=9, mirror=99)]
    month = landed(
        tmp_path, index=listing("B_b", "a", "c", "d"), downloads_daily=[*daily, counted("not-listed", pip=100)]
    )
    assert most_downloaded(month, 2) == ["a", "b-b"]
    assert most_downloaded(month, 9) == ["a", "b-b", "c"]


def test_totals_count_where_days_were_sampled_and_ranks_where_the_landing_has_them(tmp_path: Path) -> None:
    totals = [{"project_name": name, "download_count": count} for name, count in (("a", 1), ("b", 2), ("c", 0))]
    assert most_downloaded(landed(tmp_path / "1", index=listing("a", "b", "c"), download_totals=totals), 9) == [
        "b",
        "a",
    ]
    ranked = landed(tmp_path / "2", index=listing("a", "b", "c", c=1, a=2), download_totals=totals)
    assert most_downloaded(ranked, 9) == ["c", "a"]


def uploaded(name: str, filename: str, day: int, **others: Any) -> dict[str, Any]:
    when = datetime(2025, 1, day, 8, 30, 15, 250_000, tzinfo=UTC)
    return {"project_name": name, "version": "1.0", "filename": filename, "uploaded_at": when} | others


def ask(month: Landing, server: IndexServer, folder: Path, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    folder.mkdir(parents=True, exist_ok=True)
    index = PypiSource(
        Selection(names, LANDING_TABLES["index"].empty_table()),
        Manners("test@example.org", server.simple, max_failure_share=1.0),
        kept_answers=folder / "answers.sqlite",
        now=lambda: NOW,
        console=Console(file=io.StringIO()),
    )
    source = IndexBeside(index, month, None)
    rows: dict[str, list[dict[str, Any]]] = {}
    for table, batch in source.batches(folder):
        rows.setdefault(table, []).extend(batch.to_pylist())
    rows["note"] = [{"text": source.notes()["files"].note}]
    return rows


def test_both_views_of_a_file_become_one(tmp_path: Path) -> None:
    logged = [
        uploaded("A_b", "in-both.whl", 1, upload_tool="twine/5", size_bytes=7),
        uploaded("a-b", "deleted.whl", 2, upload_tool="uv/1"),
        uploaded("other", "not-asked.whl", 3),
        uploaded("gone", "of-a-page-that-cannot-be-read.whl", 4),
    ]
    month = landed(tmp_path / "landing", index=listing("A_b", "other", "gone"), files=logged)
    small = Builder().project("a-b")
    small.file("a-b", "1.0", day=0, filename="in-both.whl", provenance=True, yanked=True)
    small.file("a-b", "1.1", day=9, filename="not-logged.whl")
    small.file("a-b", "2.0", day=31, filename="uploaded-in-february.whl")
    with IndexServer(small.tables()) as server:
        found = ask(month, server, tmp_path / "asked", ["a-b", "gone"])
    names = ("filename", "version", "upload_tool", "size_bytes", "is_listed", "is_yanked", "has_provenance")
    assert {row["project_name"] for row in found["files"]} == {"a-b"}
    assert [tuple(row[name] for name in names) for row in found["files"]] == [
        ("in-both.whl", "1.0", "twine/5", 7, True, True, True),
        ("deleted.whl", "1.0", "uv/1", None, False, None, None),
        ("not-logged.whl", "1.1", None, 1234, True, False, False),
    ]
    note = found["note"][0]["text"]
    assert "1 files of the log are not listed any more; 1 were uploaded after 2025-01-31 and are left out" in note


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    write_datasets(folder, PROJECTS, SEED)
    return folder


@pytest.fixture
def context(datasets: Path, tmp_path: Path) -> Context:
    places = {name: tmp_path / name for name in ("database", "landing", "reports")}
    chosen = BigQuerySettings(bigquery_files=datasets, sample_days=2)
    settings = Settings(source="bigquery", period="2026-10", top=20, bigquery=chosen, **places)
    return Context(settings, lambda: NOW, "test", Reporter())


def rows(context: Context, query: str) -> list[tuple]:
    with duckdb.connect(str(context.settings.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_what_was_answered_stays_with_the_month_and_is_not_asked_for_again(context: Context) -> None:
    with IndexServer(as_pypi(thinned(make_world(PROJECTS, SEED, REFERENCE_DAY)))) as server:
        asking = replace(context, settings=replace(context.settings, contact="a@example.org", index_url=server.simple))
        first = fetch(asking)
        asked = len(server.asked)
        assert asked >= 40
        again = fetch(replace(asking, now=lambda: datetime(2026, 11, 20, tzinfo=UTC)))
        assert len(server.asked) == asked
    without_contact = fetch(context)
    manifests = [[landing.manifest for landing in landings] for landings in (first, again, without_contact)]
    assert manifests[0] == manifests[1] == manifests[2]
    assert [(one.source, one.period) for one in manifests[0][:2]] == [("bigquery", "2026-10"), ("pypi", "2026-10")]
    assert not (context.settings.landing / "pypi" / "2026-10").exists()
    assert (context.settings.landing / BESIDE / "pypi" / "2026-10").exists()
    rebuild(context)
    coverage = dict(rows(context, "select measure || ' ' || source, observed_count from coverage"))
    assert (coverage["roles bigquery"], coverage["roles pypi"]) == (0, 20)
    assert coverage["newest_upload pypi"] == 0
    assert rows(context, "select count(newest_upload_at), count(owner_count) from projects") == [
        (coverage["newest_upload bigquery"], 20)
    ]


def test_of_made_up_data_the_public_index_is_never_asked(context: Context, tmp_path: Path) -> None:
    console = Console(file=io.StringIO())
    totals = [{"project_name": "a", "download_count": 1}]
    public = landed(tmp_path / "public", index=listing("a"), download_totals=totals)
    other = Landing(public.folder, public.manifest.model_copy(update={"parameters": {"data": "files-0123"}}))

    def source(settings: Settings, month: Landing):
        return registry.beside(settings, month, None, lambda: NOW, console)

    named = replace(context.settings, contact="a@example.org")
    assert source(named, public) is not None
    assert source(named, other) is None
    assert source(replace(named, index_url="http://127.0.0.1:1/simple/"), other) is not None
    assert source(context.settings, public) is None, "nobody says who asks"
    assert source(replace(named, source="simulated"), public) is None
