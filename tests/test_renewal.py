"""The bundled snapshot made anew out of a run over BigQuery: what the run said about newest uploads and ranks stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import renewal
from pipeline.cli import main
from pipeline.errors import SourceError
from pipeline.progress import Reporter
from pipeline.renewal import renew_snapshot
from pipeline.run import Context, run
from pipeline.settings import BigQuerySettings, Settings
from pipeline.sources import registry
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.datacard import read_card, verify
from pipeline.sources.simulated.datasets import write_datasets
from pipeline.sources.snapshot import SnapshotSource

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
PROJECTS, SEED = 150, 5


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A finished run over simulated datasets."""
    folder = tmp_path_factory.mktemp("over-bigquery")
    write_datasets(folder / "datasets", PROJECTS, SEED)
    settings = Settings(
        source="bigquery",
        period="2026-10",
        database=folder / "adoption.duckdb",
        landing=folder / "landing",
        reports=folder / "reports",
        bigquery=BigQuerySettings(bigquery_files=folder / "datasets"),
    )
    made = Context(settings, lambda: NOW, "test", Reporter())
    run(made)
    return made


@pytest.fixture(scope="module")
def renewed(context: Context, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the snapshot made of it."""
    folder = tmp_path_factory.mktemp("renewed")
    renew_snapshot(context.settings.database, folder)
    return folder


def test_a_run_on_the_snapshot_says_the_same_as_the_run_that_it_was_made_of(
    context: Context, renewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "SNAPSHOT_FOLDER", renewed)
    database = tmp_path / "again.duckdb"
    places = {"database": database, "landing": tmp_path / "landing", "reports": tmp_path / "reports"}
    # Twice: a made-up snapshot may replace what was made of one, though its source is called as the real one is.
    for _ in range(2):
        run(replace(context, settings=Settings(source="snapshot", **places)))
    query = """
        select project, tier, download_rank, newest_upload_at::date, two_factor_evidence
        from projects order by project
    """
    found = rows(database, query)
    assert found == rows(context.settings.database, query)
    assert len(found) > 100
    assert {"none", "announced", "enforced"} == {row[-1] for row in found}
    precision = "select distinct newest_upload_precision from projects"
    assert rows(database, precision) == [("day",)]
    assert rows(context.settings.database, precision) == [("second",)]
    assert rows(database, "select is_simulated from runs") == [(True,)]


def test_the_card_says_where_it_comes_from(context: Context, renewed: Path) -> None:
    path = renewed / "index-2026-10.parquet"
    card = read_card(path)
    verify(path, card)
    assert (card.origin, card.observed_on, card.accessed_on) == ("simulated", date(2026, 10, 31), NOW.date())
    table = pq.read_table(path)
    assert card.row_count == table.num_rows
    assert list(card.columns) == table.column_names
    landed = rows(
        context.settings.database,
        "select name, query_sha256, row_count from inputs where query_sha256 is not null order by name",
    )
    assert [(query.gives, query.sha256, query.row_count) for query in card.queries] == landed
    assert [name for name, *_ in landed] == ["downloads_daily", "files", "requirements"]
    assert all("0 bytes were billed" in query.note for query in card.queries)
    assert "SIMULATED" in card.title
    assert "read on 2026-11-03" in card.citation


def test_names_stand_in_order_and_ranks_end_with_the_list(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "RANKED_PROJECTS", 10)
    path, _ = renew_snapshot(context.settings.database, tmp_path)
    table = pq.read_table(path)
    names = table["project"].to_pylist()
    assert names == sorted(set(names))
    assert sorted(rank for rank in table["download_rank"].to_pylist() if rank) == list(range(1, 11))


@pytest.mark.parametrize(
    ("data", "is_simulated", "what"),
    [
        ("files-0123", True, "simulated data, which must not become the bundled snapshot"),
        ("public", True, "simulated data, which must not become the bundled snapshot"),
        ("at-127.0.0.1", False, r"data that are not the public datasets \(at-127.0.0.1\), which must not"),
        ("public", False, None),
    ],
)
def test_only_the_public_datasets_become_the_bundled_snapshot(
    context: Context, data: str, is_simulated: bool, what: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = renewal._read
    monkeypatch.setattr(renewal, "SNAPSHOT_FOLDER", tmp_path)
    monkeypatch.setattr(renewal, "_read", lambda path: replace(read(path), data=data, is_simulated=is_simulated))
    if what is None:
        path, _ = renew_snapshot(context.settings.database, tmp_path)
        assert read_card(path).origin == "observed"
        assert "SIMULATED" not in read_card(path).title
    else:
        with pytest.raises(SourceError, match=what):
            renew_snapshot(context.settings.database, tmp_path / "x" / "..")
        assert list(tmp_path.iterdir()) == []


def test_the_command_prints_both_files(context: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["snapshot", str(tmp_path), "--db", str(context.settings.database)])
    assert capsys.readouterr().out.split() == [str(tmp_path / f"index-2026-10.{end}") for end in ("parquet", "yml")]


def test_only_a_run_over_bigquery_makes_one(tmp_path: Path) -> None:
    database = tmp_path / "other.duckdb"
    settings = Settings(
        source="simulated", projects=60, database=database, landing=tmp_path / "l", reports=tmp_path / "r"
    )
    run(Context(settings, lambda: NOW, "test", Reporter()))
    with pytest.raises(SourceError, match="a run of the source simulated; a snapshot is made of one over BigQuery"):
        renew_snapshot(database, tmp_path)


def test_files_with_days_and_with_months_are_read(renewed: Path, tmp_path: Path) -> None:
    def landed(folder: Path) -> list[tuple]:
        return [tuple(row.values()) for _, batch in SnapshotSource(folder).batches(folder) for row in batch.to_pylist()]

    by_day = landed(renewed)
    assert all(month == day.replace(day=1) for _, month, day, _ in by_day)
    table = pq.read_table(renewed / "index-2026-10.parquet")
    months = pa.array([month for _, month, _, _ in by_day])
    table = table.set_column(1, "newest_release_month", months)
    pq.write_table(table, tmp_path / "index-2026-10.parquet")
    (tmp_path / "index-2026-10.yml").write_text((renewed / "index-2026-10.yml").read_text())
    assert landed(tmp_path) == [(name, month, None, rank) for name, month, _, rank in by_day]
    assert LANDING_TABLES["index"].names[1:3] == ["newest_release_month", "newest_release_day"]
