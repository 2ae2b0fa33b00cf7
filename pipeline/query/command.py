"""`pypi-adoption query`: SQL in, rows out."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import click

from pipeline.errors import QueryError, UsageError
from pipeline.options import database_option
from pipeline.progress import Reporter
from pipeline.query.asking import ask
from pipeline.query.formats import MOST_ROWS, write_csv, write_json, write_table
from pipeline.warehouse.published import open_published, read_run

MEMORY = "4GB"
"""What a query may take, which somebody else may have written; it writes nothing to the disk."""


@click.command()
@click.argument("sql")
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print all rows as JSON, an array of objects.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all rows as CSV that no spreadsheet runs (docs/export.md).")
def query(*, sql: str, db: Path, as_json: bool, as_csv: bool) -> None:
    """Ask the published file one statement of SQL (DuckDB's), or `-` for SQL from stdin; it can only read that file.

    A table shows the first 100 rows.
    """
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other.", way_out="Choose one.")
    asked = _read_stdin() if sql == "-" else sql
    with open_published(db) as connection:
        if read_run(connection, db)["is_simulated"]:
            Reporter().say("SIMULATED: the projects and accounts of this file do not exist.")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute("set lock_configuration = true")
        result = ask(connection, asked, for_spreadsheets=as_csv)
        if as_json:
            write_json(result, sys.stdout)
        elif as_csv:
            if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
                sys.stdout.reconfigure(encoding="utf-8")  # a file for others, whatever this terminal shows
            write_csv(result, sys.stdout)
        elif write_table(result, sys.stdout):
            Reporter().say(f"These are the first {MOST_ROWS} rows; --csv and --json give all.")


def _read_stdin() -> str:
    if sys.stdin is None:
        raise QueryError("There is no SQL: stdin is closed.")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise QueryError("The SQL is not UTF-8 text.") from None
