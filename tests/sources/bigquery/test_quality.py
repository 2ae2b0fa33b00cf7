"""What stops a figure, and what is only said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.errors import SourceError
from pipeline.sources.bigquery.quality import judge_downloads, judge_haste, judge_uploads

EPOCH = date(1970, 1, 1)


def days(first: date, count: int, total: int = 1000) -> dict[date, int]:
    return {first + timedelta(days=n): total for n in range(count)}


def uploads(first: date, last: date, count: int = 10) -> dict[int, int]:
    return dict.fromkeys(range((first - EPOCH).days, (last - EPOCH).days + 1), count)


def test_even_days_need_no_remark() -> None:
    assert judge_downloads(days(date(2026, 10, 2), 30)) == []


def test_a_day_without_rows_stops() -> None:
    totals = days(date(2026, 10, 2), 30) | {date(2026, 10, 31): 0}
    with pytest.raises(SourceError, match=r"no rows for 1 of 30 days \(2026-10-31\).*--refetch 2026-10-31"):
        judge_downloads(totals)


def test_a_day_far_off_is_named_with_its_ratio() -> None:
    totals = days(date(2026, 10, 2), 30) | {date(2026, 10, 5): 400, date(2026, 10, 6): 600}
    assert judge_downloads(totals) == ["2026-10-05 has 0.40 times the downloads of the median day of its kind."]


def test_weekend_days_are_held_against_weekend_days() -> None:
    totals = {day: 300 if day.weekday() >= 5 else 1000 for day in days(date(2026, 10, 2), 30)}
    assert judge_downloads(totals) == []


def test_a_known_break_in_the_window_is_named() -> None:
    assert "On 2026-08-24 metadata files" in judge_downloads(days(date(2026, 8, 2), 30))[0]
    assert judge_downloads(days(date(2026, 9, 1), 30)) == []
    assert "On 2021-11-22" in judge_downloads(days(date(2021, 11, 28), 3))[0]


def test_a_day_that_was_asked_for_before_the_next_one_was_over_may_lack_rows() -> None:
    day, over = date(2026, 10, 31), datetime(2026, 11, 1, tzinfo=UTC)
    (remark,) = judge_haste(day, over + timedelta(minutes=30), word="metadata")
    assert remark.startswith("2026-10-31 was asked for 0.5 hours after its end, and rows may have come later")
    assert remark.endswith("--refetch metadata.")
    assert judge_haste(day, over + timedelta(hours=23), word="metadata")
    assert judge_haste(day, over + timedelta(days=1), word="metadata") == []


def test_a_log_that_stopped_stops() -> None:
    with pytest.raises(SourceError, match=r"ends on 2026-10-28, before 2026-10-31.*--refetch metadata"):
        judge_uploads(uploads(date(2025, 10, 1), date(2026, 10, 28)), date(2026, 10, 31))
    with pytest.raises(SourceError, match="ends on None"):
        judge_uploads({}, date(2026, 10, 31))


def test_a_quiet_log_may_be_quiet_at_the_end_too() -> None:
    every_fifth = {day: 1 for day in uploads(date(2025, 10, 1), date(2026, 10, 31)) if day % 5 == 0}
    (remark,) = judge_uploads(every_fifth, date(2026, 10, 31))
    assert remark == "In the last year no file at all was uploaded on up to 4 days in a row."


def test_the_keyword_gap_is_measured() -> None:
    log = uploads(date(2023, 1, 1), date(2026, 10, 31)) | uploads(date(2024, 3, 19), date(2025, 1, 13), 9)
    (remark,) = judge_uploads(log, date(2026, 10, 31))
    assert "has 0.90 times the uploads of the 90 days before and after" in remark
