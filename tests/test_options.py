"""What the options of a command make of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.options import make_context


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
