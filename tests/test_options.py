"""What the options of a command make of a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click import NoSuchOption

from pipeline.cli import cli, main
from pipeline.errors import UsageError
from pipeline.options import code_version, make_context


def database(**values: object) -> str:
    """The name of the file that is published where no --db is given."""
    return make_context(db=None, **values).settings.database.name


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"bigquery_files": Path("files")},
        {"bigquery_endpoint": "http://127.0.0.1:9050"},
        {"bigquery_storage_endpoint": "127.0.0.1:9060"},
    ],
)
def test_what_is_made_up_does_not_take_the_place_of_what_was_observed(elsewhere: dict[str, object]) -> None:
    assert database(source="simulated") == "simulated.duckdb"
    assert database(source="bigquery", **elsewhere) == "simulated.duckdb"
    assert database(source="bigquery") == "adoption.duckdb"
    # An emulator that the environment names is nothing to the other sources.
    assert database(source="pypi", **elsewhere) == "adoption.duckdb"


@pytest.mark.parametrize(
    "words",
    [
        *(["--max-gib", amount] for amount in ("nan", "inf", "-5", "1e300")),
        *([option, "nan"] for option in ("--usd-per-tib", "--free-tib")),
        *(["--period", month] for month in ("0000-05", "9999-12", "\uff12\uff10\uff12\uff16-01", "2026-1", "2026-13")),
    ],
)
def test_a_value_that_cannot_be_meant_is_one_line(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["estimate", *words])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"pypi-adoption: Invalid value for '{words[0]}': ")


@pytest.mark.parametrize("option", ["--db", "--landing", "--reports"])
def test_an_empty_place_is_not_the_current_folder(option: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["build", option, ""])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"pypi-adoption: Invalid value for '{option}': It is empty.\n"


@pytest.mark.parametrize("option", ["--index-url", "--toplist", "--bigquery-project"])
def test_an_empty_address_is_not_the_public_one(option: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fetch", "--source", "pypi", option, ""])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"pypi-adoption: Invalid value for '{option}': It is empty.\n"


@pytest.mark.parametrize("words", [["audit", "", "--contact", "a@b.c"], ["audit", "--index-url", ""], ["export", ""]])
def test_an_empty_word_of_another_command_is_refused(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(": It is empty.\n")


def test_a_place_that_is_no_text_is_one_line(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["build", "--db", "a\udcff.duckdb"])
    assert ended.value.code == 2
    assert "is no UTF-8 text." in capsys.readouterr().err


@pytest.mark.parametrize("command", ["fetch", "build", "report", "run"])
def test_the_words_of_one_step_serve_for_the_next(command: str) -> None:
    words = ["--source", "simulated", "--period", "2026-10", "--db", "a.duckdb", "--landing", "b", "--reports", "c"]
    read(command, *words)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_version_is_that_of_this_checkout_whatever_the_environment_names(monkeypatch, tmp_path: Path) -> None:
    told = code_version()
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    assert code_version() == told


def read(command: str, *words: str) -> None:
    """Read the words of a command, as the command line does."""
    with cli.commands[command].make_context(command, [*words]) as context:
        make_context(**context.params)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--toplist", "x.csv"], "--toplist is for --source pypi, not for snapshot."),
        (["--verify", "3"], "--verify is for --source pypi or bigquery, not for snapshot."),
        (["--source", "pypi", "--projects", "20000"], "--projects is for --source simulated, not for pypi."),
        (["--source", "pypi", "--max-gib", "9"], "--max-gib is for --source bigquery, not for pypi."),
        (["--source", "pypi", "--toplist", "x.csv", "--downloads", "clickhouse"], "--toplist and --downloads both"),
    ],
)
def test_an_option_that_the_source_does_not_use_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read("run", *words)
    assert str(refused.value).startswith(said)


def test_what_was_not_typed_or_is_used_is_not_refused(monkeypatch) -> None:
    monkeypatch.setenv("PYPI_ADOPTION_CONTACT", "you@example.org")
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", "http://127.0.0.1:9050")
    read("run", "--period", "2026-10")
    read("run", "--source", "pypi", "--toplist", "x.csv", "--top", "10", "--contact", "me@example.org")
    read("build", "--source", "bigquery", "--period", "2026-10")
    read("fetch", "--source", "simulated", "--projects", "30", "--seed", "2")


@pytest.mark.parametrize(
    "words", [["build", "--top", "10"], ["report", "--seed", "2"], ["check", "--period", "2026-10"]], ids=" ".join
)
def test_a_step_that_asks_no_source_takes_no_option_about_asking(words: list[str]) -> None:
    with pytest.raises(NoSuchOption):
        read(*words)
