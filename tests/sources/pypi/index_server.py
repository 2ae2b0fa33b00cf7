"""A package index on this machine, for tests: landing-shaped tables in the documented formats, with faults on order.

Formats: Simple API 1.4 in JSON (PEP 691, 700, 740, 792), the JSON API with `ownership`, and the Integrity API.
It runs in a thread of the test, or as a process of its own: `python index_server.py FOLDER LATENCY` prints its address.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import sys
import threading
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from packaging.version import InvalidVersion, Version

SIMPLE = "application/vnd.pypi.simple.v1+json"
INTEGRITY = "application/vnd.pypi.integrity.v1+json"
API_VERSION = "1.4"
PIECE = b" " * 2**20
BOMB = gzip.compress(bytes(2**26))


@dataclass(frozen=True)
class Fault:
    """What the server does instead of answering, `times` times."""

    kind: str
    """status, stall, cut_off, truncated_json, html, wrong_type, huge, bomb, redirect_loop, redirect_out, garbage."""
    times: int = 1_000_000
    status: int = 503
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """One request, as the server saw it."""

    path: str
    is_conditional: bool
    status: int
    user_agent: str
    connection: int


def _version_order(version: str) -> tuple[int, Version | str]:
    try:
        return 1, Version(version)
    except InvalidVersion:
        return 0, version


def _iso(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Index:
    """The pages of an index, made from landing-shaped tables."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self.of: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for name, table in tables.items():
            if "project_name" in table.column_names and name != "index":
                for row in table.to_pylist():
                    self.of[row["project_name"]][name].append(row)
        self._pages: dict[str, tuple[str, bytes] | None] = {}

    def page(self, path: str, base: str) -> tuple[str, bytes] | None:
        """Content type and body of a path, or None where there is no such page."""
        if path not in self._pages:
            self._pages[path] = self._make(path, base)
        return self._pages[path]

    def _make(self, path: str, base: str) -> tuple[str, bytes] | None:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        match parts:
            case ["simple", project]:
                return self._simple(project, base)
            case ["pypi", project, "json"]:
                return self._json(project, None)
            case ["pypi", project, version, "json"]:
                return self._json(project, version)
            case ["integrity", project, version, filename, "provenance"]:
                return self._provenance(project, version, filename)
        return None

    def _shown(self, project: str) -> tuple[dict, list[dict]] | None:
        if project not in self.of:
            return None
        rows = self.of[project]
        seen = rows["observations"][0] if rows["observations"] else {}
        if seen.get("failure"):
            return None
        files = [file for file in rows["files"] if file["is_listed"] is not False]
        return seen, files

    def _simple(self, project: str, base: str) -> tuple[str, bytes] | None:
        shown = self._shown(project)
        if shown is None:
            return None
        seen, files = shown
        api_version = seen.get("api_version") or API_VERSION
        has_provenance_field = tuple(map(int, api_version.split("."))) >= (1, 3)
        page = {
            "meta": {"api-version": api_version, "_last-serial": 1},
            "name": project,
            "versions": sorted({file["version"] for file in files}, key=_version_order),
            "files": [self._simple_file(project, file, base, has_provenance_field) for file in files],
        }
        if seen.get("status"):
            page["project-status"] = {"status": seen["status"], "reason": "as its owner says"}
        return SIMPLE, json.dumps(page).encode()

    def _simple_file(self, project: str, file: dict, base: str, has_provenance_field: bool) -> dict:
        entry = {
            "filename": file["filename"],
            "url": f"{base}/files/{file['filename']}",
            "hashes": {"sha256": hashlib.sha256(file["filename"].encode()).hexdigest()},
            "core-metadata": False,
            "requires-python": ">=3.9",
            "upload-time": _iso(file["uploaded_at"]),
            "size": file["size_bytes"],
            "yanked": "broken" if file["is_yanked"] else False,
        }
        if has_provenance_field:
            address = f"{base}/integrity/{project}/{file['version']}/{file['filename']}/provenance"
            entry["provenance"] = address if file["has_provenance"] else None
        return entry

    def _json(self, project: str, version: str | None) -> tuple[str, bytes] | None:
        shown = self._shown(project)
        if shown is None or not shown[1]:
            return None
        seen, files = shown
        rows = self.of[project]
        versions = sorted({file["version"] for file in files}, key=_version_order)
        if version is None:
            version = self._latest(files)
        elif version not in versions:
            return None
        requirements = [row["requirement"] for row in rows["requirements"] if row["version"] == version]
        page = {
            "info": {
                "name": project,
                "version": version,
                "summary": "made for a test",
                "requires_dist": requirements or None,
                "project_urls": {row["label"]: row["url"] for row in rows["project_urls"]} or None,
            },
            "urls": [],
            "vulnerabilities": [],
            "last_serial": 1,
        }
        if seen.get("roles_observed", True):
            roles = [{"role": row["role"], "user": row["account"]} for row in rows["roles"]]
            page["ownership"] = {"roles": roles, "organization": seen.get("organization")}
        if version == self._latest(files):
            page["releases"] = {
                name: [self._release_file(file) for file in files if file["version"] == name] for name in versions
            }
        return "application/json", json.dumps(page).encode()

    @staticmethod
    def _latest(files: list[dict]) -> str:
        """As the index does it: not yanked before yanked, stable before pre-release, then the order of versions."""

        def order(version: str):
            yanked = all(file["is_yanked"] for file in files if file["version"] == version)
            known, parsed = _version_order(version)
            return not yanked, bool(known and not parsed.is_prerelease), (known, parsed)

        return max({file["version"] for file in files}, key=order)

    @staticmethod
    def _release_file(file: dict) -> dict:
        return {
            "filename": file["filename"],
            "packagetype": file["packagetype"],
            "size": file["size_bytes"],
            "upload_time_iso_8601": _iso(file["uploaded_at"]),
            "yanked": bool(file["is_yanked"]),
        }

    def _provenance(self, project: str, version: str, filename: str) -> tuple[str, bytes] | None:
        if project not in self.of:
            return None
        rows = self.of[project]
        if not any(file["filename"] == filename and file["has_provenance"] for file in rows["files"]):
            return None
        known = [row for row in rows["publishers"] if row["filename"] == filename]
        row = known[0] if known else {"publisher_kind": "GitHub", "publisher_repository": f"{project}/{version}"}
        publisher = {"kind": row["publisher_kind"], "claims": None}
        workflow = "workflow_filepath" if row["publisher_kind"] == "GitLab" else "workflow"
        for field, column in (
            ("repository", "publisher_repository"),
            (workflow, "publisher_workflow"),
            ("environment", "publisher_environment"),
        ):
            publisher[field] = row.get(column)
        bundle = {"publisher": publisher, "attestations": [{"version": 1, "envelope": {}, "verification_material": {}}]}
        return INTEGRITY, json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()


class IndexServer:
    """Serves an `Index` on a free port of 127.0.0.1, in a thread; a context manager."""

    def __init__(
        self,
        tables: dict[str, pa.Table],
        *,
        latency: float = 0.0,
        faults: dict[str, list[Fault]] | None = None,
        dies_after: int | None = None,
    ) -> None:
        self.index = Index(tables)
        self.latency = latency
        self.faults = faults or {}
        self.dies_after = dies_after
        self.asked: list[Asked] = []
        self._used: Counter[tuple[str, int]] = Counter()
        self._port = 0
        self._connections = 0

    # -- for the test ---------------------------------------------------------------------------------------------

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def simple(self) -> str:
        return f"{self.base}/simple/"

    def forget(self) -> None:
        """Begin to count anew."""
        self.asked = []

    def answered(self) -> Counter[str]:
        """How often each path was answered for good: with a page, with "unchanged", or with "no such page"."""
        return Counter(asked.path for asked in self.asked if asked.status in {200, 304, 404})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Serve, on the port used before if there was one."""
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[ready], daemon=True)
        self._thread.start()
        ready.wait(10)

    def stop(self) -> None:
        """Close everything."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # -- the server -----------------------------------------------------------------------------------------------

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self._port, reuse_address=True, backlog=512)
        )
        self._port = self._server.sockets[0].getsockname()[1]
        ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._server.close()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = self._connections
        try:
            while (request := await self._request(reader)) is not None:
                path, headers = request
                if self.dies_after is not None and len(self.asked) >= self.dies_after:
                    self._loop.stop()
                    return
                if self.latency:
                    await asyncio.sleep(self.latency)
                if not await self._answer(path, headers, writer, connection):
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    @staticmethod
    async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        return first.split(" ")[1], headers

    def _fault(self, path: str) -> Fault | None:
        for pattern, faults in self.faults.items():
            if pattern in path:
                for position, fault in enumerate(faults):
                    if self._used[pattern, position] < fault.times:
                        self._used[pattern, position] += 1
                        return fault
        return None

    async def _answer(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter, connection: int) -> bool:
        """Answer one request; False closes the connection."""
        conditional = "if-none-match" in headers or "if-modified-since" in headers

        def note(status: int) -> None:
            self.asked.append(Asked(path, conditional, status, headers.get("user-agent", ""), connection))

        fault = self._fault(path)
        if fault is not None:
            note(fault.status if fault.kind == "status" else 0)
            return await self._misbehave(fault, path, writer)
        page = self.index.page(path, self.base)
        if page is None:
            note(404)
            return await _send(writer, 404, "text/plain", b"not found")
        media_type, body = page
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if headers.get("if-none-match") == etag:
            note(304)
            return await _send(writer, 304, "", b"", [("ETag", etag)])
        note(200)
        return await _send(writer, 200, media_type, body, [("ETag", etag), ("Cache-Control", "max-age=600, public")])

    async def _misbehave(self, fault: Fault, path: str, writer: asyncio.StreamWriter) -> bool:
        media_type, body = self.index.page(path, self.base) or (SIMPLE, b"{}")
        if fault.kind == "stall":
            await asyncio.sleep(30)
            return False
        if fault.kind == "cut_off":
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body[: len(body) // 2])
            await writer.drain()
            return False
        if fault.kind == "huge":
            return await _send_huge(writer)
        status, wrong_type, wrong_body, headers = {
            "status": (fault.status, "text/plain", b"no", fault.headers),
            "truncated_json": (200, media_type, body[: len(body) // 2], ()),
            "html": (200, "text/html", b"<html>a challenge</html>", ()),
            "wrong_type": (200, "application/octet-stream", body, ()),
            "garbage": (200, SIMPLE, b'{"meta": {"api-version": "\\u001b]0;"}, "name": 1, "files": "<x>"}', ()),
            "bomb": (200, SIMPLE, BOMB, [("Content-Encoding", "gzip")]),
            "redirect_loop": (302, "text/plain", b"", [("Location", path)]),
            "redirect_out": (302, "text/plain", b"", [("Location", "http://192.0.2.1/simple/elsewhere/")]),
        }[fault.kind]
        return await _send(writer, status, wrong_type, wrong_body, headers)


async def _send_huge(writer: asyncio.StreamWriter) -> bool:
    """60 MiB of blanks, of a size that is not told beforehand."""
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {SIMPLE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    for _ in range(60):
        writer.write(b"%x\r\n" % len(PIECE) + PIECE + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _send(writer: asyncio.StreamWriter, status: int, media_type: str, body: bytes, headers=()) -> bool:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    if media_type:
        lines.append(f"Content-Type: {media_type}")
    lines += [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True


def main(folder: str, latency: str) -> None:
    """Serve the Parquet files of a folder; answer every line of standard input with what was asked since the last."""
    tables = {path.stem: pq.read_table(path) for path in Path(folder).glob("*.parquet")}
    with IndexServer(tables, latency=float(latency)) as server:
        sys.stdout.write(f"{server.base}\n")
        sys.stdout.flush()
        for _ in sys.stdin:
            told = {
                "asked": len(server.asked),
                "conditional": sum(asked.is_conditional for asked in server.asked),
                "paths_found": sum(asked.status in {200, 304} for asked in server.asked),
            }
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            server.forget()


if __name__ == "__main__":
    main(*sys.argv[1:])
