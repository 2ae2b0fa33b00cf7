"""The example queries of the cards run, on a file with a little of everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import Settings
from pipeline.warehouse.catalog import load_catalog
from pipeline.warehouse.checks import as_arrow

WITHOUT_ANSWER = {
    "How did the evidence about one project change from month to month?",  # asks for a real project
    "Which checks did not hold?",  # none
}
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
    names = [column[0] for column in connection.execute(sql).description]
    assert len(set(names)) == len(names), question


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file of two months, in which every mart holds rows."""
    folder = tmp_path_factory.mktemp("filled")
    places = {"database": folder / "a.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    for period in ("2026-09", "2026-10"):
        settings = Settings(source="simulated", projects=300, seed=3, period=period, **places)
        run(Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter()))
    with duckdb.connect(str(settings.database), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(("question", "sql"), [row[1:] for row in EXAMPLES], ids=[row[1] for row in EXAMPLES])
def test_where_everything_was_observed_every_question_has_an_answer(filled, question: str, sql: str) -> None:
    values = [value for row in filled.execute(sql).fetchall() for value in row]
    assert any(value is not None for value in values) == (question not in WITHOUT_ANSWER)


def test_every_mart_has_an_example() -> None:
    assert [t.name for t in load_catalog() if t.layer == "marts" and not t.card.examples] == []
