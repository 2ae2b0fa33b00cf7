"""The queries as files with bound parameters, always for whole days between fixed dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pipeline.sources.bigquery.statement import Query, Value, midnight

FOLDER: Final = Path(__file__).resolve().parents[2] / "sql" / "bigquery"
_DAY: Final = timedelta(days=1)
_MARK: Final = re.compile(r" +-- only (\w+)$")
"""Ends a line that belongs to one variant of a query alone: a column that is named is paid, whatever a value says."""


def load(
    name: str, first_day: date, last_day: date, *, variant: str = "", projects: Sequence[str] | None = None
) -> Query:
    """The query of that name for whole UTC days, `last_day` included.

    Args:
        name: Name of the file in `pipeline/sql/bigquery/`.
        first_day: The first day.
        last_day: The last day.
        variant: Which lines marked `-- only VARIANT` are a part of it.
        projects: Names for the parameter `projects`, where the query has one.

    Raises:
        SourceError: it breaks the rule of `refuse_unbounded`.
    """
    # sqlglot is an extra, and a guess of what a query would cost does without.
    from pipeline.sources.bigquery.bounds import refuse_unbounded  # noqa: PLC0415

    values: dict[str, Value] = {"first_instant": midnight(first_day), "end_instant": midnight(last_day) + _DAY}
    if projects is not None:
        values["projects"] = tuple(projects)
    query = Query(name, _text(FOLDER / f"{name}.sql", variant), values)
    refuse_unbounded(query)
    return query


def _text(path: Path, variant: str) -> str:
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        mark = _MARK.search(line)
        if mark is None or mark[1] == variant:
            lines.append(line)
    return "".join(lines)
