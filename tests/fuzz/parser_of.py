"""What a fuzzed parser is, and how its documents are made."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import SourceError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INDEX = "https://index.example.org/simple/"
COUNTED = pa.table({"project": ["webby"], "download_count": pa.array([5], pa.int64())})


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


def file_reader(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """A reader of files as one of bytes."""

    def reads(content: bytes, folder: Path) -> object:
        path = folder / name
        path.write_bytes(content)
        return read(path)

    return reads


def arrow_stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()
