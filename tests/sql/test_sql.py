"""Each folder `<table>/<case>/` holds a few landed rows (`<landing table>.csv`) and the rows expected of the table.

A landing table without a file was not observed. Columns left out take the defaults of `tests/conftest.py`; an empty
cell is NULL. `expected.csv` names the columns that the case is about; every row of the table must stand in it.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.sources.contract import LANDING_TABLES

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/*/expected.csv"))


def _value(kind: pa.DataType, text: str) -> Any:
    if text == "":
        return None
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}[text]
    if pa.types.is_integer(kind):
        return int(text)
    if pa.types.is_date(kind):
        return date.fromisoformat(text)
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return text


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _given(case: Path) -> dict[str, list[dict[str, Any]]]:
    given = {}
    for path in sorted(case.glob("*.csv")):
        if path.name != "expected.csv":
            kinds = {field.name: field.type for field in LANDING_TABLES[path.stem]}
            given[path.stem] = [{k: _value(kinds[k], v) for k, v in row.items()} for row in _read(path)]
    return given


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_sql(case: Path, make_warehouse) -> None:
    expected = _read(case / "expected.csv")
    columns = list(expected[0])
    address = case.parent.name
    connection = make_warehouse(_given(case), address, "staging.projects")
    own = [name for name, *_ in connection.execute(f"describe {address}").fetchall()]
    join = (
        ""
        if "project" in own or "project_id" not in own
        else " join (select project_id, project from staging.projects) using (project_id)"
    )
    selected = ", ".join(f"coalesce({column}::varchar, '')" for column in columns)
    found = connection.execute(f"select {selected} from {address}{join}").fetchall()
    assert sorted(found) == sorted(tuple(row.values()) for row in expected)


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
