"""A query as it is sent: its text, and the values bound to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

Value = datetime | Sequence[str]


@dataclass(frozen=True)
class Query:
    """One statement and the values bound to its parameters."""

    name: str
    sql: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the text and the bound values: two queries of the same hash ask for the same rows."""
        bound = [f"{name}={_written(value)}" for name, value in sorted(self.values.items())]
        return hashlib.sha256("\n".join([self.sql, *bound]).encode()).hexdigest()


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _written(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else "\x00".join(value)
