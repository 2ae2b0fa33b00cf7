"""What the datasets would cost, guessed from published figures, for somebody who has no account yet."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pipeline.errors import SourceError

_ANCHOR: Final = (date(2024, 12, 1), 29)
_LATEST: Final = (date(2025, 6, 13), 22)
"""Two publications of the series and the days of their windows (top-pypi-packages, its history), both of all installers
and so of two columns; between them the log grew as below."""
_PIP_ONLY: Final = ((date(2023, 11, 1), 30), (date(2024, 11, 1), 30))
"""Two a year apart that also read the installer: the fastest year of the series."""
_WITH_INSTALLER: Final = 1.25
"""Measured: 58.21 GiB against 46.63 (top-pypi-packages#36)."""
_WITH_CI: Final = 0.06
"""A truth value beside about 16 bytes a row."""
_WITH_FILENAME: Final = 1.0
"""A file name a row is as long as the two columns together; an assumption."""
_METADATA_BYTES: Final = 7_000_000_000
"""18 million files with 200 bytes of short columns, and as much again of requirements; an assumption."""
_YEAR: Final = 365.25

SHARE: Final = {
    "plain": 1.0,
    "clients": _WITH_INSTALLER + _WITH_CI,
    "distributions": _WITH_INSTALLER + _WITH_CI + _WITH_FILENAME,
    "critical": 0.75 * _WITH_INSTALLER,
}
"""Bytes of a day by kind, relative to two columns. Few projects make most downloads, so
`critical` saves little."""


@dataclass(frozen=True)
class DayGuess:
    """Bytes that a day of two columns reads."""

    low: float
    """As in June 2025, when the series ends."""
    middle: float
    """With the growth of the last half year of the series."""
    high: float
    """With the growth of its fastest year."""


def guess_day(series: Path, day: date) -> DayGuess:
    """Guess the bytes of two columns on a day, from the series of a well-known monthly query.

    Raises:
        SourceError: the series is missing or holds other publications.
    """
    latest = _a_day(series, *_LATEST)
    years = (day - _LATEST[0]).days / _YEAR
    half = (latest / _a_day(series, *_ANCHOR)) ** (_YEAR / (_LATEST[0] - _ANCHOR[0]).days)
    fastest = _a_day(series, *_PIP_ONLY[1]) / _a_day(series, *_PIP_ONLY[0])
    return DayGuess(latest, latest * half**years, latest * fastest**years)


def guess_metadata() -> int:
    """Bytes of all uploads, the first time."""
    return _METADATA_BYTES


def _a_day(series: Path, published: date, days: int) -> float:
    try:
        with series.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        return max(int(row["bytes_billed"]) for row in rows if row["commit_date"] == str(published)) / days
    except (OSError, KeyError, ValueError) as error:
        raise SourceError(
            f"{series} does not hold the publication of {published}.", way_out="Restore it from the repository."
        ) from error
