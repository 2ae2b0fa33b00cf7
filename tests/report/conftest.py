"""The marts written by hand, for every test of the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_marts import make_marts


@pytest.fixture
def marts() -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
    """Makes databases with the marts, and closes them."""
    opened = []

    def make(*changes: str) -> duckdb.DuckDBPyConnection:
        opened.append(make_marts(*changes))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()
