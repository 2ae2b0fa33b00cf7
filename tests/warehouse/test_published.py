"""A file of another schema version, or of somebody else, is said to be one wherever it is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipeline import open_database
from pipeline.cli import main

OPENINGS: dict[str, Callable[[Path], object]] = {
    "open_database": open_database,
    "query": lambda path: main(["query", "show tables", "--db", str(path)]),
    "schema": lambda path: main(["schema", "--db", str(path)]),
    "check": lambda path: main(["check", "--db", str(path)]),
    "report": lambda path: main(["report", "--db", str(path), "--reports", str(path.parent / "reports")]),
    "export": lambda path: main(["export", str(path.parent / "package"), "--format", "csv", "--db", str(path)]),
}


def make_file(folder: Path, version: str) -> Path:
    path = folder / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table runs as select {version} as schema_version, 'pypi' as source, '2026-09' as period, "
            "timestamp '2026-10-01' as started_at, false as is_simulated, 'x' as run_id, '0.1.0' as code_version, "
            "date '2026-09-30' as observed_on"
        )
    return path


def said(opening: str, path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line, by exception or on stderr with exit 1."""
    with pytest.raises((Exception, SystemExit)) as caught:
        OPENINGS[opening](path)
    if isinstance(caught.value, SystemExit):
        assert caught.value.code == 1
        line = capsys.readouterr().err.removeprefix("pypi-adoption: ").strip()
    else:
        line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize("opening", list(OPENINGS))
def test_a_newer_file_wants_newer_code(opening: str, tmp_path: Path, capsys) -> None:
    path = make_file(tmp_path, "3")
    assert said(opening, path, capsys) == (
        f"{path} has schema version 3, and this code reads 2. Bring pypi-adoption up to date (docs/schema.md)."
    )


@pytest.mark.parametrize("opening", list(OPENINGS))
def test_an_older_file_is_made_anew_from_the_landing(opening: str, tmp_path: Path, capsys) -> None:
    path = make_file(tmp_path, "0")
    line = said(opening, path, capsys)
    assert line.startswith(f"{path} has schema version 0, and this code reads 2. Move it away")
    assert f"`pypi-adoption build --source pypi --period 2026-09 --db {path}`" in line


@pytest.mark.parametrize("opening", list(OPENINGS))
@pytest.mark.parametrize("content", ["create table x as select 1 as y", "create table runs as select 1 as started_at"])
def test_somebody_elses_file_is_not_one_of_this_project(opening: str, content: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(content)
    assert "is not a database of this project" in said(opening, path, capsys)


@pytest.mark.parametrize("opening", list(OPENINGS))
def test_a_strangers_view_reads_no_file_of_this_machine(opening: str, tmp_path: Path, capsys) -> None:
    (tmp_path / "secret.csv").write_text("schema_version,started_at,source\n1,2,stolen\n")
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create view runs as from read_csv('{tmp_path / 'secret.csv'}')")
    line = said(opening, path, capsys)
    assert "is not a database of this project" in line
    assert "stolen" not in line


@pytest.mark.parametrize("opening", list(OPENINGS))
@pytest.mark.parametrize(
    "macro", ["macro count(x) as 0", "macro read_run() as table select 1", "macro main.sum(x) as 7"]
)
def test_a_file_that_brings_functions_of_its_own_is_not_opened(
    opening: str, macro: str, tmp_path: Path, capsys
) -> None:
    path = make_file(tmp_path, "2")
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create {macro}")
    assert "it brings functions of its own" in said(opening, path, capsys)


@pytest.mark.parametrize("opening", list(OPENINGS))
@pytest.mark.parametrize("wrong", ["[1] as source", "1 as is_simulated", "'now' as started_at", "NULL as observed_on"])
def test_a_run_that_is_told_otherwise_is_somebody_elses(opening: str, wrong: str, tmp_path: Path, capsys) -> None:
    path = make_file(tmp_path, "2")
    with duckdb.connect(str(path)) as connection:
        column = wrong.rpartition(" ")[2]
        connection.execute(f"create or replace table runs as select * exclude ({column}), {wrong} from runs")
    line = said(opening, path, capsys)
    assert f"is not a database of this project: its table runs does not say {column} as it should" in line


@pytest.mark.parametrize("opening", list(OPENINGS))
@pytest.mark.parametrize("kind", ["sqlite", "text", "empty", "folder", "pipe"])
def test_what_is_no_duckdb_file_is_said_to_be_none(opening: str, kind: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "a.duckdb"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            database.execute("create table runs (schema_version integer)")
    else:
        path.write_text("project\nflask\n" if kind == "text" else "")
    assert f"{path} is no DuckDB file." in said(opening, path, capsys)


def test_the_command_is_quoted_since_the_file_may_be_a_strangers(tmp_path: Path, capsys) -> None:
    path = make_file(tmp_path, "0")
    with duckdb.connect(str(path)) as connection:
        connection.execute("update runs set source = '$(touch stolen)', period = 'x; ls' || chr(27)")
    line = said("query", path, capsys)
    assert "--source '$(touch stolen)' --period 'x; ls\\u001b'" in line


def test_a_file_without_a_version_is_older(tmp_path: Path, capsys) -> None:
    assert "schema version None" in said("query", make_file(tmp_path, "null::integer"), capsys)
