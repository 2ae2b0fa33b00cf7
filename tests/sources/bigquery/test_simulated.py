"""The simulated index in the shape of the datasets gives, through a whole run, the marts of `--source simulated`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from same_marts import ALONE, NOW, WITH_INDEX, compared_rows, differences, run_simulated

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import BigQuerySettings, Settings
from pipeline.sources.simulated import REFERENCE_DAY, as_pypi, make_world
from pipeline.sources.simulated.datasets import thinned, write_datasets

sys.path.insert(0, str(Path(__file__).parents[1] / "pypi"))

from index_server import IndexServer

PROJECTS, SEED, TOP = 150, 5, 60
"""An index of which no deleted or yanked release is the newest one with requirements: the datasets know neither."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("both")
    write_datasets(folder / "datasets", PROJECTS, SEED)
    return folder


def context(tmp_path: Path, folder: Path, **options) -> Context:
    places = {name: tmp_path / name for name in ("database", "landing", "reports")}
    chosen = BigQuerySettings(bigquery_files=folder / "datasets")
    settings = Settings(source="bigquery", period="2026-10", bigquery=chosen, **places, **options)
    return Context(settings, lambda: NOW, "test", Reporter())


@pytest.fixture(scope="module")
def simulated(folder: Path) -> Path:
    return run_simulated(folder, PROJECTS, SEED)


def test_the_datasets_alone_give_all_that_they_observe(folder: Path, simulated: Path, tmp_path: Path) -> None:
    alone = context(tmp_path, folder)
    run(alone)
    assert list(differences(alone.settings.database, simulated, ALONE)) == []
    for mart in ("projects", "tier_summary", "adoption_monthly", "estimates", "risk_register", "dependency_exposure"):
        assert compared_rows(simulated, mart, ALONE) > 20, mart


@pytest.fixture(scope="module")
def index() -> Iterator[IndexServer]:
    """The same simulated index, asked through its APIs."""
    with IndexServer(as_pypi(thinned(make_world(PROJECTS, SEED, REFERENCE_DAY)))) as server:
        yield server


def test_with_the_index_asked_in_the_same_run_all_tables_are_equal(
    folder: Path, index: IndexServer, tmp_path: Path
) -> None:
    both = context(tmp_path, folder, contact="test@example.org", index_url=index.simple, top=TOP)
    run(both)
    database = both.settings.database
    assert list(differences(database, run_simulated(tmp_path, PROJECTS, SEED, TOP), WITH_INDEX)) == []
