"""Answers of the index, kept in one SQLite file: the memory of a collection that was interrupted, and of the last one.

An answer that this collection already has is not asked for again. One of an earlier collection is asked for with its
validators, and costs nothing but the question where it has not changed. Every answer is committed as it comes, so a
killed process loses only what was under way (write-ahead log, https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipeline.errors import SourceError
from pipeline.sources.web import Validators

FORMAT = 1
"""Raised whenever a field is read that answers kept before do not hold; they are then forgotten."""

TABLE = """
create table if not exists answers (
    address text primary key,
    content blob,
    etag text,
    last_modified text,
    checked_at text not null,
    collection text not null
)
"""


@dataclass(frozen=True)
class Kept:
    """One answer."""

    content: bytes | None
    """None where the index said that there is no such page."""
    validators: Validators
    is_current: bool
    """Whether it was given, or confirmed, in this collection."""


class Answers(AbstractContextManager["Answers"]):
    """The answers kept in one file, seen by one collection."""

    def __init__(self, path: Path, collection: str) -> None:
        """Open the file, and make it where there is none.

        Raises:
            SourceError: the file is no such file, is damaged, or cannot be written to.
        """
        self.path = path
        self.collection = collection
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> SourceError:
        return SourceError(
            f"{self.path} cannot be used to keep answers of the index: {error}.",
            way_out="Make room on the disk where it is full; else remove the file, which only saves asking again.",
        )

    def _prepare(self) -> None:
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        (found,) = self._connection.execute("pragma user_version").fetchone()
        if found != FORMAT:
            self._connection.execute("drop table if exists answers")
            self._connection.execute(f"pragma user_version = {FORMAT}")
        self._connection.execute(TABLE)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """The file is open already."""
        return self

    def _run(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Run one statement; the first row that it gives.

        Raises:
            SourceError: the file is damaged, or cannot be written to.
        """
        try:
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return row

    def find(self, address: str) -> Kept | None:
        """What is kept of an address.

        Raises:
            SourceError: the file is damaged.
        """
        row = self._run("select content, etag, last_modified, collection from answers where address = ?", address)
        if row is None:
            return None
        content, etag, last_modified, collection = row
        try:
            unpacked = None if content is None else zlib.decompress(content)
        except (zlib.error, TypeError) as error:
            raise self._unusable(error) from error
        return Kept(unpacked, Validators(etag, last_modified), is_current=collection == self.collection)

    def content(self, address: str) -> bytes | None:
        """The content that is kept of an address."""
        kept = self.find(address)
        return kept.content if kept else None

    def checked_at(self, address: str) -> datetime | None:
        """When this collection asked for an address; None where it has no answer.

        Raises:
            SourceError: the file is damaged.
        """
        query = "select checked_at from answers where address = ? and collection = ?"
        row = self._run(query, address, self.collection)
        try:
            return datetime.fromisoformat(row[0]) if row else None
        except (ValueError, TypeError) as error:
            raise self._unusable(error) from error

    def keep(self, address: str, content: bytes | None, validators: Validators, at: datetime) -> None:
        """Keep what the index gave just now; None where it says that there is no such page."""
        packed = None if content is None else zlib.compress(content, level=1)
        values = (address, packed, validators.etag, validators.last_modified, at.isoformat(), self.collection)
        self._run("insert or replace into answers values (?, ?, ?, ?, ?, ?)", *values)

    def confirm(self, address: str, at: datetime) -> None:
        """The index said just now that its answer is still the one that is kept."""
        update = "update answers set checked_at = ?, collection = ? where address = ?"
        self._run(update, at.isoformat(), self.collection, address)
