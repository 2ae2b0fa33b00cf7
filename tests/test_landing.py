from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import LandingError, SourceError
from pipeline.files import sha256_of
from pipeline.landing import land, latest_period, open_landing, verify
from pipeline.manifest import Landing
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import Description, TableNotes

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class TwoProjects:
    """Gives two projects, or fails after the first, and counts how often it was asked."""

    def __init__(self, parameters: dict[str, str] | None = None, *, fails: bool = False) -> None:
        self.parameters = parameters or {}
        self.fails = fails
        self.asked = 0

    def describe(self) -> Description:
        return Description("two", "2026-10", date(2026, 10, 31), parameters=self.parameters)

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        self.asked += 1
        for name in ("a", "b"):
            row = {"project_name": name, "newest_release_month": None, "download_rank": None}
            yield "index", pa.RecordBatch.from_pylist([row], LANDING_TABLES["index"])
            if self.fails:
                raise SourceError("The network went away.")

    def notes(self) -> dict[str, TableNotes]:
        return {
            "index": TableNotes(is_observed=True, query="select everything"),
            "roles": TableNotes(is_observed=False, note="nobody looked"),
        }


def fetch(source: TwoProjects, root: Path):
    return land(source, root, now=lambda: NOW, code_version="test", advance=lambda _: None)


def tell_checksum_anew(landing: Landing) -> None:
    """Have the manifest know the file of `index` as it is now."""
    path = landing.folder / "manifest.json"
    record = json.loads(path.read_text())
    record["tables"]["index"]["sha256"] = sha256_of(landing.path("index"))
    path.write_text(json.dumps(record))


def test_rows_and_what_is_known_about_them_are_kept(tmp_path: Path) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    assert pq.read_table(landing.path("index")).column("project_name").to_pylist() == ["a", "b"]
    index, roles = landing.manifest.tables["index"], landing.manifest.tables["roles"]
    assert (index.row_count, index.is_observed, index.query) == (2, True, "select everything")
    assert (roles.row_count, roles.is_observed, roles.note) == (0, False, "nobody looked")
    assert pq.read_schema(landing.path("roles")).equals(LANDING_TABLES["roles"])


@pytest.mark.skipif(sys.platform != "linux", reason="open files are named in /proc")
def test_the_disk_holds_every_file_before_the_manifest_names_it(tmp_path: Path, monkeypatch) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    landing = fetch(TwoProjects(), tmp_path)
    named = {table.file for table in landing.manifest.tables.values()}
    assert named <= set(flushed[: flushed.index(".manifest.json.part")])
    assert flushed[-1] == landing.folder.name, "the folder last"


def test_a_finished_fetch_is_not_repeated(tmp_path: Path) -> None:
    first, again = TwoProjects(), TwoProjects()
    before, after = fetch(first, tmp_path), fetch(again, tmp_path)
    assert (first.asked, again.asked) == (1, 0)
    assert before.manifest == after.manifest


def test_another_question_is_fetched_anew_and_replaces_the_old_answer(tmp_path: Path) -> None:
    old = fetch(TwoProjects({"top": "1"}), tmp_path)
    new = fetch(TwoProjects({"top": "2"}), tmp_path)
    assert new.manifest.parameters == {"top": "2"}
    assert open_landing(old.folder).manifest == new.manifest
    assert {path.name for path in new.folder.iterdir()} == {
        "manifest.json",
        *(table.file for table in new.manifest.tables.values()),
    }


def test_a_failed_fetch_leaves_what_was_landed(tmp_path: Path) -> None:
    old = fetch(TwoProjects({"top": "1"}), tmp_path)
    with pytest.raises(SourceError, match="network"):
        fetch(TwoProjects({"top": "2"}, fails=True), tmp_path)
    landed = open_landing(old.folder)
    verify(landed)
    assert landed.manifest == old.manifest


@pytest.mark.parametrize("damage", ["torn", "gone", "changed"])
def test_a_damaged_file_is_noticed(tmp_path: Path, damage: str) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    path = landing.path("index")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-7] if damage == "torn" else content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(LandingError, match=r"index.*Remove .* and run `pypi-adoption fetch`"):
        verify(landing)


def test_what_another_version_landed_is_fetched_anew_and_never_built_from(tmp_path: Path) -> None:
    source = TwoProjects()
    old = fetch(source, tmp_path)
    path = old.path("index")
    pq.write_table(pq.read_table(path).drop_columns("newest_release_day"), path)
    tell_checksum_anew(old)
    with pytest.raises(LandingError, match="another version of this program"):
        verify(open_landing(old.folder))
    verify(fetch(source, tmp_path))
    assert source.asked == 2


def test_a_manifest_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    (landing.folder / "manifest.json").write_text('{"source": "two"}')
    with pytest.raises(LandingError, match=r"manifest\.json cannot be read: period"):
        open_landing(landing.folder)


def test_a_manifest_of_another_month_or_day_that_cannot_be_is_refused(tmp_path: Path) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    other = landing.folder.with_name("2001-01")
    shutil.copytree(landing.folder, other)
    with pytest.raises(LandingError, match=r"is not of .* 2001-01, as its folder says"):
        open_landing(other)
    path = landing.folder / "manifest.json"
    written = json.loads(path.read_text())
    for name in ("observed_on", "fetched_at"):
        path.write_text(json.dumps(written | {name: "9999" + written[name][4:]}))
        with pytest.raises(LandingError, match=f"cannot be read: {name}: "):
            open_landing(landing.folder)


@pytest.mark.parametrize(
    "change",
    [
        {"tables": {"index; drop table x": {}}},
        {"tables": {"INDEX": {}}},
        {"tables": {f"{'x' * 80}": {}}},
        {"tables": {str(number): {} for number in range(5000)}},
        {"fetched_at": "0001-01-01T00:00:00Z"},
    ],
    ids=["statement", "capitals", "long", "many", "early"],
)
def test_a_manifest_of_a_stranger_names_no_table_that_is_none(tmp_path: Path, change: dict) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    path = landing.folder / "manifest.json"
    written = json.loads(path.read_text())
    if "tables" in change:
        change = {"tables": dict.fromkeys(change["tables"], written["tables"]["index"])}
    path.write_text(json.dumps(written | change))
    with pytest.raises(LandingError) as refused:
        open_landing(landing.folder)
    assert re.search(rf"cannot be read: {next(iter(change))}.*Remove ", str(refused.value))
    assert len(str(refused.value).replace(str(tmp_path), "")) < 400


def test_a_count_of_rows_that_cannot_be_is_refused(tmp_path: Path) -> None:
    landing = fetch(TwoProjects(), tmp_path)
    path = landing.folder / "manifest.json"
    written = json.loads(path.read_text())
    for count in (-1, 2**63):
        written["tables"]["index"]["row_count"] = count
        path.write_text(json.dumps(written))
        with pytest.raises(LandingError, match=r"tables\.index\.row_count: "):
            open_landing(landing.folder)


def test_a_landed_file_that_is_no_parquet_is_fetched_anew(tmp_path: Path) -> None:
    source = TwoProjects()
    landing = fetch(source, tmp_path)
    landing.path("index").write_bytes(b"PAR1")
    tell_checksum_anew(landing)
    verify(fetch(source, tmp_path))
    assert source.asked == 2


def test_nothing_landed_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="pypi-adoption fetch"):
        open_landing(tmp_path / "pypi" / "2026-10")
    with pytest.raises(LandingError, match="pypi-adoption fetch --source pypi"):
        latest_period(tmp_path, "pypi")


def test_a_batch_outside_the_contract_is_refused(tmp_path: Path) -> None:
    class Wrong(TwoProjects):
        def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
            yield "index", pa.RecordBatch.from_pydict({"project": ["a"]})

    class Empty(TwoProjects):
        def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
            rows = [{"project_name": None, "newest_release_month": None, "download_rank": None}]
            yield "index", pa.RecordBatch.from_pylist(rows, LANDING_TABLES["index"])

    with pytest.raises(LandingError, match="index does not have the columns"):
        fetch(Wrong(), tmp_path)
    with pytest.raises((LandingError, pa.ArrowInvalid), match=r"project_name|null"):
        fetch(Empty(), tmp_path)
