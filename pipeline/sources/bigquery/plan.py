"""What a month needs: which days of downloads, which range of uploads, and so which pieces of the ledger."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.errors import UsageError
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.pieces import Piece, PieceRecord
from pipeline.sources.bigquery.queries import load
from pipeline.sources.bigquery.shape import KINDS, METADATA_KINDS

WINDOW_DAYS: Final = 30
FIRST_UPLOAD_DAY: Final = date(2000, 1, 1)
"""Before anything was ever uploaded."""
DISTRIBUTIONS_ONLY_FROM: Final = date(2026, 8, 25)
"""From here on the log itself leaves metadata files and signatures out. The change was shipped in the course of the day
before, which holds both (pypi/infra#242, pypi/warehouse#20476)."""
DETAILS: Final = ("clients", "plain", "critical")
_SATURDAY: Final = 5
_FOUR: Final = 4
"""From so many days on, two of each kind are taken, since one alone says nothing of its own error."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Wish:
    """What is asked of the datasets for one month."""

    period: str
    """`YYYY-MM`; downloads are those of the 30 days up to its end."""
    detail: str = "clients"
    """`clients` by class of client; `plain` all together; `critical` only the projects named."""
    sample_days: int | None = None
    """How many of the 30 days stand for all of them."""
    excludes_metadata_files: bool = False
    """Whether `.metadata` and `.asc` are left out of the days on which the log held them."""
    critical_projects: Sequence[str] = ()

    def check(self, today: date) -> None:
        """Hold the wish against what can be meant.

        Raises:
            UsageError: the month is not over, or options do not go together.
        """
        if self.last_day >= today:
            raise UsageError(
                f"{self.period} is not over, and its last days are still to come.", way_out="Name an earlier --period."
            )
        if self.detail not in DETAILS:
            raise UsageError(f"The detail {self.detail} is none of {', '.join(DETAILS)}.")
        if self.sample_days is not None and not 2 <= self.sample_days <= WINDOW_DAYS:  # noqa: PLR2004 - a day a stratum
            raise UsageError(
                f"--sample-days must be between 2 and {WINDOW_DAYS}: at least one weekday and one weekend day."
            )
        if self.excludes_metadata_files and self.detail != "clients":
            raise UsageError("--exclude-metadata-files goes with --download-detail clients only.")

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        year, month = map(int, self.period.split("-"))
        return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - _DAY

    @property
    def first_day(self) -> date:
        """The first of the 30 days."""
        return self.last_day - (WINDOW_DAYS - 1) * _DAY

    @property
    def is_by_client(self) -> bool:
        """Whether downloads come per day and class of client, so as the landing table `downloads_daily`."""
        return self.detail == "clients" and self.sample_days is None

    def days(self) -> list[date]:
        """The days to count, in order."""
        window = [self.first_day + n * _DAY for n in range(WINDOW_DAYS)]
        return window if self.sample_days is None else sampled(window, self.sample_days)

    def kind_of(self, day: date) -> str:
        """Which query counts that day."""
        if self.excludes_metadata_files and day < DISTRIBUTIONS_ONLY_FROM:
            return "distributions"
        return self.detail


def latest_complete_month(today: date) -> str:
    """The newest month that is over."""
    return f"{today.replace(day=1) - _DAY:%Y-%m}"


def sampled(window: Sequence[date], count: int) -> list[date]:
    """Some of the days, weekdays and weekend days in their proportion, at least one of each.

    Drawn at random, but always the same for the same window; a larger sample holds the smaller one, so that days that
    are paid stay useful.
    """
    strata = [[day for day in window if (day.weekday() >= _SATURDAY) is is_weekend] for is_weekend in (False, True)]
    least = 2 if count >= _FOUR else 1
    weekend = min(max(least, round(count * len(strata[1]) / len(window))), count - 1)
    chosen = []
    for days, size in zip(strata, (count - weekend, weekend), strict=True):
        chosen += random.Random(f"{window[0]}").sample(days, len(days))[:size]  # noqa: S311 - a plan, not a secret
    return sorted(chosen)


def download_pieces(wish: Wish) -> list[Piece]:
    """One piece a day."""
    return [_piece(kind, day, day, wish.critical_projects) for day in wish.days() for kind in (wish.kind_of(day),)]


def metadata_pieces(wish: Wish, ledger: Ledger, *, anew: bool = False) -> list[Piece]:
    """The pieces that cover all uploads up to the end of the month: those landed, and one for each gap.

    Args:
        wish: The month.
        ledger: What is landed.
        anew: Whether everything is fetched again, as one piece.
    """
    return [piece for kind in METADATA_KINDS for piece in _cover(kind, wish.last_day, ledger, anew=anew)]


def _cover(kind: str, last_day: date, ledger: Ledger, *, anew: bool) -> list[Piece]:
    known: list[tuple[PieceRecord, Piece]] = []
    for record in [] if anew else ledger.records(kind):
        piece = _piece(kind, record.first_day, record.last_day)
        if piece.query.sha256 == record.query_sha256:
            known.append((record, piece))
    pieces: list[Piece] = []
    reached = FIRST_UPLOAD_DAY
    while reached <= last_day:
        here = [(record, piece) for record, piece in known if record.first_day == reached]
        if here:
            # Of what was fetched again, the newest counts.
            piece = max(here, key=lambda one: one[0].fetched_at)[1]
        else:
            later = [record.first_day for record, _ in known if reached < record.first_day <= last_day]
            piece = _piece(kind, reached, min(later) - _DAY if later else last_day)
        pieces.append(piece)
        reached = piece.last_day + _DAY
    return pieces


def _piece(kind: str, first_day: date, last_day: date, projects: Sequence[str] = ()) -> Piece:
    named = projects if kind == "critical" else None
    return Piece(
        kind,
        first_day,
        last_day,
        load(KINDS[kind].query, first_day, last_day, variant=KINDS[kind].variant, projects=named),
    )
