"""Pieces into the ledger: priced together before the first is paid, capped while each runs, resumed by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import SourceError
from pipeline.sources.bigquery.engine import Engine, Job
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.pieces import PendingJob, Piece, PieceRecord
from pipeline.sources.bigquery.pricing import size_text
from pipeline.sources.bigquery.shape import KINDS, TABLES, flat

CHEAPER = (
    "Use --sample-days 8, or raise --max-gib; `pypi-adoption estimate` lists the cheaper ways and what each loses."
)


@dataclass(frozen=True)
class Offer:
    """What a piece would cost."""

    piece: Piece
    bytes_estimated: int
    """By a dry run; 0 where the rows were paid already."""
    earlier: tuple[PendingJob, Job] | None = None
    """A query of an interrupted run."""

    @property
    def is_paid(self) -> bool:
        """Whether the rows of the earlier query are still there."""
        return self.earlier is not None and self.earlier[1].has_rows

    @property
    def bytes_not_noted(self) -> int:
        """What the earlier query was billed, as far as the ledger does not know it yet: nobody saw its end."""
        return self.earlier[1].bytes_billed - self.earlier[0].bytes_billed if self.earlier else 0


class Fetcher:
    """Brings pieces into the ledger."""

    def __init__(
        self, engine: Engine, ledger: Ledger, *, now: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        self.engine = engine
        self.ledger = ledger
        self._now = now
        self._say = say
        self.news: list[str] = []
        """Changes of the datasets that do no harm, for the manifest."""

    def missing(self, pieces: Sequence[Piece], anew: Collection[str] = ()) -> list[Piece]:
        """Those that are not landed, and those whose title of kind and days is asked for anew."""
        return [piece for piece in pieces if piece.title in anew or self.ledger.find(piece) is None]

    def offers(self, pieces: Sequence[Piece]) -> list[Offer]:
        """What each piece would read, by a dry run of the very query; nothing is paid.

        Raises:
            SourceError: the service cannot be used, or the tables have other columns than the queries read.
        """
        self._check_columns({KINDS[piece.kind].table for piece in pieces}, {piece.kind for piece in pieces})
        return [self._offer(piece) for piece in pieces]

    def fetch(self, offers: Sequence[Offer], most_bytes: int) -> dict[str, PieceRecord]:
        """Run what is not paid yet, and land all rows.

        Args:
            offers: What `offers` gave.
            most_bytes: How much may be billed in all. Held against the dry runs first, and given to the service as the
                limit of each query, less what was billed before it.

        Returns:
            The records of the pieces by their titles.

        Raises:
            SourceError: it would cost more than the limit, and nothing was run; or a query failed, and what was landed
                before stays landed.
        """
        wanted = sum(offer.bytes_estimated for offer in offers)
        if wanted > most_bytes:
            by_kind = ", ".join(f"{kind} {size_text(size)}" for kind, size in _by_kind(offers).items())
            raise SourceError(
                f"BigQuery would read {size_text(wanted)} ({by_kind}); the limit is {size_text(most_bytes)}. "
                "Nothing was run.",
                way_out=CHEAPER,
            )
        left = most_bytes
        landed = {}
        for number, offer in enumerate(offers, start=1):
            record = self._fetch_one(offer, left)
            left -= 0 if offer.is_paid else record.bytes_billed
            landed[offer.piece.title] = record
            self._say(
                f"{number} of {len(offers)}: {offer.piece.title}: {record.row_count:,} rows, "
                f"{size_text(record.bytes_billed)} billed"
            )
        return landed

    def _offer(self, piece: Piece) -> Offer:
        pending = self.ledger.pending(piece)
        job = self.engine.find(pending.job_id) if pending else None
        earlier = (pending, job) if pending and job else None
        return Offer(piece, 0 if job and job.has_rows else self.engine.bytes_of(piece.query), earlier)

    def _fetch_one(self, offer: Offer, most_bytes: int) -> PieceRecord:
        piece = offer.piece
        if offer.earlier:
            pending, job = offer.earlier
            pending = self.ledger.note_paid(piece, pending, job.bytes_billed)
        if not offer.earlier or not job.has_rows:
            pending = self.ledger.begin(piece, self._now())
            job = self.engine.run(piece.query, pending.job_id, most_bytes)
            pending = self.ledger.note_paid(piece, pending, job.bytes_billed)
        return self.ledger.land(piece, pending, job.batches(), bytes_estimated=offer.bytes_estimated, now=self._now())

    def _check_columns(self, tables: Collection[str], kinds: Collection[str]) -> None:
        for table in sorted(tables):
            found, expected = self.engine.columns(table), flat(TABLES[table])
            for kind in sorted(kinds):
                if KINDS[kind].table == table:
                    _require(table, kind, found, expected)
            new = sorted(set(found) - set(expected))
            if new:
                listed = ", ".join(new[:5])
                self.news.append(f"{table} has columns that are not known here: {listed}.")


def _require(table: str, kind: str, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    way_out = (
        f"The dataset has changed: bring pipeline/sql/bigquery/{KINDS[kind].query}.sql and "
        "pipeline/sources/bigquery/shape.py up to date. Nothing was run."
    )
    for column in KINDS[kind].reads:
        if column not in found:
            raise SourceError(f"{table} has no column {column} any more, which {kind} reads.", way_out=way_out)
        if found[column] != expected[column]:
            raise SourceError(
                f"The column {column} of {table} is {found[column]} now, not {expected[column]}.", way_out=way_out
            )


def _by_kind(offers: Sequence[Offer]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for offer in offers:
        sums[offer.piece.kind] = sums.get(offer.piece.kind, 0) + offer.bytes_estimated
    return sums
