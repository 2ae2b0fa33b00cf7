"""What any server sends: bodies, headers, lists of projects and counts of a mirror."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pyarrow as pa
from parser_of import COUNTED, INDEX, NOW, Parser, arrow_stream, file_reader
from yarl import URL

from pipeline.errors import SourceError
from pipeline.sources import clickhouse
from pipeline.sources.toplist import read_toplist
from pipeline.sources.web import Answer, Limits, Validators, Web, WebError
from pipeline.sources.web.bodies import read_body
from pipeline.sources.web.client import _Question


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
        question = _Question("GET", INDEX, ("application/json",), {})
        json_type = {"Content-Type": "application/json"}
        answer = await web._read(_Response(b"{}", **json_type, ETag=text), question)
        assert answer.validators.etag is None or answer.validators.etag.isascii()
        with _refusals():
            await web._read(_Response(b"{}", **{"Content-Type": text}), question)
        with _refusals():
            await web._read(_Response(b"{}", **json_type, **{"Content-Encoding": text}), question)
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


PARSERS = (
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
        file_reader("list", lambda path: read_toplist(str(path), contact="a@b.c", now=lambda: NOW).notes()),
        (
            b'{"last_update": "2026-11-01 08:00:00", "rows": [{"download_count": 9, "project": "webby"}]}',
            b"download_count,project\n9,webby\n8,tiny-lib\n",
        ),
    ),
    Parser(
        "clickhouse",
        "sources.clickhouse",
        _mirror,
        (arrow_stream(COUNTED), arrow_stream(pa.table({"newest_day": ["2026-11-19"]}))),
    ),
)
