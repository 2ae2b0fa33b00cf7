"""Whether the same question, asked in SQL, polars and pandas, has the same answer."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pandas as pd
import polars as pl

from pipeline.notebook.shown import Sentence


def agree(answer: pl.DataFrame, from_polars: pl.DataFrame, from_pandas: pd.DataFrame) -> Sentence:
    """Say that three answers are the same table, row by row and column by column.

    Numbers are the same within 1 in 10^9; the kind of number does not matter.

    Raises:
        ValueError: they differ; the message shows the first row that does.
    """
    expected = _rows(answer.to_dicts())
    for name, found in (("polars", from_polars.to_dicts()), ("pandas", from_pandas.to_dict("records"))):
        given = _rows(found)
        if len(given) != len(expected):
            raise ValueError(f"SQL gives {len(expected):,} rows, {name} gives {len(given):,}.")
        for one, other in zip(expected, given, strict=True):
            if one.keys() != other.keys() or not all(_same(one[key], other[key]) for key in one):
                raise ValueError(f"SQL gives {one}, {name} gives {other}.")
    number = "row" if len(expected) == 1 else f"{len(expected):,} rows"
    return Sentence(f"polars and pandas give the same {number}.")


def _rows(rows: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    """Nothing is None, a day is a date, whatever a library calls them."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str | bool | date) else float(value)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)
