from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from pipeline.errors import LandingError
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.simulated import write_simulation
from pipeline.sources.simulated.truth import TRUTH_TABLES


def test_landing_tables_truth_and_a_readme_are_written(tmp_path):
    folder = tmp_path / "new" / "index"
    paths = write_simulation(folder, 60, 3)
    expected = [f"{name}.parquet" for name in OBSERVED_TABLES] + [f"truth/{name}.parquet" for name in TRUTH_TABLES]
    assert [str(path.relative_to(folder)) for path in paths] == [*expected, "README.md"]
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted(paths)
    for path in paths[:-1]:
        assert b"SIMULATED" in pq.read_schema(path).metadata
    for name in OBSERVED_TABLES:
        assert pq.read_schema(folder / f"{name}.parquet").remove_metadata() == LANDING_TABLES[name]
    readme = paths[-1].read_text()
    assert readme.startswith("# SIMULATED")
    assert "60 projects and seed 3, as it looks on 2026-10-31" in readme
    for table, columns in TRUTH_TABLES.items():
        written = pq.read_schema(folder / "truth" / f"{table}.parquet")
        for name, (_, meaning) in columns.items():
            assert f"* `{name}`: {meaning}" in readme
            assert written.field(name).metadata == {b"description": meaning.encode()}


def test_the_same_arguments_give_the_same_files(tmp_path):
    first, second = (write_simulation(tmp_path / name, 60, 3) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_writing_again_replaces(tmp_path):
    before = write_simulation(tmp_path, 60, 3)
    content = [path.read_bytes() for path in before]
    assert write_simulation(tmp_path, 60, 4) == before
    assert [path.read_bytes() for path in before] != content


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    occupied = tmp_path / "file"
    occupied.write_text("in the way")
    with pytest.raises(LandingError, match="cannot be written") as failure:
        write_simulation(occupied, 10, 1)
    assert "\n" not in str(failure.value)
    assert str(occupied) in str(failure.value)
