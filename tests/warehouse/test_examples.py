"""The example queries of the cards run, on a file with a little of everything."""

from __future__ import annotations

import pytest

from pipeline.warehouse.catalog import load_catalog
from pipeline.warehouse.checks import as_arrow

EXAMPLES = [(table.name, question, sql) for table in load_catalog() for question, sql in table.card.examples.items()]


@pytest.mark.parametrize(("table", "question", "sql"), EXAMPLES, ids=[question for _, question, _ in EXAMPLES])
def test_example(make_warehouse, table: str, question: str, sql: str) -> None:
    connection = make_warehouse(
        {
            "index": [{"project_name": "a", "download_rank": 1, "newest_release_month": None}],
            "observations": [{"project_name": "a"}],
            "roles": [{"project_name": "a", "account": "ada", "role": "Owner"}],
        },
        "main.runs" if table == "checks" else f"main.{table}",
    )
    if table == "checks":
        # Written last of all, out of what the checks of the others found.
        connection.register("check_results", as_arrow([]))
        connection.execute("create table main.checks as from check_results")
    assert connection.execute(sql).description, question


def test_every_mart_has_an_example() -> None:
    assert [t.name for t in load_catalog() if t.layer == "marts" and not t.card.examples] == []
