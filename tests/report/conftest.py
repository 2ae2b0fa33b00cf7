"""The marts written by hand, for every test of the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_marts import make_marts

from pipeline.charts.theme import Look
from pipeline.report import drawings, page
from pipeline.report.reading import Figures


def named_only(figures: Figures, look: Look) -> dict[str, drawings.Drawing | None]:
    """The charts that there would be, without drawing them, which takes most of the time of a page."""
    found = drawings.charts(figures, look)
    return {
        name: drawings.Drawing(f"{name}?", [""], f"{name}.", {}) if table.height else None
        for name, (table, _) in found.items()
    }


@pytest.fixture
def without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the words: pages are made in a third of the time."""
    monkeypatch.setattr(page, "draw", named_only)


@pytest.fixture(scope="module")
def module_without_charts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "draw", named_only)
        yield


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
