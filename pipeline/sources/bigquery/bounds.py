"""The one rule that no query may break: a table cut into days is read for whole days between fixed dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlglot
from sqlglot import exp

from pipeline.errors import SourceError
from pipeline.sources.bigquery.shape import PARTITION_COLUMN
from pipeline.sources.bigquery.statement import Query, Value, midnight


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
