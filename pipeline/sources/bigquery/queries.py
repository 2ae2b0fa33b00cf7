"""The queries as files with bound parameters, and the one rule that none may break: whole days between fixed dates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlglot
from sqlglot import exp

from pipeline.errors import SourceError
from pipeline.sources.bigquery.shape import PARTITION_COLUMN

FOLDER: Final = Path(__file__).resolve().parents[2] / "sql" / "bigquery"

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


def load(name: str, first_day: date, last_day: date, projects: Sequence[str] | None = None) -> Query:
    """The query of that name for whole UTC days, `last_day` included."""
    values: dict[str, Value] = {"first_instant": midnight(first_day), "end_instant": midnight(last_day) + _DAY}
    if projects is not None:
        values["projects"] = tuple(projects)
    query = Query(name, (FOLDER / f"{name}.sql").read_text(encoding="utf-8"), values)
    refuse_unbounded(query)
    return query


def midnight(day: date) -> datetime:
    """The first instant of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def refuse_unbounded(query: Query) -> None:
    """Hold a query against the rule, before it is sent.

    The public table was never seen to refuse a query without a partition filter; a dry run of one showed 440 TB
    (2024-12).

    Raises:
        SourceError: a table cut into days is read without both a first and an end instant bound to values, which are
            midnights.
    """
    for select in sqlglot.parse_one(query.sql, read="bigquery").find_all(exp.Select):
        tables = [source.this for source in (select.args.get("from_"), *select.args.get("joins", [])) if source]
        for table in (t for t in tables if isinstance(t, exp.Table)):
            address = ".".join(part.name for part in table.parts)
            column = PARTITION_COLUMN.get(address)
            if column and not _is_bounded(select, column, query.values):
                raise SourceError(
                    f"The query {query.name} reads {address} without whole days as bounds, so it is not sent.",
                    way_out=f"Bound {column} from both sides with `>=` and `<` and midnights.",
                )


_DAY: Final = timedelta(days=1)


def _is_bounded(select: exp.Select, column: str, values: Mapping[str, Value]) -> bool:
    """Whether the conjunction of the WHERE clause holds `column >= @a` and `column < @b` with midnights."""
    where = select.args.get("where")
    found = set()
    for term in where.this.flatten() if where and isinstance(where.this, exp.And) else [where and where.this]:
        if isinstance(term, exp.GTE | exp.LT) and isinstance(term.this, exp.Column) and term.this.name == column:
            value = values.get(term.expression.name) if isinstance(term.expression, exp.Parameter) else None
            if isinstance(value, datetime) and value == midnight(value.date()):
                found.add(type(term))
    return found == {exp.GTE, exp.LT}


def _written(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else "\x00".join(value)
