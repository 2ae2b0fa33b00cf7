"""The answers of the index, and what is kept of them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from parser_of import INDEX, NOW, Parser, as_json, file_reader

from pipeline.sources.pypi.answers import Answers
from pipeline.sources.pypi.collect import collection_of
from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import INTEGRITY, JSON, SIMPLE, Kind
from pipeline.sources.pypi.observe import observe
from pipeline.sources.pypi.tables import Batches
from pipeline.sources.web import Validators, WebError

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
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(
            "create table answers (address text primary key, content blob, etag text, last_modified text, "
            "checked_at text not null, collection text not null); pragma user_version = 1; insert into answers "
            "values ('address', x'789c4b040000620062', 'e', 'm', '2026-01-01T00:00:00+00:00', 'one');"
        )
        return connection.serialize()


def _collection(content: bytes, folder: Path) -> object:
    (folder / "collection").write_bytes(content)
    return collection_of(folder)


def _endpoints(content: bytes, _: Path) -> object:
    """The address of a provenance object, as a page names it."""
    return Endpoints.of(INDEX).is_own(content.decode("utf-8", "replace"))


PARSERS = (
    *(
        Parser(f"pypi/{kind.name}", "sources.pypi.formats", _page(kind), (as_json(page),), (WebError,))
        for kind, page in ((SIMPLE, SIMPLE_PAGE), (JSON, JSON_PAGE), (INTEGRITY, PROVENANCE))
    ),
    Parser("pypi/observe", "sources.pypi.observe", _observe, (as_json(ALL_PAGES),), ()),
    Parser("pypi/answers", "sources.pypi.answers", file_reader("answers.sqlite", _kept_answers), (_answers_file(),)),
    Parser("pypi/collection", "sources.pypi.collect", _collection, (b"00112233445566778899aabbccddeeff",)),
    Parser("pypi/endpoints", "sources.pypi.endpoints", _endpoints, (INDEX.encode(), b"http://[::1]:80/"), ()),
)
