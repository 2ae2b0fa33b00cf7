"""The public datasets as a source: what a month needs and the ledger lacks is priced, capped, fetched; then landed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.sources.bigquery import quality
from pipeline.sources.bigquery.engine import Engine
from pipeline.sources.bigquery.fetch import Fetcher, Offer
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.newest import Uploads
from pipeline.sources.bigquery.pieces import Piece, PieceRecord
from pipeline.sources.bigquery.plan import Wish, download_pieces, metadata_pieces
from pipeline.sources.bigquery.pricing import month_start, most_bytes
from pipeline.sources.bigquery.shape import KINDS, METADATA_KINDS
from pipeline.sources.bigquery.statement import midnight
from pipeline.sources.bigquery.totals import totals_of
from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.names import normalised

ASK_PYPI = "With --contact, the same run asks the index about the most downloaded projects (--top)."
NOT_OBSERVED = {
    "observations": f"The datasets hold no project pages. {ASK_PYPI}",
    "publishers": f"The datasets hold no publishers and no provenance. {ASK_PYPI}",
    "roles": f"The datasets hold no roles and no organizations. {ASK_PYPI}",
    "project_urls": f"Links are not asked for. {ASK_PYPI}",
}
METADATA = "metadata"
"""The word that asks for all uploads anew."""


@dataclass(frozen=True)
class Outside:
    """What the source needs besides its wish."""

    connect: Callable[[], Engine]
    """Called when something has to be asked or named for the first time."""
    ledger_root: Path
    now: Callable[[], datetime]
    say: Callable[[str], None] = lambda _: None


class BigQuerySource:
    """Downloads per project and day, every file ever uploaded, and the requirements of each newest release."""

    def __init__(
        self,
        wish: Wish,
        outside: Outside,
        *,
        max_gib: float | None = None,
        refetch: Collection[str] = (),
        ranks: pa.Table | None = None,
    ) -> None:
        """Prepare to fetch; nothing is asked yet.

        Args:
            wish: The month, and how its downloads are counted.
            outside: The service, the ledger, the clock.
            max_gib: The most that may be billed; None is what is left of 900 GiB in this calendar month.
            refetch: Days (`YYYY-MM-DD`) to count anew, and the word `metadata` for all uploads.
            ranks: `project_name` (PEP 503) and `download_rank`, where the downloads of few projects are counted.

        Raises:
            UsageError: options that cannot be meant.
        """
        wish.check(outside.now().date())
        self.wish = wish
        self._outside = outside
        self._max_gib = max_gib
        self._refetch = _checked(refetch, wish)
        self._ranks = ranks
        self._records: dict[str, list[PieceRecord]] = {}
        self._queries: dict[str, str] = {}
        self._billed: dict[str, int] = {}
        self._remarks: dict[str, list[str]] = {}

    @cached_property
    def engine(self) -> Engine:
        """The service, connected when first needed."""
        return self._outside.connect()

    @cached_property
    def ledger(self) -> Ledger:
        """What was ever fetched of these data."""
        return Ledger(self._outside.ledger_root, self.engine.identity)

    def describe(self) -> Description:
        """The month that was asked for; nothing is sent for this.

        Raises:
            SourceError: the service or the files cannot be used as they are set up.
        """
        wish = self.wish
        parameters = {
            "data": self.engine.identity,
            "download_detail": wish.detail,
            "days": f"{len(wish.days())} of {wish.first_day} to {wish.last_day}",
            "metadata_files": "left out" if wish.excludes_metadata_files else "counted before 2026-08-24",
        }
        if self._refetch:
            parameters["refetched"] = f"{', '.join(sorted(self._refetch))} at {self._outside.now().isoformat()}"
        return Description("bigquery", wish.period, wish.last_day, self.engine.is_simulated, parameters)

    def pieces(self) -> list[Piece]:
        """All pieces of the ledger that the month rests on."""
        return [
            *download_pieces(self.wish),
            *metadata_pieces(self.wish, self.ledger, anew=METADATA in self._refetch),
        ]

    def missing(self, pieces: Sequence[Piece]) -> list[Piece]:
        """Those of the pieces that a run would fetch: not landed, or asked for anew."""
        return self.fetcher().missing(pieces, {piece.title for piece in pieces if self._is_asked_anew(piece)})

    def billed_this_month(self, offers: Sequence[Offer]) -> int:
        """Bytes billed in the calendar month, with what the service says of queries whose end nobody saw."""
        noted = self.ledger.billed_since(month_start(self._outside.now()))
        return noted + sum(offer.bytes_not_noted for offer in offers)

    def fetcher(self) -> Fetcher:
        """What brings pieces into the ledger."""
        return Fetcher(self.engine, self.ledger, now=self._outside.now, say=self._outside.say)

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:  # noqa: ARG002 - the ledger outlives it
        """Complete the ledger, judge it, and yield the month.

        Raises:
            SourceError: the service fails, it would cost more than the limit, or the data cannot carry the figures.
        """
        pieces = self.pieces()
        fetcher = self.fetcher()
        missing = self.missing(pieces)
        fetched: Mapping[str, PieceRecord] = {}
        if missing:
            offers = fetcher.offers(missing)
            fetched = fetcher.fetch(offers, most_bytes(self._max_gib, self.billed_this_month(offers)))
        self._remember(pieces, fetched)
        self._remark("downloads", *fetcher.news)
        yield from self._downloads()
        yield from self._uploads()

    def notes(self) -> Mapping[str, TableNotes]:
        """What the datasets show of each landing table, and what is odd about it."""
        counted = self._note("downloads")
        if self.wish.is_by_client:
            by_day, totals = counted, TableNotes(is_observed=False, note="Downloads are counted by day instead.")
        else:
            why_not = (
                "Leave out --sample-days and --download-detail to observe downloads by day; totals were asked for."
            )
            by_day, totals = TableNotes(is_observed=False, note=f"{why_not} {counted.note}"), counted
        listed = "Every project with an upload; ranks follow from downloads where none are given."
        notes = {table: TableNotes(is_observed=False, note=note) for table, note in NOT_OBSERVED.items()} | {
            "downloads_daily": by_day,
            "download_totals": totals,
            "files": self._note("files", "Deleted files are among them; whether one is yanked is not logged."),
            "requirements": self._note("requirements", "Of the greatest version ever uploaded, by its first file."),
            "index": TableNotes(is_observed=True, note=listed),
        }
        return {table: notes[table] for table in OBSERVED_TABLES}

    def _downloads(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        totals: dict[date, int] = {}
        days: list[tuple[date, pa.Table]] = []
        for record in self._records["downloads"]:
            rows = pq.read_table(self.ledger.path(record))
            totals[record.first_day] = _count_all(rows)
            if self.wish.is_by_client:
                for batch in rows.to_batches():
                    yield "downloads_daily", pa.record_batch(batch.columns, schema=LANDING_TABLES["downloads_daily"])
            else:
                days.append((record.first_day, rows))
        self._remark("downloads", *quality.judge_downloads(totals))
        if KINDS[self.wish.detail].loses:
            self._remark("downloads", KINDS[self.wish.detail].loses.capitalize() + ".")
        if days:
            result = totals_of(self.wish, days)
            self._remark("downloads", *filter(None, [result.remark]))
            for batch in result.table.to_batches():
                yield "download_totals", batch

    def _uploads(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        end = midnight(self.wish.last_day + timedelta(days=1))
        uploads = Uploads(
            [self.ledger.path(record) for record in self._records["files"]], int(end.timestamp()) * 1_000_000
        )
        self._remark("files", *quality.judge_uploads(uploads.uploads_a_day(), self.wish.last_day))
        yield "index", self._ranked(uploads.index())
        for batch in uploads.requirements_of_newest(self.ledger.batches(self._records["requirements"])):
            yield "requirements", batch
        del uploads
        for batch in self.ledger.batches(self._records["files"]):
            seen = batch.filter(pc.less(batch["uploaded_at"], pa.scalar(end, pa.timestamp("us", tz="UTC"))))
            yield "files", _as_landed(seen)

    def _ranked(self, index: pa.RecordBatch) -> pa.RecordBatch:
        if self.wish.detail != "critical" or self._ranks is None:
            return index
        known = self._ranks.filter(pc.is_valid(self._ranks["download_rank"]))
        place = pc.index_in(normalised(index["project_name"]), value_set=known["project_name"].combine_chunks())
        rank = known["download_rank"].combine_chunks().take(place)
        return pa.record_batch([*index.columns[:-1], rank.cast(pa.int32())], schema=index.schema)

    def _is_asked_anew(self, piece: Piece) -> bool:
        return self._word(piece) in self._refetch

    @staticmethod
    def _word(piece: Piece) -> str:
        """What `refetch` calls a piece."""
        return METADATA if piece.kind in METADATA_KINDS else str(piece.first_day)

    def _remember(self, pieces: list[Piece], fetched: Mapping[str, PieceRecord]) -> None:
        """Keep the records of all pieces, the text of each query, and what this run was billed for it."""
        for piece in pieces:
            record = self.ledger.find(piece)
            assert record is not None  # noqa: S101 - it was just fetched
            topic = piece.kind if piece.kind in METADATA_KINDS else "downloads"
            self._records.setdefault(topic, []).append(record)
            self._queries[topic] = piece.query.sql
            paid = fetched[piece.title].bytes_billed if piece.title in fetched else 0
            self._billed[topic] = self._billed.get(topic, 0) + paid
            day = min(record.last_day, self.wish.last_day)
            self._remark(topic, *quality.judge_haste(day, record.fetched_at, word=self._word(piece)))

    def _remark(self, table: str, *texts: str) -> None:
        self._remarks.setdefault(table, []).extend(texts)

    def _note(self, topic: str, remark: str = "") -> TableNotes:
        records = self._records.get(topic, [])
        ever = sum(record.bytes_billed + record.bytes_billed_before for record in records)
        billed = self._billed.get(topic, 0)
        text = f"Queries: {len(records)}; {ever:,} bytes were billed for them, {billed:,} of these in this fetch."
        return TableNotes(
            is_observed=True,
            note=" ".join(filter(None, [text, remark, *self._remarks.get(topic, [])])),
            query=self._queries.get(topic),
            bytes_billed=billed,
        )


def _checked(refetch: Collection[str], wish: Wish) -> frozenset[str]:
    days = {str(day) for day in wish.days()}
    for word in refetch:
        if word != METADATA and word not in days:
            raise UsageError(
                f"{word!r} is neither a day that is counted for {wish.period} nor the word {METADATA}.",
                way_out=f"The days are {min(days)} to {max(days)}.",
            )
    return frozenset(refetch)


def _count_all(rows: pa.Table) -> int:
    """All downloads of a day, mirrors among them where they were counted."""
    return sum(pc.sum(rows[name]).as_py() or 0 for name in rows.schema.names if name.endswith("_count"))


def _as_landed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Uploads in the schema of the landing table `files`; what the log does not tell is NULL."""
    schema = LANDING_TABLES["files"]
    names = set(batch.schema.names)
    columns = [batch[f.name] if f.name in names else pa.nulls(batch.num_rows, f.type) for f in schema]
    return pa.record_batch(columns, schema=schema)
