"""The command line: arguments in, one call, exit code out. Results go to stdout, talk to stderr."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import duckdb
from polars.exceptions import PanicException

from pipeline import run as steps
from pipeline.audit.command import audit
from pipeline.errors import PipelineError, UsageError
from pipeline.export.command import export
from pipeline.options import (
    AMOUNT,
    DEFAULTS,
    Place,
    asking_options,
    bigquery_options,
    database_option,
    landing_option,
    make_context,
    month,
    report_option,
    was_typed,
    where_options,
)
from pipeline.progress import Reporter
from pipeline.query.command import query
from pipeline.renewal import renew_snapshot
from pipeline.settings import SNAPSHOT_FOLDER
from pipeline.sources.registry import bigquery
from pipeline.sources.simulated.datasets import write_datasets
from pipeline.sources.simulated.writing import write_simulation
from pipeline.terminal import print_table
from pipeline.text import visible
from pipeline.warehouse.catalog import Table, load_catalog
from pipeline.warehouse.checks import stop_on_failure
from pipeline.warehouse.published import SCHEMA_VERSION, column_types


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="pypi-adoption")
def cli(*, debug: bool) -> None:
    """How far two-factor authentication and Trusted Publishing reach the packages that everybody depends on."""


@cli.command()
@where_options
@report_option
@asking_options
@bigquery_options
def run(**where: Any) -> None:
    """Fetch, build, check, publish, and write the report; prints the path of the report."""
    click.echo(steps.run(make_context(**where)))


@cli.command()
@where_options
@asking_options
@bigquery_options
def fetch(**where: Any) -> None:
    """Land what the source gives; prints the folders. What is landed already is not fetched again."""
    for landing in steps.fetch(make_context(**where)):
        click.echo(landing.folder)


@cli.command()
@where_options
@report_option
def build(**where: Any) -> None:
    """Build, check and publish from what is landed, with the report; prints the path of the database."""
    context = make_context(**where)
    steps.rebuild(context)
    click.echo(context.settings.database)


@cli.command()
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def check(*, as_json: bool, db: Path) -> None:
    """Run the checks on the published file; exits with 1 when one of severity `fail` does not hold."""
    results = steps.check(db)
    if as_json:
        click.echo(json.dumps([vars(result) for result in results], indent=2))
    else:
        rows = [(r.status, r.severity, r.name, "" if r.value is None else f"{r.value:g}", r.bound) for r in results]
        print_table(("status", "severity", "check", "value", "bound"), rows)
    stop_on_failure(results)


@cli.command()
@where_options
@report_option
def report(**where: Any) -> None:
    """Write the report of the published file anew; prints its path."""
    asked_source = where["source"] if was_typed("source") else None
    click.echo(steps.report(make_context(**where), asked_source=asked_source))


@cli.command()
@bigquery_options
@click.option("--period", callback=month, help="Month to take, YYYY-MM [default: the newest that is over].")
@landing_option
@click.option("--usd-per-tib", type=AMOUNT, default=6.25, show_default=True, help="Price of the service.")
@click.option("--free-tib", type=AMOUNT, default=1.0, show_default=True, help="Its free tier of a month.")
@click.option("--json", "as_json", is_flag=True, help="Print the estimate as JSON.")
def estimate(*, usd_per_tib: float, free_tib: float, as_json: bool, **where: Any) -> None:
    """Say what a month out of BigQuery would read and cost; runs nothing. Without --bigquery-project it is a guess."""
    context = make_context(source="bigquery", db=None, **where)
    estimated = bigquery().estimate(
        context.settings, context.now, context.reporter.console, usd_per_tib=usd_per_tib, free_tib=free_tib
    )
    if as_json:
        click.echo(json.dumps(estimated.as_json(), indent=2))
    else:
        click.echo(estimated.as_text())


@cli.command()
@click.argument("table", required=False)
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print the description as JSON.")
def schema(*, table: str | None, db: Path, as_json: bool) -> None:
    """Describe the published tables, or the columns of TABLE (write `signals.uploads` for one on the way there).

    The types of the columns are those of the published file; without one they are left out.
    """
    tables = load_catalog()
    published = {t.name if t.layer == "marts" else t.address: t for t in tables}
    if table is None:
        chosen = {name: t for name, t in sorted(published.items()) if t.layer == "marts"}
    elif table.removeprefix("main.") in published:
        chosen = {table: published[table.removeprefix("main.")]}
    else:
        raise UsageError(f"There is no table {table}.", way_out="`pypi-adoption schema` lists them.")
    types = column_types(db) if db.exists() else {}
    if as_json:
        click.echo(json.dumps([_described(t, types) for t in chosen.values()], indent=2))
    elif table is None:
        rows = [(name, one.card.grain, one.card.description) for name, one in chosen.items()]
        print_table(("table", "grain", "description"), rows)
    else:
        (one,) = chosen.values()
        click.echo(f"{one.address}: {one.card.grain}\n{one.card.description}\n")
        columns = [(name, types.get((one.address, name), ""), text) for name, text in one.columns.items()]
        print_table(("column", "type", "description"), columns)


@cli.command()
@click.argument("folder", type=Place(path_type=Path, file_okay=False, resolve_path=True))
@click.option("--projects", type=int, default=DEFAULTS.projects, show_default=True, help="How many projects.")
@click.option("--seed", type=int, default=DEFAULTS.seed, show_default=True, help="Which index; one seed, one index.")
@click.option("--bigquery-shape", is_flag=True, help="Write the two public datasets instead, with few downloads.")
def simulate(*, folder: Path, projects: int, seed: int, bigquery_shape: bool) -> None:
    """Write a fictitious index as Parquet, with its truth, into FOLDER; prints the files."""
    with Reporter().stage("Simulating"):
        files = (write_datasets if bigquery_shape else write_simulation)(folder, projects, seed)
    for file in files:
        click.echo(file)


@cli.command()
@click.argument(
    "folder",
    type=Place(path_type=Path, file_okay=False, resolve_path=True),
    default=SNAPSHOT_FOLDER,
    required=False,
)
@database_option
def snapshot(*, folder: Path, db: Path) -> None:
    """Make the bundled snapshot anew out of a published run over BigQuery; prints the data file and its card.

    FOLDER is where both are written [default: data/snapshot/].
    """
    for file in renew_snapshot(db, folder):
        click.echo(file)


MOST_CHARACTERS_TOLD = 600
"""Of an error that nobody foresaw; it may quote a stranger."""

INTERRUPTED = "Interrupted. What is published is whole; the same command continues."

_ROOM = "Make room on the disk, or choose another place."
_RIGHTS = "Choose another place, or ask for the right to write there."
_WAYS_OUT = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
}


for command in (audit, query, export):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    _open_streams()
    try:
        cli.main(words, prog_name="pypi-adoption", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message(), UsageError.exit_code)
    except (click.Abort, duckdb.InterruptException):
        _fail(INTERRUPTED, 130)
    except PipelineError as error:
        _show_traceback(words)
        _fail(str(error), error.exit_code)
    except OSError as error:
        _show_traceback(words)
        way_out = _WAYS_OUT.get(error.errno or 0, "")
        _fail(f"{error.filename or 'What was being written'}: {error.strerror or error}. {way_out}", 1)
    except (Exception, PanicException) as error:  # noqa: BLE001 - told in one line, and wholly with --debug
        if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
            # What DuckDB makes of Ctrl-C while it is at work.
            _fail(INTERRUPTED, 130)
        _show_traceback(words)
        what = "DuckDB" if isinstance(error, duckdb.Error) else type(error).__name__
        said = next(iter(str(error).splitlines()), "")[:MOST_CHARACTERS_TOLD].rstrip(". ") or "it says no more"
        _fail(f"{what}: {said}. Run again with --debug for the whole story.", 1)


def _open_streams() -> None:
    """Have streams that can be written to: a closed one swallows, and letters that one does not know are codes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - open to the end
        elif isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):  # somebody has put another file behind it
                stream.reconfigure(errors="backslashreplace")


def _fail(message: str, exit_code: int) -> None:
    line = visible(" ".join(message.split()))
    click.echo(f"pypi-adoption: {line}", err=True)
    sys.exit(exit_code)


def _show_traceback(words: list[str]) -> None:
    if "--debug" in words:
        traceback.print_exc()


def _described(table: Table, types: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    columns = [
        {"name": name, "type": types.get((table.address, name)), "description": text}
        for name, text in table.columns.items()
    ]
    card = table.card
    return {
        "table": table.address,
        "schema_version": SCHEMA_VERSION,
        "grain": card.grain,
        "description": card.description,
        "columns": columns,
    }
