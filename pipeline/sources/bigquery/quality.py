"""What is wrong, or odd, with the days that were counted and the uploads that were listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from pipeline.errors import SourceError
from pipeline.sources.bigquery.statement import midnight

KNOWN_BREAKS: Final = (
    (date(2018, 7, 26), date(2018, 7, 26), "a new logger began to count (pypistats.org, FAQ)"),
    (date(2021, 11, 22), date(2021, 11, 28), "downloads were lost and counted twice (linehaul-cloud-function#54)"),
    (date(2024, 6, 18), date(2024, 6, 18), "the log lost a part of the day (pepy#679)"),
    (date(2026, 8, 24), date(2026, 8, 24), "metadata files and signatures are no longer counted (pypi/infra#242)"),
)
"""First day, last day, and what happened to the download log then."""

KEYWORD_GAP: Final = (date(2024, 3, 19), date(2025, 1, 13))
"""Uploads of projects with keywords are missing in part (pypi/warehouse#16008)."""

_FAR_OFF: Final = 2.0
"""A day is reported with more than twice, or less than half, the downloads of the median day of its kind."""
_SILENT_DAYS: Final = 2
"""So long the upload log may be behind the end of the month, or as long as it was silent in the year before."""
_SETTLED: Final = timedelta(days=1)
"""So long after its end rows of a day still come: the logger takes up what is left of the day before, and of no earlier
one (pypi/linehaul-cloud-function#65)."""
_SATURDAY: Final = 5
_EPOCH: Final = date(1970, 1, 1)


def judge_downloads(totals: Mapping[date, int]) -> list[str]:
    """Hold the days against each other and against what is known of the log.

    Args:
        totals: All downloads of each day that was counted.

    Returns:
        Remarks, one a finding.

    Raises:
        SourceError: a day has no downloads at all, so no figure of the month may rest on it.
    """
    empty = sorted(day for day, total in totals.items() if total == 0)
    if empty:
        named = ", ".join(str(day) for day in empty[:3])
        raise SourceError(
            f"The download log has no rows for {len(empty)} of {len(totals)} days ({named}); it may have stopped. "
            "Nothing was published.",
            way_out=f"Wait a day and repeat with --refetch {empty[0]}, or take an earlier --period.",
        )
    remarks = []
    for day, total in sorted(totals.items()):
        usual = median(other for at, other in totals.items() if _is_weekend(at) == _is_weekend(day))
        if not usual / _FAR_OFF <= total <= usual * _FAR_OFF:
            remarks.append(f"{day} has {total / usual:.2f} times the downloads of the median day of its kind.")
    for first, last, what in KNOWN_BREAKS:
        if min(totals) <= last and first <= max(totals):
            remarks.append(f"On {first} {what}: days before and after do not count the same.")
    return remarks


def judge_haste(last_day: date, fetched_at: datetime, *, word: str) -> list[str]:
    """Hold what was fetched against the time that rows take to come.

    Args:
        last_day: The last day that was asked for.
        fetched_at: When it was.
        word: What asks for it anew.

    Returns:
        A remark where rows may have come afterwards, which the ledger then never asks for.
    """
    waited = fetched_at - midnight(last_day + timedelta(days=1))
    if waited >= _SETTLED:
        return []
    hours = waited / timedelta(hours=1)
    told = f"{last_day} was asked for {hours:.1f} hours after its end, and rows may have come later"
    return [f"{told}: count it anew with --refetch {word}."]


def judge_uploads(uploads_a_day: Mapping[int, int], last_day: date) -> list[str]:
    """Hold the upload log against its own past.

    Args:
        uploads_a_day: Number of files by day since 1970.
        last_day: The day up to which uploads are expected.

    Returns:
        Remarks, one a finding.

    Raises:
        SourceError: the log ends before the month does, so newest uploads would be too old.
    """
    days = {_EPOCH + timedelta(days=number): count for number, count in uploads_a_day.items()}
    newest = max(days, default=None)
    silence = None if newest is None else (last_day - newest).days
    if newest is None or silence is None or silence > max(_SILENT_DAYS, _longest_silence(days, newest)):
        raise SourceError(
            f"The upload log ends on {newest}, before {last_day}; it may have stopped. Nothing was published.",
            way_out="Wait until it goes on and repeat with --refetch metadata, or take an earlier --period.",
        )
    remarks = []
    longest = _longest_silence(days, newest)
    if longest:
        remarks.append(f"In the last year no file at all was uploaded on up to {longest} days in a row.")
    if min(days) < KEYWORD_GAP[0] <= last_day:
        remarks.append(_keyword_gap(days))
    return remarks


def _keyword_gap(days: Mapping[date, int]) -> str:
    first, last = KEYWORD_GAP
    inside = [count for day, count in days.items() if first <= day <= last]
    near = [count for day, count in days.items() if 0 < (first - day).days <= 90 or 0 < (day - last).days <= 90]  # noqa: PLR2004
    share = f"{median(inside) / median(near):.2f}" if inside and near else "an unknown number of"
    return (
        f"From {first} to {last} uploads of projects with keywords are missing in part (pypi/warehouse#16008): the "
        f"median day there has {share} times the uploads of the 90 days before and after."
    )


def _longest_silence(days: Mapping[date, int], newest: date) -> int:
    """The most days in a row without any upload, in the year before the newest one."""
    year = sorted(day for day in days if (newest - day).days <= 365)  # noqa: PLR2004 - a year
    return max(((later - earlier).days - 1 for earlier, later in pairwise(year)), default=0)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY
