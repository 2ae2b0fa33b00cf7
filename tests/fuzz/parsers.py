"""Every parser that reads what others wrote: how it is called, what a valid document is, and how it may refuse one."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from importlib.metadata import Distribution
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pyarrow as pa
import pyarrow.parquet as pq
from yarl import URL

from pipeline.audit.dependencies import Indexes
from pipeline.audit.inputs import FORMATS, read_dependencies
from pipeline.audit.inputs.environment import read_environment
from pipeline.computed.requirements import parse_requirements
from pipeline.computed.versions import order_versions
from pipeline.errors import LandingError, ReportError, SourceError
from pipeline.landing import open_landing, verify
from pipeline.manifest import MANIFEST, InputFile, LandedTable, Manifest
from pipeline.report.record import Record, read_record
from pipeline.settings import REFERENCE_FOLDER, SNAPSHOT_FOLDER
from pipeline.sources import clickhouse
from pipeline.sources.bigquery.ledger import Ledger
from pipeline.sources.bigquery.parquet import ParquetDatasets
from pipeline.sources.bigquery.pieces import PendingJob, Piece, PieceRecord
from pipeline.sources.bigquery.shape import KINDS, TABLES
from pipeline.sources.bigquery.statement import Query
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.datacard import read_card
from pipeline.sources.pypi.answers import Answers
from pipeline.sources.pypi.collect import collection_of
from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import INTEGRITY, JSON, SIMPLE, Kind
from pipeline.sources.pypi.observe import observe
from pipeline.sources.pypi.tables import Batches
from pipeline.sources.reference import _read_csv
from pipeline.sources.snapshot import SnapshotSource
from pipeline.sources.toplist import read_toplist
from pipeline.sources.web import Answer, Limits, Validators, Web, WebError
from pipeline.sources.web.bodies import read_body

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INDEX = "https://index.example.org/simple/"
LISTS = Path(__file__).parent.parent / "audit" / "lists"


@dataclass(frozen=True)
class Parser:
    """One reader of a stranger's bytes."""

    name: str
    module: str
    """The module that it is the way into, without `pipeline.`."""
    read: Callable[[bytes, Path], object]
    """Reads a content; a folder of its own is there for it."""
    seeds: tuple[bytes, ...]
    """Valid documents."""
    refuses_with: tuple[type[Exception], ...] = (SourceError,)


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """A reader of files as one of bytes."""

    def reads(content: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(content)
        return read(path)

    return reads


# -- the index ----------------------------------------------------------------------------------------------------

SIMPLE_PAGE = {
    "meta": {"api-version": "1.4", "_last-serial": 1},
    "name": "webby",
    "project-status": {"status": "archived", "reason": "over"},
    "versions": ["1.0"],
    "files": [
        {
            "filename": "webby-1.0.tar.gz",
            "url": "https://index.example.org/files/webby-1.0.tar.gz",
            "hashes": {"sha256": "00" * 32},
            "upload-time": "2026-01-02T03:04:05.678901Z",
            "size": 1234,
            "yanked": "broken",
            "provenance": "https://index.example.org/integrity/webby/1.0/webby-1.0.tar.gz/provenance",
        },
        {"filename": "webby-1.1-py3-none-any.whl", "upload-time": "2026-02-02T03:04:05Z", "yanked": False},
    ],
}
JSON_PAGE = {
    "info": {
        "name": "webby",
        "version": "1.1",
        "requires_dist": ["tiny-lib>=0.1", "speed; extra == 'fast'"],
        "project_urls": {"Source": "https://example.org/webby"},
    },
    "ownership": {"roles": [{"role": "Owner", "user": "ada"}], "organization": "lovers"},
    "releases": {"1.0": [{"filename": "webby-1.0.tar.gz", "upload_time_iso_8601": "2026-01-02T03:04:05Z"}]},
}
PROVENANCE = {
    "version": 1,
    "attestation_bundles": [
        {"publisher": {"kind": "GitHub", "repository": "a/b", "workflow": "c.yml", "environment": None}}
    ],
}


def _page(kind: Kind) -> Callable[[bytes, Path], object]:
    def read(content: bytes, _: Path) -> object:
        kept = kind.kept(kind.read(content), content)
        return kind.read(kept)

    return read


def _observe(content: bytes, _: Path) -> object:
    """One project out of three answers that stand in one document, down to the rows that are landed."""
    try:
        given = json.loads(content)
        bodies = {kind: json.dumps(given[kind.name]).encode() for kind in (SIMPLE, JSON, INTEGRITY)}
    except (ValueError, KeyError, TypeError, RecursionError):
        bodies = dict.fromkeys((SIMPLE, JSON, INTEGRITY), content)

    async def ask(kind: Kind, _: str) -> object:
        return kind.read(bodies[kind])

    seen = asyncio.run(observe("webby", Endpoints.of(INDEX), ask, NOW))
    assert seen.failure is None or seen.failure.reason.isprintable()
    batches = Batches()
    return [*batches.add(seen), *batches.rest()]


ALL_PAGES = {SIMPLE.name: SIMPLE_PAGE, JSON.name: JSON_PAGE, INTEGRITY.name: PROVENANCE}


def _kept_answers(path: Path) -> object:
    with Answers(path, "one") as answers:
        answers.find("address")
        answers.checked_at("address")
        answers.keep("address", b"content", Validators(), NOW)
        return answers.find("address")


def _answers_file() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "create table answers (address text primary key, content blob, etag text, last_modified text, "
        "checked_at text not null, collection text not null); pragma user_version = 1;"
        "insert into answers values ('address', x'789c4b040000620062', 'e', 'm', '2026-01-01T00:00:00+00:00', 'one');"
    )
    return connection.serialize()


def _collection(content: bytes, folder: Path) -> object:
    (folder / "collection").write_bytes(content)
    return collection_of(folder)


def _endpoints(content: bytes, _: Path) -> object:
    """The address of a provenance object, as a page names it."""
    return Endpoints.of(INDEX).is_own(content.decode("utf-8", "replace"))


# -- the web --------------------------------------------------------------------------------------------------------


class _Response:
    """What the client reads of a response."""

    def __init__(self, body: bytes, **headers: str) -> None:
        self.headers = headers
        self.status = 200
        self.url = URL(INDEX)
        self.content = self
        self._body = body

    async def iter_any(self):
        for start in range(0, len(self._body), 1000):
            yield self._body[start : start + 1000]


def _gzip_body(content: bytes, _: Path) -> object:
    return asyncio.run(read_body(_Response(content, **{"Content-Encoding": "gzip"}), 2**20))


def _headers(content: bytes, _: Path) -> object:
    """A stranger's headers: when to ask again, where to go, what the content is, and which validators to send back."""
    text = content.decode("latin-1").replace("\r", "").replace("\n", "")

    async def read() -> None:
        web = Web(contact="a@b.c", concurrency=1, now=lambda: NOW, limits=Limits())
        types, json_type = {"application/json"}, {"Content-Type": "application/json"}
        answer = await web._read(_Response(b"{}", **json_type, ETag=text), types)
        assert answer.validators.etag is None or answer.validators.etag.isascii()
        with _refusals():
            await web._read(_Response(b"{}", **{"Content-Type": text}), types)
        with _refusals():
            await web._read(_Response(b"{}", **json_type, **{"Content-Encoding": text}), types)
        web._session = _Session(text)
        with _refusals():
            await web.get(f"{INDEX}webby/", ("application/json",), Validators())
        refused = _Response(b"", **{"Retry-After": text})
        refused.status = 503
        web._refusal(refused)

    asyncio.run(read())


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except WebError as error:
        assert error.reason.isprintable()  # noqa: PT017 - that it is raised is not the point


class _Session:
    """Sends everybody to the address given, and nobody farther."""

    def __init__(self, location: str) -> None:
        self.location = location

    @contextmanager
    def _respond(self, address: URL):
        if not isinstance(address, URL) or not address.host:
            raise aiohttp.InvalidURL(str(address))
        response = _Response(b"", Location=self.location)
        response.status = 302
        response.url = address
        yield response

    def request(self, _: str, address: URL, **__):
        return _Entered(self._respond(address))


class _Entered:
    def __init__(self, manager) -> None:
        self.manager = manager

    async def __aenter__(self):
        return self.manager.__enter__()

    async def __aexit__(self, *error):
        return self.manager.__exit__(*error)


def _mirror(content: bytes, _: Path) -> object:
    class Mirror:
        def __init__(self, **__) -> None: ...
        async def __aenter__(self):
            return self

        async def __aexit__(self, *_) -> None: ...

        async def post(self, *_):
            return Answer(content, Validators())

    reader = clickhouse._Reader(clickhouse.MIRROR, lambda: NOW)
    days = {"first_day": date(2026, 10, 21), "last_day": date(2026, 11, 19)}
    try:
        asyncio.run(reader._totals(Mirror(), ["webby"], days))
    except SourceError as error:
        assert "\n" not in str(error)  # noqa: PT017
    with patch.object(clickhouse, "Web", Mirror):
        return clickhouse.read_downloads(["webby"], contact="a@b.c", now=lambda: NOW)


def _arrow_stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


# -- files of others, and of earlier runs -----------------------------------------------------------------------------

CARD = next(SNAPSHOT_FOLDER.glob("*.yml")).read_bytes()
PIECE = Piece("clients", date(2026, 10, 1), date(2026, 10, 1), Query("downloads_daily", "select 1", {}))


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


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
    (folder / MANIFEST).write_bytes(content)
    landing = open_landing(folder)
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

# -- texts ---------------------------------------------------------------------------------------------------------


def _texts(content: bytes) -> list[str]:
    """Lines, as they come out of a Parquet file: any Unicode but lone surrogates."""
    return content.decode("utf-8", "replace").split("\n")


def _requirements(content: bytes, _: Path) -> object:
    return parse_requirements(pa.table({"requirement": pa.array(_texts(content), pa.string())}))


def _versions(content: bytes, _: Path) -> object:
    return order_versions(pa.table({"version": pa.array(dict.fromkeys(_texts(content)), pa.string())}))


class _Installed(Distribution):
    """A distribution whose metadata are a stranger's."""

    def __init__(self, content: bytes) -> None:
        self._text = content.decode("utf-8", "replace")

    def read_text(self, filename: str) -> str | None:
        return self._text if filename in {"METADATA", "direct_url.json"} else None

    def locate_file(self, path: str) -> Path:
        return Path(path)


def _audit(name: str) -> Callable[[bytes, Path], object]:
    return _file("list.txt", lambda path: read_dependencies(path, Indexes(INDEX), name))


EXAMPLES = {
    "requirements_txt": "requirements.txt",
    "pylock": "pylock.toml",
    "uv_lock": "uv.lock",
    "poetry_lock": "poetry.lock",
    "pdm_lock": "pdm.lock",
    "pipfile_lock": "Pipfile.lock",
    "cyclonedx": "bom.cdx.json",
    "spdx": "app.spdx.json",
    "spdx3": "app.spdx3.json",
}


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


COUNTED = pa.table({"project": ["webby"], "download_count": pa.array([5], pa.int64())})
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

AUDITED = tuple(
    Parser(f"audit/{name}", f"audit.inputs.{name}", _audit(name), ((LISTS / EXAMPLES[name]).read_bytes(),))
    for name in FORMATS
)
PARSERS = (
    *(
        Parser(f"pypi/{kind.name}", "sources.pypi.formats", _page(kind), (_json(page),), (WebError,))
        for kind, page in ((SIMPLE, SIMPLE_PAGE), (JSON, JSON_PAGE), (INTEGRITY, PROVENANCE))
    ),
    Parser("pypi/observe", "sources.pypi.observe", _observe, (_json(ALL_PAGES),), ()),
    Parser("pypi/answers", "sources.pypi.answers", _file("answers.sqlite", _kept_answers), (_answers_file(),)),
    Parser("pypi/collection", "sources.pypi.collect", _collection, (b"00112233445566778899aabbccddeeff",)),
    Parser("pypi/endpoints", "sources.pypi.endpoints", _endpoints, (INDEX.encode(), b"http://[::1]:80/"), ()),
    Parser("web/gzip", "sources.web.bodies", _gzip_body, (gzip.compress(b"{}" * 500),), (WebError,)),
    Parser(
        "web/headers",
        "sources.web.client",
        _headers,
        (b"120", b"Fri, 20 Nov 2026 12:00:10 +0100", b"https://index.example.org/x", b"application/json"),
        (WebError,),
    ),
    Parser(
        "toplist",
        "sources.toplist",
        _file("list", lambda path: read_toplist(str(path), contact="a@b.c", now=lambda: NOW).notes()),
        (
            b'{"last_update": "2026-11-01 08:00:00", "rows": [{"download_count": 9, "project": "webby"}]}',
            b"download_count,project\n9,webby\n8,tiny-lib\n",
        ),
    ),
    Parser(
        "clickhouse",
        "sources.clickhouse",
        _mirror,
        (_arrow_stream(COUNTED), _arrow_stream(pa.table({"newest_day": ["2026-11-19"]}))),
    ),
    Parser("datacard", "sources.datacard", _file("a.yml", lambda path: read_card(path.with_suffix(".csv"))), (CARD,)),
    *(
        Parser(
            f"reference/{path.stem}",
            "sources.reference",
            _file(path.name, partial(_read_csv, schema=LANDING_TABLES[path.stem])),
            (path.read_bytes()[:3000].rpartition(b"\n")[0],),
        )
        for path in (REFERENCE_FOLDER / "milestones.csv", REFERENCE_FOLDER / "incidents.csv")
    ),
    Parser("snapshot", "sources.snapshot", _snapshot, (_parquet(INDEX_TABLE),)),
    Parser(
        "bigquery/files",
        "sources.bigquery.parquet",
        _datasets,
        (_parquet(pa.table({"timestamp": [NOW], "project": ["webby"]})),),
    ),
    Parser(
        "bigquery/rows",
        "sources.bigquery.ledger",
        _rows_of_a_piece,
        (_arrow_stream(CLIENTS), _arrow_stream(COUNTED)),
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
    Parser(
        "requirements",
        "requirements",
        _requirements,
        (b"tiny-lib[a,b]>=0.1; python_version < '3.9' and extra == 'x'\nx @ https://example.org/x.whl",),
        (),
    ),
    Parser("versions", "versions", _versions, (b"1.0\n1!2.0rc1.post2.dev3+local.4",), ()),
    *AUDITED,
    Parser(
        "audit/environment",
        "audit.inputs.environment",
        lambda content, _: read_environment(Indexes(INDEX), [_Installed(content)]),
        (
            b"Metadata-Version: 2.1\nName: webby\nVersion: 1.0\nRequires-Dist: tiny-lib>=0.1; extra == 'a'\n\n",
            b'{"url": "https://example.org/x", "vcs_info": {"vcs": "git"}}',
        ),
        (),
    ),
)

PASSED_ON = {
    "sources.interface": "the protocol",
    "sources.contract": "the schemas",
    "sources.registry": "makes the sources; what it reads, it reads through them",
    "sources.web.exchange": "what is sent and what comes back",
    "sources.web.addresses": "reached through `sources.web.client` and `sources.pypi.endpoints`",
    "sources.pypi.releases": "reached through `sources.pypi.observe`",
    "sources.pypi.tables": "reached through `sources.pypi.observe`",
    "sources.pypi.source": "reads through `sources.pypi.observe`",
    "sources.pypi.progress": "reads nothing",
    "sources.pypi.verify": "hands documents to `pypi-attestations`; see test_fuzz.py",
    "sources.beside": "merges what is landed with what `sources.pypi` reads",
    "sources.bigquery.bounds": "looks at SQL of our own",
    "sources.bigquery.pieces": "read through `sources.bigquery.ledger`",
    "sources.bigquery.statement": "holds values of our own",
    "sources.bigquery.engine": "the protocol",
    "sources.bigquery.estimate": "reads what an engine gives, through its library",
    "sources.bigquery.faults": "translates the library's errors",
    "sources.bigquery.fetch": "lands through `sources.bigquery.ledger`",
    "sources.bigquery.guess": "reads figures of our own",
    "sources.bigquery.newest": "reads what is landed",
    "sources.bigquery.plan": "reads nothing",
    "sources.bigquery.pricing": "reads nothing",
    "sources.bigquery.quality": "reads what is landed",
    "sources.bigquery.queries": "reads SQL of our own",
    "sources.bigquery.service": "reads through Google's library; what it gives is landed by `sources.bigquery.ledger`",
    "sources.bigquery.setup": "makes the source",
    "sources.bigquery.shape": "reached through `sources.bigquery.parquet`",
    "sources.bigquery.source": "reads what is landed",
    "sources.bigquery.totals": "reads what is landed",
    "audit.inputs.interface": "the protocol",
    "audit.inputs.documents": "reached through every format",
    "audit.inputs.purls": "reached through the formats of SBOMs",
}
"""Modules of `pipeline.sources` and `pipeline.audit.inputs` that are no way in for a stranger's bytes, and why."""
