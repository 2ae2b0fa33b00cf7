"""A small fake of BigQuery's REST endpoint on the loopback: it runs the queries over files, prices and bills them.

It answers in the service's own format (tables.get, jobs.insert, jobs.get, jobs.getQueryResults, tabledata.list), counts
the bytes that it bills, and fails on demand.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa

from pipeline.sources.bigquery.parquet import ParquetDatasets, ParquetJob, translate
from pipeline.sources.bigquery.shape import TABLES
from pipeline.sources.bigquery.statement import Query

GIB = 2**30
DAY_BYTES = 20 * GIB
METADATA_BYTES = 2 * GIB

Fault = Callable[["Handler"], bool]
"""Looks at a request before it is answered; True where it has dealt with it."""


@dataclass
class State:
    """What the fake knows, and what it was asked."""

    datasets: ParquetDatasets
    schemas: dict[str, list[dict[str, Any]]]
    bytes_billed: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, pa.Table] = field(default_factory=dict)
    dry_runs: int = 0
    faults: list[Fault] = field(default_factory=list)
    job_error: dict[str, str] | None = None
    """What jobs end with."""
    page_rows: int = 100
    price: int = 1
    """How many times as many bytes a query reads."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    state: State

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._handle(None)

    def do_POST(self) -> None:
        self._handle(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _handle(self, body: dict[str, Any] | None) -> None:
        self.path_parts = urlsplit(self.path).path.removeprefix("/bigquery/v2/projects/").split("/")
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.body = body
        if any(fault(self) for fault in list(self.state.faults)):
            return
        match self.path_parts[1:]:
            case ["datasets", "pypi", "tables", table]:
                self.answer({"schema": {"fields": self.state.schemas[table]}, "tableReference": self._reference(table)})
            case ["jobs"]:
                self._insert()
            case ["jobs", job_id]:
                self._get(job_id)
            case ["queries", job_id]:
                page = self._page(job_id)
                self.answer({"jobComplete": True, "schema": _fields(self.state.results[job_id].schema)} | page)
            case ["datasets", "_results", "tables", job_id, "data"]:
                self.answer(self._page(job_id))
            case _:
                self.refuse(404, "notFound", f"Not found: {self.path}")

    def answer(self, content: dict[str, Any], status: int = 200) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def refuse(self, status: int, reason: str, message: str) -> None:
        error = {"reason": reason, "message": message}
        self.answer({"error": {"code": status, "message": message, "errors": [error]}}, status)

    def hang_up(self) -> None:
        """Lose the connection in the middle of an answer."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(b'{"totalRows"')
        self.close_connection = True

    def _reference(self, table: str) -> dict[str, str]:
        return {"projectId": self.path_parts[0], "datasetId": "pypi", "tableId": table}

    def _insert(self) -> None:
        configuration = self.body["configuration"]
        if configuration.get("dryRun"):
            size = _size_of(_read_query(configuration["query"])) * self.state.price
            self.state.dry_runs += 1
            self.answer(
                {
                    "jobReference": {"projectId": self.path_parts[0], "location": "US"},
                    "configuration": configuration,
                    "status": {"state": "DONE"},
                    "statistics": {"totalBytesProcessed": str(size), "query": {"totalBytesProcessed": str(size)}},
                }
            )
            return
        job_id = self.body["jobReference"]["jobId"]
        if job_id in self.state.jobs:
            self.refuse(409, "duplicate", f"Already Exists: Job {job_id}")
            return
        self.answer(self.take())

    def take(self) -> dict[str, Any]:
        """Run the query of the request, bill it, and give its job."""
        job_id, configuration = self.body["jobReference"]["jobId"], self.body["configuration"]
        query = _read_query(configuration["query"])
        size = _size_of(query) * self.state.price
        error = self.state.job_error
        if int(configuration["query"]["maximumBytesBilled"]) < size:
            error = {"reason": "bytesBilledLimitExceeded", "message": "Query exceeded limit for bytes billed"}
        billed = 0 if error else size
        self.state.bytes_billed += billed
        if not error:
            sql = translate(query.sql)
            batches = list(ParquetJob(query, sql, self.state.datasets.files).batches())
            self.state.results[job_id] = pa.Table.from_batches(batches) if batches else pa.table({})
        destination = {"projectId": self.path_parts[0], "datasetId": "_results", "tableId": job_id}
        configuration["query"]["destinationTable"] = destination
        counts = {"totalBytesProcessed": str(billed), "totalBytesBilled": str(billed), "statementType": "SELECT"}
        now = str(int(datetime.now(UTC).timestamp() * 1000))
        job = {
            "jobReference": {"projectId": self.path_parts[0], "jobId": job_id, "location": "US"},
            "configuration": configuration,
            "status": {"state": "DONE"} | ({"errorResult": error, "errors": [error]} if error else {}),
            "statistics": {"creationTime": now, "startTime": now, "endTime": now, "query": counts},
        }
        self.state.jobs[job_id] = job
        return job

    def _get(self, job_id: str) -> None:
        if job_id in self.state.jobs:
            self.answer(self.state.jobs[job_id])
        else:
            self.refuse(404, "notFound", f"Not found: Job {job_id}")

    def _page(self, job_id: str) -> dict[str, Any]:
        table = self.state.results[job_id]
        start = int(self.query.get("pageToken", "0") or 0)
        count = min(int(self.query.get("maxResults", self.state.page_rows)), self.state.page_rows)
        rows = [
            {"f": [{"v": _value(value)} for value in row.values()]} for row in table.slice(start, count).to_pylist()
        ]
        more = {"pageToken": str(start + count)} if start + count < table.num_rows else {}
        reference = {"projectId": self.path_parts[0], "jobId": job_id, "location": "US"}
        return {"totalRows": str(table.num_rows), "rows": rows, "jobReference": reference} | more


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, State]]:
    """The address of a fake that reads the files of `folder`, and its state."""
    schemas = {table.rpartition(".")[2]: _fields(schema)["fields"] for table, schema in TABLES.items()}
    state = State(ParquetDatasets(folder), schemas)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _read_query(configuration: dict[str, Any]) -> Query:
    values: dict[str, Any] = {}
    for parameter in configuration["queryParameters"]:
        value = parameter["parameterValue"]
        if parameter["parameterType"]["type"] == "ARRAY":
            values[parameter["name"]] = tuple(one["value"] for one in value.get("arrayValues", []))
        else:
            values[parameter["name"]] = datetime.fromisoformat(value["value"])
    return Query("asked", configuration["query"], values)


def _size_of(query: Query) -> int:
    """20 GiB a day of downloads, twice that with the file name, half without the client; 2 GiB for all uploads."""
    if "distribution_metadata" in query.sql:
        return METADATA_BYTES
    days = (query.values["end_instant"] - query.values["first_instant"]).days
    columns = 2 if "file.filename" in query.sql else 1 if "installer" in query.sql else 0.5
    return int(days * DAY_BYTES * columns)


def _fields(schema: pa.Schema) -> dict[str, Any]:
    return {"fields": [_field(one.name, one.type) for one in schema]}


def _field(name: str, kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {"name": name, "type": "RECORD", "fields": [_field(child.name, child.type) for child in kind.fields]}
    if pa.types.is_list(kind):
        return _field(name, kind.value_type) | {"mode": "REPEATED"}
    words = {"timestamp": "TIMESTAMP", "date": "DATE", "int": "INTEGER", "bool": "BOOLEAN"}
    found = re.match("timestamp|date|int|bool", str(kind))
    return {"name": name, "type": words[found[0]] if found else "STRING"}


def _value(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, list):
        return [{"v": _value(one)} for one in value]
    if isinstance(value, datetime):
        return str(int(value.timestamp()) * 1_000_000 + value.microsecond)
    return str(value)
