"""A query as it is sent: its text, and the values bound to it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

_COMMENT: Final = re.compile(r"--.*")
"""To the end of a line; no literal of the queries holds two hyphens."""

Value = datetime | Sequence[str]


@dataclass(frozen=True)
class Query:
    """One statement and the values bound to its parameters."""

    name: str
    sql: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the text and the bound values: two queries of the same hash ask for the same rows.

        Comments and the breaks of lines ask for nothing: what was paid is not paid again because they are written anew.
        """
        bound = [f"{name}={_written(value)}" for name, value in sorted(self.values.items())]
        text = " ".join(_COMMENT.sub("", self.sql).split())
        return hashlib.sha256("\n".join([text, *bound]).encode()).hexdigest()


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _written(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else "\x00".join(value)
