"""The ledger: every day of downloads, and every range of uploads, that was ever fetched; so none is paid twice.

`<root>/<identity of the data>/<kind>/` holds one Parquet file a piece with a small record beside it, and outlives every
run. A piece counts from the moment at which its record stands. Before a query is sent, the name of its job is written
down: after an interruption the job is asked for by that name, and its rows are read without paying again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from pipeline.errors import LandingError, SourceError
from pipeline.files import publish_file, replace_file, sha256_of
from pipeline.sources.bigquery.pieces import PendingJob, Piece, PieceRecord
from pipeline.sources.bigquery.shape import KINDS

_RECORD: Final = ".json"
_PENDING: Final = ".job.json"
_FETCH_ANEW: Final = "Remove it; the next run fetches that piece anew."
_LOOK_UP: Final = (
    "What that query was billed is not known: look it up in the console of the service, and remove the file."
)

Model = TypeVar("Model", bound=BaseModel)


class Ledger:
    """The pieces of one collection of data."""

    def __init__(self, root: Path, identity: str) -> None:
        self.folder = root / identity

    def records(self, kind: str) -> list[PieceRecord]:
        """All landed pieces of a kind, by days."""
        paths = [path for path in sorted((self.folder / kind).glob(f"*{_RECORD}")) if not path.name.endswith(_PENDING)]
        found = [_parsed(path, PieceRecord, _FETCH_ANEW) for path in paths]
        return sorted(found, key=lambda record: (record.first_day, record.last_day))

    def find(self, piece: Piece) -> PieceRecord | None:
        """The record of a piece, None where it is not landed."""
        path = self._path(piece, _RECORD)
        return _parsed(path, PieceRecord, _FETCH_ANEW) if path.exists() else None

    def path(self, record: PieceRecord) -> Path:
        """Where the Parquet file of a landed piece lies.

        Raises:
            LandingError: it is missing, torn or was changed.
        """
        path = self.folder / record.kind / record.file
        if not path.is_file() or sha256_of(path) != record.sha256:
            beside = path.with_name(path.stem.rpartition("_")[0] + _RECORD)
            raise LandingError(
                f"{path} is missing, or is not the file that was landed.",
                way_out=f"Remove {beside}; the next run fetches it anew.",
            )
        return path

    def begin(self, piece: Piece, now: datetime) -> PendingJob:
        """Write down under which name the query of a piece is about to be sent."""
        earlier = self.pending(piece) or self.find(piece)
        pending = PendingJob(
            job_id=f"pypi-adoption-{piece.kind}-{piece.first_day:%Y%m%d}-{uuid.uuid4().hex}",
            query_sha256=piece.query.sha256,
            started_at=now,
            bytes_billed_before=earlier.bytes_billed + earlier.bytes_billed_before if earlier else 0,
        )
        self._write(self._path(piece, _PENDING), pending)
        return pending

    def pending(self, piece: Piece) -> PendingJob | None:
        """The query of a piece that was sent and whose rows were not landed."""
        path = self._path(piece, _PENDING)
        try:
            return PendingJob.model_validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def note_paid(self, piece: Piece, pending: PendingJob, bytes_billed: int) -> PendingJob:
        """Write down what a query was billed, before its rows are read."""
        paid = pending.model_copy(update={"bytes_billed": bytes_billed})
        self._write(self._path(piece, _PENDING), paid)
        return paid

    def land(
        self,
        piece: Piece,
        pending: PendingJob,
        batches: Iterable[pa.RecordBatch],
        *,
        bytes_estimated: int,
        now: datetime,
    ) -> PieceRecord:
        """Write the rows of a piece, a batch at a time, and let it count.

        Raises:
            SourceError: the rows do not have the columns agreed on, or a value is missing that must be there.
            LandingError: they cannot be written.
        """
        # A name of its own for every fetch: a piece that is fetched anew stays whole until its record is replaced.
        path = self._path(piece, f"_{pending.job_id[-8:]}.parquet")
        part = path.with_name(f".{piece.stem}.part")
        path.parent.mkdir(parents=True, exist_ok=True)
        schema = KINDS[piece.kind].gives
        rows = 0
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in batches:
                if batch.num_rows:
                    writer.write_batch(_fitted(batch, schema, piece))
                    rows += batch.num_rows
        publish_file(part, path)
        record = PieceRecord(
            kind=piece.kind,
            first_day=piece.first_day,
            last_day=piece.last_day,
            query_name=piece.query.name,
            query_sha256=piece.query.sha256,
            file=path.name,
            row_count=rows,
            size_bytes=path.stat().st_size,
            sha256=sha256_of(path),
            bytes_estimated=bytes_estimated,
            bytes_billed=pending.bytes_billed,
            bytes_billed_before=pending.bytes_billed_before,
            job_id=pending.job_id,
            fetched_at=now,
        )
        self._write(self._path(piece, _RECORD), record)
        self._path(piece, _PENDING).unlink(missing_ok=True)
        for older in path.parent.glob(f"{piece.stem}_*.parquet"):
            if older != path:
                older.unlink()
        return record

    def billed_since(self, instant: datetime) -> int:
        """Bytes billed for everything that was fetched from an instant on, in all kinds.

        What was billed before for the same pieces counts in, whenever that was: rather too much than too little.

        Raises:
            LandingError: a record, or a note of a query that was sent, cannot be read.
        """
        bills: list[PieceRecord | PendingJob] = []
        for kind in KINDS:
            bills += [record for record in self.records(kind) if record.fetched_at >= instant]
            for path in (self.folder / kind).glob(f"*{_PENDING}"):
                pending = _parsed(path, PendingJob, _LOOK_UP)
                bills += [pending] if pending.started_at >= instant else []
        return sum(bill.bytes_billed + bill.bytes_billed_before for bill in bills)

    def batches(self, records: Iterable[PieceRecord]) -> Iterator[pa.RecordBatch]:
        """The rows of landed pieces."""
        for record in records:
            with pq.ParquetFile(self.path(record)) as parquet:
                yield from parquet.iter_batches(batch_size=131_072)

    def _path(self, piece: Piece, suffix: str) -> Path:
        return self.folder / piece.kind / f"{piece.stem}{suffix}"

    def _write(self, path: Path, model: BaseModel) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps(model.model_dump(mode="json"), indent=2) + "\n")


def _parsed(path: Path, model: type[Model], way_out: str) -> Model:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise LandingError(f"{path} cannot be read: {error.errors()[0]['msg']}.", way_out=way_out) from None


def _fitted(batch: pa.RecordBatch, schema: pa.Schema, piece: Piece) -> pa.RecordBatch:
    """The batch in the columns and types agreed on."""
    try:
        fitted = pa.record_batch([batch.column(field.name).cast(field.type) for field in schema], schema=schema)
    except (pa.ArrowException, KeyError) as error:
        raise SourceError(
            f"The rows of {piece.title} do not have the columns and types agreed on: {str(error).splitlines()[0]}",
            way_out="The dataset has changed; bring pipeline/sources/bigquery/shape.py up to date.",
        ) from error
    for field in schema:
        if not field.nullable and fitted.column(field.name).null_count:
            raise SourceError(f"A row of {piece.title} has no {field.name}.", way_out="The dataset has changed.")
    return fitted
