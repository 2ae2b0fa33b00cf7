"""What a month would read and cost, before anything is paid: by dry runs, or as a guess where there is no account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.sources.bigquery.fetch import Fetcher, Offer
from pipeline.sources.bigquery.guess import SHARE, guess_day, guess_metadata
from pipeline.sources.bigquery.pieces import Piece
from pipeline.sources.bigquery.plan import Wish, download_pieces, sampled
from pipeline.sources.bigquery.pricing import Prices, size_text
from pipeline.sources.bigquery.shape import KINDS, METADATA_KINDS

_SAMPLES = (14, 8, 4)


@dataclass(frozen=True)
class Line:
    """One kind of query."""

    kind: str
    pieces: int
    landed: int
    """Of the pieces: those in the ledger already, which cost nothing."""
    bytes_estimated: int
    """Of the others."""


@dataclass(frozen=True)
class Way:
    """A cheaper way to the same month."""

    options: str
    bytes_estimated: int
    usd: float
    loses: str


@dataclass(frozen=True)
class Estimate:
    """What a month would read and cost."""

    period: str
    basis: str
    """Where the bytes come from; says so where they are a guess."""
    lines: list[Line]
    bytes_estimated: int
    bytes_low: int
    bytes_high: int
    """The same twice, except in a guess."""
    bytes_limit: int
    """What a run with these options may be billed."""
    billed_this_month: int
    """By this ledger, in this calendar month."""
    usd: float
    """Beyond what is left of the free tier."""
    cheaper: list[Way]

    @property
    def fits(self) -> bool:
        """Whether a run would start."""
        return self.bytes_estimated <= self.bytes_limit

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self) | {"fits": self.fits}

    def as_text(self) -> str:
        """For people."""
        text = [f"{self.period}, by {self.basis}."]
        text += [
            f"  {line.kind}: {line.pieces} queries, {line.landed} landed and free, {size_text(line.bytes_estimated)}"
            for line in self.lines
        ]
        between = (
            f", between {size_text(self.bytes_low)} and {size_text(self.bytes_high)}"
            if self.bytes_low != self.bytes_high
            else ""
        )
        text.append(f"In all {size_text(self.bytes_estimated)}{between}: ${self.usd:.2f} beyond the free tier.")
        text.append(f"Billed in this calendar month so far, by this ledger: {size_text(self.billed_this_month)}.")
        does = "would start" if self.fits else "would stop before it pays anything"
        text.append(f"The limit of a run (--max-gib) is {size_text(self.bytes_limit)}: it {does}.")
        if self.cheaper:
            text.append("Cheaper ways:")
        text += [f"  {w.options}: {size_text(w.bytes_estimated)}, ${w.usd:.2f}; {w.loses}." for w in self.cheaper]
        return "\n".join(text)


@dataclass(frozen=True)
class Account:
    """What the money side of an estimate needs."""

    prices: Prices
    billed_this_month: int
    bytes_limit: int

    def usd(self, size: float) -> float:
        """Price of so many bytes more in this month."""
        return round(self.prices.usd(int(size), self.billed_this_month), 2)


def estimate_by_dry_run(
    wish: Wish, pieces: Sequence[Piece], offers: Sequence[Offer], fetcher: Fetcher, account: Account
) -> Estimate:
    """Add up what exactly the missing queries would read, and ask the service about the cheaper ways; runs nothing.

    Args:
        wish: The month.
        pieces: All that it rests on.
        offers: Dry runs of those that a run would fetch.
        fetcher: What asks.
        account: The money side.

    Raises:
        SourceError: the service cannot be used.
    """
    sizes = {offer.piece.title: offer.bytes_estimated for offer in offers}
    lines = [_line(kind, [p for p in pieces if p.kind == kind], sizes) for kind in _kinds(pieces)]
    total = sum(sizes.values())
    return Estimate(
        period=wish.period,
        basis="dry runs of exactly the queries that would run",
        lines=lines,
        bytes_estimated=total,
        bytes_low=total,
        bytes_high=total,
        bytes_limit=account.bytes_limit,
        billed_this_month=account.billed_this_month,
        usd=account.usd(total),
        cheaper=_ways(wish, offers, fetcher, account) if total else [],
    )


def estimate_by_guess(wish: Wish, series: Path, account: Account) -> Estimate:
    """Guess from published figures; knows nothing of what is landed.

    Raises:
        SourceError: the published series is missing.
    """
    day = guess_day(series, wish.last_day)
    metadata = guess_metadata()

    def size(kind_of: Wish, a_day: float) -> int:
        return int(sum(a_day * SHARE[kind_of.kind_of(one)] for one in kind_of.days())) + metadata

    days = len(wish.days())
    total = size(wish, day.middle)
    others = [replace(wish, sample_days=count) for count in _SAMPLES if count < days]
    if wish.detail == "clients":
        others += [replace(wish, detail=detail, excludes_metadata_files=False) for detail in ("plain", "critical")]
    return Estimate(
        period=wish.period,
        basis="A GUESS from published costs of one query up to June 2025 and their growth; "
        "--bigquery-project ID asks the service itself, free of charge",
        lines=[Line(wish.detail, days, 0, total - metadata), Line("files and requirements", 1, 0, metadata)],
        bytes_estimated=total,
        bytes_low=size(wish, day.low),
        bytes_high=size(wish, day.high),
        bytes_limit=account.bytes_limit,
        billed_this_month=account.billed_this_month,
        usd=account.usd(total),
        cheaper=[_way(other, wish, size(other, day.middle), account) for other in others],
    )


def _kinds(pieces: Sequence[Piece]) -> list[str]:
    return list(dict.fromkeys(piece.kind for piece in pieces))


def _line(kind: str, pieces: Sequence[Piece], sizes: dict[str, int]) -> Line:
    missing = [piece for piece in pieces if piece.title in sizes]
    return Line(kind, len(pieces), len(pieces) - len(missing), sum(sizes[piece.title] for piece in missing))


def _ways(wish: Wish, offers: Sequence[Offer], fetcher: Fetcher, account: Account) -> list[Way]:
    """Fewer days out of the dry runs at hand; other queries by one more dry run, of the day in the middle."""
    uploads = sum(offer.bytes_estimated for offer in offers if offer.piece.kind in METADATA_KINDS)
    by_day = {o.piece.first_day: o.bytes_estimated for o in offers if o.piece.kind not in METADATA_KINDS}
    if not by_day:
        return []
    ways = []
    for count in _SAMPLES:
        if count < len(wish.days()):
            fewer = replace(wish, sample_days=count)
            size = sum(by_day.get(day, 0) for day in _sample_of(wish, count)) + uploads
            ways.append(_way(fewer, wish, size, account))
    unpaid = {day: size for day, size in by_day.items() if size}
    if not unpaid:
        return ways
    middle = sorted(unpaid)[len(unpaid) // 2]
    for detail in ("plain", "critical") if wish.detail == "clients" else ():
        other = replace(wish, detail=detail, excludes_metadata_files=False)
        if detail == "critical" and not wish.critical_projects:
            continue
        theirs = download_pieces(other)
        (offer,) = fetcher.offers([piece for piece in theirs if piece.first_day == middle])
        # What is landed by client is not landed in the other detail.
        a_day = sum(unpaid.values()) / len(unpaid) * offer.bytes_estimated / unpaid[middle]
        size = int(a_day * len(fetcher.missing(theirs))) + uploads
        ways.append(_way(other, wish, size, account))
    return ways


def _sample_of(wish: Wish, count: int) -> list[date]:
    return sampled(replace(wish, sample_days=None).days(), count)


def _way(other: Wish, wish: Wish, size: int, account: Account) -> Way:
    options, loses = [], []
    if other.sample_days != wish.sample_days:
        options.append(f"--sample-days {other.sample_days}")
        loses.append(
            "downloads by day and class of client are not landed, totals and ranks become estimates with an error that "
            "is reported"
        )
    if other.detail != wish.detail:
        options.append(f"--download-detail {other.detail}")
        loses.append(KINDS[other.detail].loses)
    return Way(" ".join(options), size, account.usd(size), "; ".join(loses))
