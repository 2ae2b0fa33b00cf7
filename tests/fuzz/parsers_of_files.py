"""Files of others, and of earlier runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
from parser_of import COUNTED, NOW, Parser, arrow_stream, file_reader, parquet

from pipeline.errors import LandingError, ReportError, SourceError
from pipeline.landing import open_landing, verify
from pipeline.manifest import MANIFEST, InputFile, LandedTable, Manifest
from pipeline.report.record import Record, read_record
from pipeline.settings import REFERENCE_FOLDER, SNAPSHOT_FOLDER
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.parquet import ParquetDatasets
from pipeline.sources.bigquery.pieces import PendingJob, Piece, PieceRecord
from pipeline.sources.bigquery.shape import KINDS, TABLES
from pipeline.sources.bigquery.statement import Query
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.datacard import read_card
from pipeline.sources.reference import _read_csv
from pipeline.sources.snapshot import SnapshotSource

CARD = next(SNAPSHOT_FOLDER.glob("*.yml")).read_bytes()
PIECE = Piece("clients", date(2026, 10, 1), date(2026, 10, 1), Query("downloads_daily", "select 1", {}))


def _snapshot(content: bytes, folder: Path) -> object:
    (folder / "index-2026-10.parquet").write_bytes(content)
    (folder / "index-2026-10.yml").write_bytes(CARD)
    return list(SnapshotSource(folder).batches(folder))


def _datasets(content: bytes, folder: Path) -> object:
    for table in TABLES:
        (folder / f"{table.rpartition('.')[2]}.parquet").write_bytes(content)
    datasets = ParquetDatasets(folder)
    for table in TABLES:
        datasets.columns(table)
    query = Query("totals", "select count(*) as n from `bigquery-public-data.pypi.file_downloads`", {})
    return list(datasets.run(query, "job", 0).batches())


def _rows_of_a_piece(content: bytes, folder: Path) -> object:
    """An Arrow stream as the service might give it, landed."""
    try:
        batches = pa.ipc.open_stream(content).read_all().to_batches()
    except (pa.ArrowException, OSError):
        return None
    ledger = Ledger(folder, "test")
    return ledger.land(PIECE, ledger.begin(PIECE, NOW), batches, bytes_estimated=0, now=NOW)


def _ledger(suffix: str) -> Callable[[bytes, Path], object]:
    def read(content: bytes, folder: Path) -> object:
        ledger = Ledger(folder, "test")
        path = folder / "test" / PIECE.kind / f"{PIECE.stem}{suffix}"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        ledger.pending(PIECE)
        try:
            ledger.billed_since(NOW)
        except LandingError as error:
            assert "\n" not in str(error)  # noqa: PT017
        record = ledger.find(PIECE)
        return list(ledger.batches([record])) if record else ledger.records(PIECE.kind)

    return read


RECORD_OF_A_PIECE = PieceRecord(
    kind="clients",
    first_day=PIECE.first_day,
    last_day=PIECE.last_day,
    query_name="downloads_daily",
    query_sha256=PIECE.query.sha256,
    file="a.parquet",
    row_count=1,
    size_bytes=1,
    sha256="0" * 64,
    bytes_estimated=1,
    bytes_billed=1,
    job_id="job",
    fetched_at=NOW,
)
PENDING = PendingJob(job_id="job", query_sha256=PIECE.query.sha256, started_at=NOW)


def _landing(content: bytes, folder: Path) -> object:
    place = folder / "pypi" / "2026-10"
    place.mkdir(parents=True)
    (place / MANIFEST).write_bytes(content)
    landing = open_landing(place)
    verify(landing)
    return landing


LANDED = LandedTable(file="a.parquet", row_count=1, size_bytes=1, sha256="0" * 64, is_observed=True, note="a")
MANIFEST_OF_A_LANDING = Manifest(
    source="pypi",
    period="2026-10",
    observed_on=date(2026, 10, 31),
    fetched_at=NOW,
    is_simulated=False,
    code_version="1",
    parameters={"a": "b"},
    inputs=[InputFile(name="a", size_bytes=1, sha256="0")],
    tables={"index": LANDED},
)


def _report(content: bytes, folder: Path) -> object:
    (folder / "report.json").write_bytes(content)
    (folder / "index.html").write_bytes(b"<!doctype html>")
    return read_record(folder / "report.json")


REPORT = Record(
    format=1,
    period="2026-10",
    previous_period=None,
    observed_on=date(2026, 10, 31),
    source="pypi",
    is_simulated=False,
    made_at=NOW,
    code_version="1",
    page_sha256="3b1b4a5ec9b9a2b9d1bd0b3e4e6d5d6f4a3e0f0b7f2a1c8d9e6f5a4b3c2d1e0f",
    headlines=[],
    queries={"a": "select 1"},
)


INDEX_TABLE = pa.table(
    {
        "project": ["webby"],
        "newest_release_month": pa.array([date(2026, 10, 1)], pa.date32()),
        "download_rank": pa.array([1], pa.int32()),
    }
)
CLIENTS = pa.Table.from_pylist(
    [{"project_name": "webby", "day": date(2026, 10, 1)} | dict.fromkeys(KINDS["clients"].gives.names[2:], 1)],
    KINDS["clients"].gives,
)


PARSERS = (
    Parser(
        "datacard", "sources.datacard", file_reader("a.yml", lambda path: read_card(path.with_suffix(".csv"))), (CARD,)
    ),
    *(
        Parser(
            f"reference/{path.stem}",
            "sources.reference",
            file_reader(path.name, partial(_read_csv, schema=LANDING_TABLES[path.stem])),
            (path.read_bytes()[:3000].rpartition(b"\n")[0],),
        )
        for path in (REFERENCE_FOLDER / "milestones.csv", REFERENCE_FOLDER / "incidents.csv")
    ),
    Parser("snapshot", "sources.snapshot", _snapshot, (parquet(INDEX_TABLE),)),
    Parser(
        "bigquery/files",
        "sources.bigquery.parquet",
        _datasets,
        (parquet(pa.table({"timestamp": [NOW], "project": ["webby"]})),),
    ),
    Parser(
        "bigquery/rows",
        "sources.bigquery.ledger",
        _rows_of_a_piece,
        (arrow_stream(CLIENTS), arrow_stream(COUNTED)),
        (SourceError, LandingError),
    ),
    *(
        Parser(
            f"bigquery/{what}",
            "sources.bigquery.ledger",
            _ledger(suffix),
            (model.model_dump_json().encode(),),
            (SourceError, LandingError),
        )
        for what, suffix, model in (("record", ".json", RECORD_OF_A_PIECE), ("pending", ".job.json", PENDING))
    ),
    Parser("landing", "landing", _landing, (MANIFEST_OF_A_LANDING.model_dump_json().encode(),), (LandingError,)),
    Parser(
        "report",
        "report.record",
        _report,
        (REPORT.model_dump_json().encode(), REPORT.model_copy(update={"period": "a\nb"}).model_dump_json().encode()),
        (ReportError,),
    ),
)
