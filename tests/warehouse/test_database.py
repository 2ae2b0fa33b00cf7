"""The file of the warehouse: what is said when the disk fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import BuildError, LandingError
from pipeline.settings import Settings
from pipeline.warehouse.database import is_as_published, new_database, publish


@pytest.mark.parametrize("folder", ["landing", "."], ids=["beside", "above"])
def test_a_landed_file_that_is_gone_is_no_full_disk(tmp_path: Path, folder: str) -> None:
    landing = (tmp_path / folder).resolve()
    path = tmp_path / ".building" / "a.duckdb"
    path.parent.mkdir()
    gone = landing / "snapshot" / "2026-10" / "index-1.parquet"
    with (
        pytest.raises(LandingError, match=r"index-1\.parquet.*`pypi-adoption fetch`"),
        new_database(path, Settings(landing=landing, threads=1)) as connection,
    ):
        connection.execute(f"create table t as from read_parquet('{gone}')")


@pytest.mark.parametrize("folder", ["landing", "."], ids=["beside", "above"])
def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path, folder: str) -> None:
    settings = Settings(landing=(tmp_path / folder).resolve(), threads=1)
    path = tmp_path / "missing" / "a.duckdb"
    with pytest.raises(BuildError, match=r"cannot be written.*Make room"), new_database(path, settings):
        pass


def test_a_stamp_that_is_no_text_is_not_that_of_the_file(tmp_path: Path) -> None:
    candidate, database = tmp_path / "candidate", tmp_path / "a.duckdb"
    candidate.write_bytes(b"content")
    publish(candidate, database)
    assert is_as_published(database)
    (stamp,) = (path for path in tmp_path.iterdir() if path != database)
    stamp.write_bytes(b"\xff")
    assert not is_as_published(database)
