from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from pipeline.errors import UsageError
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.interface import Source
from pipeline.sources.simulated import SimulatedSource, observe


def test_it_says_that_it_is_simulated():
    source: Source = SimulatedSource(300, 7)
    description = source.describe()
    assert (description.source, description.period, description.is_simulated) == ("simulated", "2026-10", True)
    assert description.parameters == {"projects": "300", "seed": "7"}
    assert all("SIMULATED" in note.note and note.is_observed for note in source.notes().values())
    assert tuple(source.notes()) == OBSERVED_TABLES


def test_the_period_follows_the_day():
    assert SimulatedSource(300, 7, date(2026, 9, 30)).describe().period == "2026-09"


def test_it_complains_before_anything_is_fetched():
    with pytest.raises(UsageError, match="0 projects"):
        SimulatedSource(0, 7).describe()


def test_batches_are_the_observed_tables(tmp_path, world_of):
    batches: dict[str, list[pa.RecordBatch]] = {}
    for name, batch in SimulatedSource(300, 1).batches(tmp_path):
        assert batch.schema == LANDING_TABLES[name]
        batches.setdefault(name, []).append(batch)
    for name, table in observe(world_of(300, 1)).items():
        assert pa.Table.from_batches(batches.get(name, []), LANDING_TABLES[name]).equals(table)
    assert not list(tmp_path.iterdir())
