from __future__ import annotations

from pathlib import Path

from pipeline.warehouse.catalog import Table
from pipeline.warehouse.dictionary import render

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_up_to_date(catalog: list[Table]) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(catalog), "run `make dictionary`"
