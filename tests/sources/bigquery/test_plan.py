"""Which days and ranges a month needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.plan import Wish, download_pieces, latest_complete_month, metadata_pieces, sampled
from pipeline.sources.bigquery.shape import KINDS

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def test_a_month_rests_on_the_30_days_up_to_its_end() -> None:
    assert (Wish("2026-10").first_day, Wish("2026-10").last_day) == (date(2026, 10, 2), date(2026, 10, 31))
    assert (Wish("2024-02").first_day, Wish("2024-02").last_day) == (date(2024, 1, 31), date(2024, 2, 29))
    assert len(Wish("2026-10").days()) == 30


def test_the_newest_month_is_the_one_that_is_over() -> None:
    assert latest_complete_month(date(2026, 11, 1)) == "2026-10"
    assert latest_complete_month(date(2026, 1, 31)) == "2025-12"


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("2026-11"), "2026-11 is not over"),
        (Wish("2026-10", sample_days=1), "between 2 and 30"),
        (Wish("2026-10", sample_days=31), "between 2 and 30"),
        (Wish("2026-10", detail="plain", excludes_metadata_files=True), "goes with --download-detail clients"),
        (Wish("2026-10", detail="most"), "none of clients, plain, critical"),
    ],
)
def test_what_cannot_be_meant_is_refused(wish: Wish, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        wish.check(NOW.date())


def test_the_last_day_of_a_month_must_be_over() -> None:
    Wish("2026-10").check(date(2026, 11, 1))
    with pytest.raises(UsageError):
        Wish("2026-10").check(date(2026, 10, 31))


def test_metadata_files_are_left_out_of_days_before_the_log_did_so_itself() -> None:
    pieces = download_pieces(Wish("2026-08", excludes_metadata_files=True))
    kinds = {piece.first_day: piece.kind for piece in pieces}
    # The change came in the course of 2026-08-24.
    assert kinds[date(2026, 8, 24)] == "distributions"
    assert kinds[date(2026, 8, 25)] == "clients"


@given(st.dates(date(2018, 1, 1), date(2030, 1, 1)), st.integers(2, 30))
def test_a_sample_holds_both_kinds_of_days_and_the_smaller_sample(first: date, count: int) -> None:
    window = [first + timedelta(days=n) for n in range(30)]
    days = sampled(window, count)
    assert len(set(days)) == count
    assert set(days) <= set(window)
    assert {day.weekday() >= 5 for day in days} == {True, False}
    weekend = sum(day.weekday() >= 5 for day in days)
    assert abs(weekend - count * sum(day.weekday() >= 5 for day in window) / 30) <= 1
    if count == 30:
        assert days == window


def test_a_larger_sample_holds_the_smaller_one() -> None:
    window = Wish("2026-10").days()
    assert set(sampled(window, 4)) < set(sampled(window, 8)) < set(sampled(window, 14))


def _landed(ledger: Ledger, wish: Wish) -> None:
    for piece in metadata_pieces(wish, ledger):
        if ledger.find(piece) is None:
            empty = pa.RecordBatch.from_pylist([], KINDS[piece.kind].gives)
            ledger.land(piece, ledger.begin(piece, NOW), [empty], bytes_estimated=0, now=NOW)


def test_uploads_are_asked_for_from_where_the_ledger_ends(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "test")
    first = metadata_pieces(Wish("2026-08"), ledger)
    assert [(p.kind, p.first_day, p.last_day) for p in first] == [
        ("files", date(2000, 1, 1), date(2026, 8, 31)),
        ("requirements", date(2000, 1, 1), date(2026, 8, 31)),
    ]
    _landed(ledger, Wish("2026-08"))
    later = [piece for piece in metadata_pieces(Wish("2026-10"), ledger) if piece.kind == "files"]
    assert [(p.first_day, p.last_day) for p in later] == [
        (date(2000, 1, 1), date(2026, 8, 31)),
        (date(2026, 9, 1), date(2026, 10, 31)),
    ]
    _landed(ledger, Wish("2026-10"))
    assert all(ledger.find(piece) for piece in metadata_pieces(Wish("2026-10"), ledger))
    # An earlier month is in what is landed already.
    assert all(ledger.find(piece) for piece in metadata_pieces(Wish("2026-03"), ledger))
    # Fetched anew, it is one piece.
    assert len(metadata_pieces(Wish("2026-10"), ledger, anew=True)) == 2


def test_a_piece_of_another_query_text_is_not_taken(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "test")
    _landed(ledger, Wish("2026-08"))
    for record in (tmp_path / "test" / "files").glob("*.json"):
        record.write_text(record.read_text().replace('"query_sha256": "', '"query_sha256": "0'))
    (piece,) = [piece for piece in metadata_pieces(Wish("2026-08"), ledger) if piece.kind == "files"]
    assert piece.first_day == date(2000, 1, 1)
