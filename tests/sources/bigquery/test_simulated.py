"""The simulated index in the shape of the datasets gives, through a whole run, the marts of `--source simulated`."""

from __future__ import annotations

from pathlib import Path

import pytest
from same_marts import ALONE, NOW, compared_rows, differences, run_simulated

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import BigQuerySettings, Settings
from pipeline.sources.simulated.datasets import write_datasets

PROJECTS, SEED = 150, 5
"""An index of which no deleted or yanked release is the newest one with requirements: the datasets know neither."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("both")
    write_datasets(folder / "datasets", PROJECTS, SEED)
    return folder


def context(folder: Path, **options) -> Context:
    places = {"database": folder / "bigquery.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    return Context(Settings(source="bigquery", period="2026-10", **places, **options), lambda: NOW, "test", Reporter())


@pytest.fixture(scope="module")
def simulated(folder: Path) -> Path:
    return run_simulated(folder, PROJECTS, SEED)


def test_the_datasets_alone_give_all_that_they_observe(folder: Path, simulated: Path, tmp_path: Path) -> None:
    asked = context(tmp_path, bigquery=BigQuerySettings(bigquery_files=folder / "datasets"))
    run(asked)
    assert list(differences(asked.settings.database, simulated, ALONE)) == []
    for mart in ("projects", "tier_summary", "adoption_monthly", "estimates", "risk_register", "dependency_exposure"):
        assert compared_rows(simulated, mart, ALONE) > 20, mart
