"""A small simulated index in the datasets' shape, and sources that read it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.sources.bigquery.engine import Engine
from pipeline.sources.bigquery.parquet import ParquetDatasets
from pipeline.sources.bigquery.plan import Wish
from pipeline.sources.bigquery.source import BigQuerySource, Outside
from pipeline.sources.simulated import REFERENCE_DAY, World, make_world
from pipeline.sources.simulated.datasets import thinned, write_datasets

sys.path.insert(0, str(Path(__file__).parent))

from landed import MakeSource, tables_of

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
PERIOD = "2026-10"


@pytest.fixture(scope="session")
def world() -> World:
    """With few downloads, so that each can be a row."""
    return thinned(make_world(120, 5, REFERENCE_DAY))


@pytest.fixture(scope="session")
def dataset_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    write_datasets(folder, 120, 5)
    return folder


def _source(folder: Path, ledger: Path, engine: Engine | None = None, **options) -> BigQuerySource:
    named = ("detail", "sample_days", "excludes_metadata_files", "critical_projects")
    wishes = {name: options.pop(name) for name in named if name in options}
    now = options.pop("now", NOW)
    outside = Outside(lambda: engine or ParquetDatasets(folder), ledger, lambda: now)
    return BigQuerySource(Wish(options.pop("period", PERIOD), **wishes), outside, **options)


@pytest.fixture
def make_source(tmp_path: Path, dataset_folder: Path) -> MakeSource:
    """A source for October 2026; a wish and options may be given, and another engine than the files."""
    return partial(_source, dataset_folder, tmp_path / "ledger")


@pytest.fixture(scope="session")
def october(tmp_path_factory: pytest.TempPathFactory, dataset_folder: Path) -> dict[str, pa.Table]:
    """All tables of October 2026, out of the files."""
    folder = tmp_path_factory.mktemp("october")
    return tables_of(_source(dataset_folder, folder / "ledger"), folder)
