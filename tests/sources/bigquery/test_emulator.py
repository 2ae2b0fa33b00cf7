"""A simulated index in an emulator, over the wire with the real client library: the same tables come back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from emulators import ENVIRONMENT, Emulator, fill, installed, running
from landed import MakeSource, sorted_rows, tables_of
from same_marts import WITH_INDEX, differences, run_simulated

from pipeline.cli import main
from pipeline.landing import open_landing
from pipeline.sources.bigquery.service import BigQueryService, Endpoint
from pipeline.sources.simulated import REFERENCE_DAY, make_world
from pipeline.sources.simulated.datasets import thinned, write_datasets
from pipeline.sources.simulated.observed import as_bigquery, as_pypi

sys.path.insert(0, str(Path(__file__).parents[1] / "pypi"))

from index_server import IndexServer

PROJECTS, SEED, TOP = 40, 24, 25
NOT_INSTALLED = pytest.param(
    "none", marks=pytest.mark.skip(reason="`make test-bigquery` installs emulators and runs this")
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few")
    write_datasets(folder, PROJECTS, SEED)
    return folder


@pytest.fixture(scope="module", params=installed() or [NOT_INSTALLED])
def emulator(request, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Emulator]]:
    with running(request.param, tmp_path_factory.mktemp(request.param)) as started:
        fill(started, folder)
        yield request.param, started


def run(tmp_path: Path, *words: str) -> tuple[Path, Path]:
    """Run October 2026; gives the landing and the published file."""
    database, landing = tmp_path / "a.duckdb", tmp_path / "landing"
    where = ["--db", str(database), "--landing", str(landing), "--reports", str(tmp_path / "reports")]
    main(["run", "--source", "bigquery", "--period", "2026-10", *where, *words])
    return landing / "bigquery" / "2026-10", database


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of `--source simulated` on the same index, of which as many pages were read."""
    return run_simulated(tmp_path_factory.mktemp("simulated"), PROJECTS, SEED, TOP)


# The client library calls what its sister library has begun to deprecate.
@pytest.mark.filterwarnings("ignore:Retrieving Arrow record batches:PendingDeprecationWarning")
@pytest.mark.parametrize("transport", ["REST", "Storage Read API"])
def test_a_run_gives_the_tables_of_the_simulated_index(
    emulator, simulated: Path, transport: str, tmp_path: Path, monkeypatch
) -> None:
    _, started = emulator
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", started.rest)
    if transport != "REST":
        monkeypatch.setenv("BIGQUERY_STORAGE_EMULATOR_HOST", started.storage)
        # An answer that fits in one page is not worth a stream.
        monkeypatch.setitem(BigQueryService.__init__.__kwdefaults__, "rows_a_page", 20)
    world = thinned(make_world(PROJECTS, SEED, REFERENCE_DAY))
    with IndexServer(as_pypi(world)) as server:
        asked = ["--index-url", server.simple, "--contact", "test@example.org", "--top", str(TOP)]
        landed, database = run(tmp_path, "--bigquery-project", "paying", *asked)
    landing = open_landing(landed)
    expected = as_bigquery(world)
    window = [row for row in sorted_rows(expected["downloads_daily"]) if row[1] >= date(2026, 10, 2)]
    assert sorted_rows(pq.read_table(landing.path("downloads_daily"))) == window
    assert sorted_rows(pq.read_table(landing.path("files"))) == sorted_rows(expected["files"])
    assert landing.manifest.tables["requirements"].row_count == expected["requirements"].num_rows
    assert list(differences(database, simulated, WITH_INDEX)) == []


# The client library calls what its sister library has begun to deprecate.
@pytest.mark.filterwarnings("ignore:Retrieving Arrow record batches:PendingDeprecationWarning")
def test_the_storage_api_gives_the_same_rows_where_it_answers(
    emulator, make_source: MakeSource, folder, tmp_path: Path
) -> None:
    name, started = emulator
    # An answer that fits in one page is not worth a stream.
    service = BigQueryService("paying", Endpoint(started.rest, started.storage), patience_seconds=20, rows_a_page=5)
    sessions = []
    read = service.reader.create_read_session
    service.reader.create_read_session = lambda *args, **options: sessions.append(1) or read(*args, **options)
    streamed = tables_of(make_source(service, sample_days=3), tmp_path)
    over_rest = BigQueryService("paying", Endpoint(started.rest), patience_seconds=20, rows_a_page=500)
    paged = tables_of(make_source(over_rest, sample_days=3, refetch=days_of(make_source)), tmp_path)
    for table in ("download_totals", "files", "requirements", "index"):
        assert sorted_rows(streamed[table]) == sorted_rows(paged[table]), table
    assert len(sessions) == 5, f"{name} in {ENVIRONMENT}"


def days_of(make_source: MakeSource) -> tuple[str, ...]:
    return (*(str(day) for day in make_source(sample_days=3).wish.days()), "metadata")
