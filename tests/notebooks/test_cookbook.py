"""Each recipe of the cookbook, on a simulated index, against an answer that was counted another way."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import Path

import nbformat
import polars as pl
import pytest
from answers import PROJECTS, SEED, Truth, answers

from pipeline.sources.simulated.truth import truth_tables
from pipeline.sources.simulated.world import make_world

COOKBOOK = Path(__file__).parents[2] / "notebooks" / "07_cookbook.ipynb"
RECIPES = range(1, 21)


def cells() -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(COOKBOOK, as_version=4).cells if cell.cell_type == "code"]


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


@pytest.fixture(scope="module")
def found(simulated_database: Path) -> dict[int, pl.DataFrame]:
    """What each recipe gives in SQL; its own last line holds that polars and pandas give the same."""
    given: dict[int, pl.DataFrame] = {}
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYPI_ADOPTION_DB", str(simulated_database))
        for cell in cells():
            exec(compile(ast.parse(cell.source), cell.id, "exec"), names)  # noqa: S102 - the notebook is the subject
            if "pandas" in tags(cell):
                answer = names["in_sql"]
                assert isinstance(answer, pl.DataFrame)
                given[int(tags(cell)[0].removeprefix("recipe-"))] = answer
    names["adoption"].connection.close()
    return given


@pytest.fixture(scope="module")
def expected(simulated_database: Path) -> dict[int, list[tuple]]:
    tables = truth_tables(make_world(PROJECTS, SEED, date(2026, 10, 31)))
    truth = Truth({name: table.to_pylist() for name, table in tables.items()})
    observed = {
        "account_two_factor": 0,
        "download_rank": sum(row["download_rank"] is not None for row in truth.projects),
        "downloads": sum(row["downloads_30d"] is not None for row in truth.projects),
        "roles": sum(row["owner_count"] is not None for row in truth.projects),
        "status": sum(row["status"] is not None for row in truth.projects),
        "requirements": sum(row["unparsable_requirement_count"] == 0 for row in truth.projects),
        "newest_upload": sum(row["newest_upload_at"] is not None for row in truth.projects),
        "publisher_identity": sum(row["publisher_kind"] is not None for row in truth.projects),
    }
    coverage = [{"measure": m, "observed_count": n, "total_count": PROJECTS} for m, n in observed.items()]
    return answers(truth, datetime(2023, 11, 1), coverage)  # noqa: DTZ001 - as the notebook has it


def test_there_are_twenty_recipes_in_three_languages() -> None:
    marked = [tuple(tags(cell)) for cell in cells() if tags(cell)]
    languages = ("sql", "polars", "pandas")
    assert marked == [(f"recipe-{number:02}", language) for number in RECIPES for language in languages]


@pytest.mark.parametrize("number", RECIPES)
def test_recipe_gives_the_true_answer(
    number: int, found: dict[int, pl.DataFrame], expected: dict[int, list[tuple]]
) -> None:
    rows = found[number].rows()
    if number == 20:  # the truth knows eight of the measures of coverage
        measures = {measure for measure, *_ in expected[20]}
        rows = [row for row in rows if row[0] in measures]
    assert rows, "a recipe without an answer would show nothing"
    assert len(rows) == len(expected[number])
    for row, truth in zip(rows, expected[number], strict=True):
        assert row == pytest.approx(truth, rel=1e-9) if all(map(is_number, row)) else same(row, truth)


def is_number(value: object) -> bool:
    return isinstance(value, int | float)


def same(row: tuple, truth: tuple) -> bool:
    pairs = zip(row, truth, strict=True)
    return all(
        one == pytest.approx(other, rel=1e-9) if isinstance(other, float) else one == other for one, other in pairs
    )
