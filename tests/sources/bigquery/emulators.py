"""Emulators of BigQuery in an environment of their own, started as processes and filled with a simulated index."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from pipeline.settings import PROJECT_ROOT
from pipeline.sources.bigquery.shape import TABLES

ENVIRONMENT = PROJECT_ROOT / ".venv" / "emulator"
START_SECONDS = 120


@dataclass(frozen=True)
class Emulator:
    """One that answers."""

    rest: str
    storage: str | None


def installed() -> list[str]:
    """The emulators that `make test-bigquery`, which asks for them, could install here."""
    if "WITH_EMULATORS" not in os.environ:
        return []
    return [name for name in ("local-bigquery", "bqemulator") if (ENVIRONMENT / name / "bin" / name).exists()]


@contextmanager
def running(name: str, folder: Path) -> Iterator[Emulator]:
    """Start an emulator with an empty home of its own, and end it afterwards."""
    rest, storage = _free_port(), _free_port()
    environment = ENVIRONMENT / name
    home = folder / "home"
    _place_extensions(environment, home)
    program = str(environment / "bin" / name)
    if name == "local-bigquery":
        words = [program, "--host", "127.0.0.1", "--port", str(rest), "--grpc-port", str(storage)]
        words += ["--project", "bigquery-public-data", "--data-dir", str(folder / "data"), "serve"]
    else:
        words = [program, "start", "--ephemeral", "--rest-host", "127.0.0.1", "--grpc-host", "127.0.0.1"]
        words += ["--rest-port", str(rest), "--grpc-port", str(storage)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env=os.environ | {"HOME": str(home)}, cwd=folder)
        try:
            _wait(f"http://127.0.0.1:{rest}/bigquery/v2/projects/x/datasets", process, folder / "log")
            yield Emulator(f"http://127.0.0.1:{rest}", f"127.0.0.1:{storage}")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def fill(emulator: Emulator, folder: Path) -> None:
    """Make both tables as the public ones are made (nested, repeated, by day, clustered) and load the files."""
    client = bigquery.Client(
        "bigquery-public-data",
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": emulator.rest},
    )
    client.create_dataset("bigquery-public-data.pypi", timeout=30)
    for address, schema in TABLES.items():
        name = address.rpartition(".")[2]
        table = bigquery.Table(address, [_field(one.name, one.type) for one in schema])
        if name == "file_downloads":
            table.time_partitioning = bigquery.TimePartitioning(field="timestamp")
            table.clustering_fields = ["project"]
        client.create_table(table, timeout=30)
        rows = pq.read_table(folder / f"{name}.parquet").to_pylist()
        text = "\n".join(json.dumps(_without_nulls(row), default=lambda value: value.isoformat()) for row in rows)
        settings = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.NEWLINE_DELIMITED_JSON, schema=table.schema
        )
        client.load_table_from_file(io.BytesIO(text.encode()), address, job_config=settings).result(timeout=120)


def _field(name: str, kind: pa.DataType) -> bigquery.SchemaField:
    if pa.types.is_struct(kind):
        return bigquery.SchemaField(name, "RECORD", fields=[_field(one.name, one.type) for one in kind.fields])
    if pa.types.is_list(kind):
        return bigquery.SchemaField(name, "STRING", mode="REPEATED")
    words = {pa.bool_(): "BOOLEAN", pa.int64(): "INTEGER", pa.string(): "STRING"}
    return bigquery.SchemaField(name, words.get(kind, "TIMESTAMP"))


def _without_nulls(row: dict) -> dict:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in row.items()
        if value is not None
    }


def _place_extensions(environment: Path, home: Path) -> None:
    """DuckDB's extensions out of their packages to where the emulator looks for them, since it cannot fetch them."""
    for found in environment.glob("lib/python*/site-packages/duckdb_extension_*/extensions/*/*.duckdb_extension"):
        machine = "linux_amd64" if os.uname().machine == "x86_64" else "linux_arm64"
        folder = home / ".duckdb" / "extensions" / found.parent.name / machine
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, folder)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address on the loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"the emulator did not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
