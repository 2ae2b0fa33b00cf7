"""What is landed is whole, or is not there."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.errors import LandingError, SourceError
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.pieces import Piece
from pipeline.sources.bigquery.queries import load
from pipeline.sources.bigquery.shape import KINDS

DAY = date(2026, 10, 5)
NOW = datetime(2026, 11, 3, tzinfo=UTC)
ROW = {"project_name": "a", "day": DAY, "download_count": 3}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path, "test")


@pytest.fixture
def piece() -> Piece:
    return Piece("plain", DAY, DAY, load("downloads_daily_plain", DAY, DAY))


def batch(*rows: dict) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(list(rows), pa.schema([f.with_nullable(True) for f in KINDS["plain"].gives]))


def land(ledger: Ledger, piece: Piece, *batches: pa.RecordBatch, billed: int = 7):
    pending = ledger.note_paid(piece, ledger.begin(piece, NOW), billed)
    return ledger.land(piece, pending, batches, bytes_estimated=9, now=NOW)


def test_a_landed_piece_is_found_with_what_it_cost(ledger: Ledger, piece: Piece) -> None:
    record = land(ledger, piece, batch(ROW), batch(), batch(ROW | {"project_name": "b"}))
    assert ledger.find(piece) == record
    assert (record.row_count, record.bytes_billed, record.bytes_estimated) == (2, 7, 9)
    assert ledger.pending(piece) is None
    assert [row["project_name"] for b in ledger.batches([record]) for row in b.to_pylist()] == ["a", "b"]


def test_a_day_without_rows_is_landed_too(ledger: Ledger, piece: Piece) -> None:
    assert land(ledger, piece, batch()).row_count == 0


def test_a_query_that_was_sent_is_remembered(ledger: Ledger, piece: Piece) -> None:
    assert ledger.pending(piece) is None
    pending = ledger.begin(piece, NOW)
    assert ledger.pending(piece) == pending
    assert ledger.find(piece) is None
    assert pending.job_id.startswith("pypi-adoption-plain-20261005-")


def test_a_stream_that_breaks_leaves_what_was_landed_before(ledger: Ledger, piece: Piece) -> None:
    record = land(ledger, piece, batch(ROW))

    def broken():
        yield batch(ROW)
        raise SourceError("lost")

    with pytest.raises(SourceError, match="lost"):
        ledger.land(piece, ledger.begin(piece, NOW), broken(), bytes_estimated=0, now=NOW)
    assert ledger.find(piece) == record
    assert ledger.path(record).is_file()


def test_fetched_anew_the_old_file_goes(ledger: Ledger, piece: Piece) -> None:
    old = ledger.path(land(ledger, piece, batch(ROW)))
    new = ledger.path(land(ledger, piece, batch(ROW | {"download_count": 4})))
    assert not old.exists()
    assert new.is_file()


def test_a_changed_file_is_noticed(ledger: Ledger, piece: Piece) -> None:
    record = land(ledger, piece, batch(ROW))
    path = ledger.path(record)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(LandingError, match="is not the file that was landed") as caught:
        ledger.path(record)
    # The file that it says to remove is the one whose absence has the piece fetched anew.
    (told,) = re.findall(r"Remove (\S+\.json);", str(caught.value))
    Path(told).unlink()
    assert ledger.find(piece) is None


def test_a_record_that_cannot_be_read_is_named(ledger: Ledger, piece: Piece) -> None:
    land(ledger, piece, batch(ROW))
    (record,) = (ledger.folder / "plain").glob("*.json")
    record.write_text("{")
    with pytest.raises(LandingError, match=f"{record.name} cannot be read"):
        ledger.find(piece)


def test_rows_of_another_shape_are_refused(ledger: Ledger, piece: Piece) -> None:
    with pytest.raises(SourceError, match=r"plain of 2026-10-05 do not have the columns"):
        land(ledger, piece, batch(ROW).drop_columns(["day"]))
    with pytest.raises(SourceError, match="has no project_name"):
        land(ledger, piece, batch(ROW | {"project_name": None}))


def test_what_was_billed_counts_landed_and_lost_queries_since_an_instant(ledger: Ledger, piece: Piece) -> None:
    land(ledger, piece, batch(ROW), billed=7)
    other = Piece("files", DAY, DAY, load("files", DAY, DAY))
    ledger.note_paid(other, ledger.begin(other, NOW), 5)
    assert ledger.billed_since(NOW) == 12
    assert ledger.billed_since(NOW + timedelta(seconds=1)) == 0


def test_what_was_billed_for_rows_that_are_gone_is_not_forgotten(ledger: Ledger, piece: Piece) -> None:
    land(ledger, piece, batch(ROW), billed=7)
    assert land(ledger, piece, batch(ROW), billed=3).bytes_billed_before == 7
    ledger.note_paid(piece, ledger.begin(piece, NOW), 2)
    assert ledger.begin(piece, NOW).bytes_billed_before == 2 + 3 + 7
