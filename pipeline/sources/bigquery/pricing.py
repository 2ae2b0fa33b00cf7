"""From bytes to money, and the limit that a run must keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

GIB: Final = 2**30
TIB: Final = 2**40


@dataclass(frozen=True)
class Prices:
    """On-demand prices of the service (checked 2026-11: $6.25 a TiB in the US, the first TiB of a month free)."""

    usd_per_tib: float = 6.25
    free_tib: float = 1.0
    """A calendar month and billing account."""

    def usd(self, bytes_billed: int, already_billed: int = 0) -> float:
        """What a number of bytes costs in a month in which some were billed already."""
        free = max(0.0, self.free_tib * TIB - already_billed)
        return max(0.0, bytes_billed - free) / TIB * self.usd_per_tib


DEFAULT_MAX_GIB: Final = 900.0
"""Below the free tier of a month, with room for what the same account asks elsewhere."""


def most_bytes(max_gib: float | None, billed_this_month: int) -> int:
    """The limit of a run: as asked for, or what is left of 900 GiB in this calendar month."""
    if max_gib is not None:
        return int(max_gib * GIB)
    return max(0, int(DEFAULT_MAX_GIB * GIB) - billed_this_month)


def month_start(now: datetime) -> datetime:
    """The first instant of the calendar month; the service's own month begins some hours later (Pacific time)."""
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def size_text(size: float) -> str:
    """Bytes in GiB or TiB, for people."""
    if size >= TIB:
        return f"{size / TIB:,.2f} TiB"
    return f"{size / GIB:,.2f} GiB" if size >= GIB else f"{size / 2**20:,.1f} MiB"
