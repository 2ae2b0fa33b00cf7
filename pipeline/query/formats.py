"""The result of a query as a table, as JSON, as CSV."""

from __future__ import annotations

import json
import math
from collections import Counter
from itertools import islice
from typing import Any, TextIO

from pipeline.errors import QueryError
from pipeline.query.asking import Result, Value
from pipeline.terminal import print_table
from pipeline.text import visible

MOST_ROWS = 100
"""Rows that a table shows; the other formats give all."""


def write_table(result: Result, out: TextIO) -> bool:
    """Print the first rows as a table.

    Returns:
        Whether there are more.
    """
    rows = list(islice(result.rows, MOST_ROWS))
    print_table(result.columns, rows, out)
    return next(result.rows, None) is not None


def write_json(result: Result, out: TextIO) -> None:
    """Write an array of objects, one a row and a line; NULL is null, and what JSON has no number for is a text (`nan`).

    Everything beyond ASCII is escaped, so that nothing in it can steer a terminal.

    Raises:
        QueryError: two columns have the same name, or a value is nested too deeply.
    """
    name, count = Counter(result.columns).most_common(1)[0]
    if count > 1:
        raise QueryError(f"{count} columns are called {name}.", way_out="Give them names apart (`... as name`).")
    separator = "[\n"
    for row in result.rows:
        try:
            values = (
                _json_value(json.loads(value) if nested and isinstance(value, str) else value)
                for value, nested in zip(row, result.is_nested, strict=True)
            )
            line = json.dumps(dict(zip(result.columns, values, strict=True)), default=float)
        except RecursionError:
            raise QueryError("A value holds lists within lists, too deeply for JSON.") from None
        out.write(separator + line)
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def write_csv(result: Result, out: TextIO) -> None:
    """Write CSV (RFC 4180, lines end with LF); NULL is an empty cell, and the empty text a pair of quotes.

    The texts must be harmless already (`ask(..., for_spreadsheets=True)`). On a terminal, what does not show is written
    as its code.
    """
    write = _visible_csv_cell if out.isatty() else _csv_cell
    out.write(",".join(write(name) for name in result.columns) + "\n")
    out.writelines(",".join(write(value) for value in row) + "\n" for row in result.rows)


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_json_value(one) for one in value]
    if isinstance(value, dict):
        return {name: _json_value(one) for name, one in value.items()}
    return value


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    needs_quotes = text == "" or any(mark in text for mark in ',"\r\n') or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if needs_quotes else text


def _visible_csv_cell(value: Value) -> str:
    return _csv_cell(visible(value) if isinstance(value, str) else value)
