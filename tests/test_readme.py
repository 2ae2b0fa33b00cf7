"""What the README shows to a newcomer works as it stands there, on a published file."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `data/adoption.duckdb` is a published file."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "data").mkdir()
    places = {"database": folder / "a.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    run(
        Context(
            Settings(source="simulated", projects=400, **places),
            lambda: datetime(2026, 11, 1, tzinfo=UTC),
            "test",
            Reporter(),
        )
    )
    shutil.move(folder / "a.duckdb", folder / "data" / "adoption.duckdb")
    return folder


QUESTIONS = [question.strip() for block in blocks("sql") for question in block.split(";") if question.strip()]


def test_there_are_three_questions() -> None:
    assert len(QUESTIONS) == 3


@pytest.mark.parametrize("question", QUESTIONS, ids=[q.splitlines()[0] for q in QUESTIONS])
def test_the_questions_have_answers(folder: Path, question: str) -> None:
    assert question.startswith("-- ")
    with duckdb.connect(str(folder / "data" / "adoption.duckdb"), read_only=True) as connection:
        assert connection.execute(question).fetchall()


def test_the_query_of_the_command_line_gives_the_same_as_the_first_question(folder: Path) -> None:
    (line,) = [line for block in blocks("console") for line in block.splitlines() if "pypi-adoption query" in line]
    _, command, *words = shlex.split(line)
    assert command == ".venv/bin/pypi-adoption"
    told = subprocess.run(
        [sys.executable, "-m", "pipeline", *words, "--db", str(folder / "data" / "adoption.duckdb"), "--csv"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    with duckdb.connect(str(folder / "data" / "adoption.duckdb"), read_only=True) as connection:
        expected = connection.execute(QUESTIONS[0]).fetchall()
    assert [line.split(",") for line in told.splitlines()[1:]] == [
        [tier, evidence, str(n)] for tier, evidence, n in expected
    ]


def test_the_python_of_the_readme_runs(folder: Path) -> None:
    (block,) = blocks("python")
    result = subprocess.run([sys.executable, "-c", block], cwd=folder, capture_output=True, text=True, check=True)
    assert "top_100" in result.stdout
    assert all(f" {column} " in result.stdout for column in ("tier", "numerator", "denominator", "share"))


def test_every_page_that_the_readme_names_exists() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
