"""What the options of a command make of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

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
