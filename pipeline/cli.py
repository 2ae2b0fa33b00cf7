"""The command line: arguments in, one call, exit code out. Results go to stdout, talk to stderr."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click
import duckdb
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from pipeline import run as steps
from pipeline.audit.command import audit
from pipeline.errors import PipelineError, UsageError
from pipeline.progress import Reporter
from pipeline.settings import PROJECT_ROOT, BigQuerySettings, Settings
from pipeline.sources.registry import SOURCES, bigquery
from pipeline.sources.simulated.datasets import write_datasets
from pipeline.sources.simulated.writing import write_simulation
from pipeline.warehouse.catalog import Table, load_catalog
from pipeline.warehouse.checks import stop_on_failure

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULTS = Settings()
SIMULATED_DB = "data/simulated.duckdb for --source simulated"


def code_version() -> str:
    """The version of this project, with the commit where it runs out of a checkout."""
    release = version("pypi-adoption")
    git = ["git", "-C", str(PROJECT_ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        described = subprocess.run(git, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return release
    return f"{release}+{described.stdout.strip()}"


def _period(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(f"{value!r} is not a month, write it as YYYY-MM.")
    return value


def _path_option(name: str, default: Path | None, text: str) -> Callable[[Command], Command]:
    return click.option(
        name, type=click.Path(path_type=Path, resolve_path=True), default=default, help=text, show_default=False
    )


def _where(command: Command) -> Command:
    """The options that say what is meant and where it lies, the same for every step of a run."""
    for option in (
        _path_option("--reports", DEFAULTS.reports, "Folder of the reports [default: reports/]."),
        click.option("--show-accounts", "shows_accounts", is_flag=True, help="Name accounts in the report."),
        _path_option("--landing", DEFAULTS.landing, "Folder of what was fetched [default: data/landing/]."),
        _path_option("--db", None, f"The published DuckDB file [default: data/adoption.duckdb; {SIMULATED_DB}]."),
        click.option(
            "--max-failure-share",
            type=click.FloatRange(0, 1),
            default=DEFAULTS.max_failure_share,
            show_default=True,
            help="Stop when more pages than that cannot be read (pypi).",
        ),
        click.option("--verify", type=int, default=0, help="Check the attestations of that many files (pypi)."),
        click.option(
            "--contact", envvar="PYPI_ADOPTION_CONTACT", help="E-mail or web address, told to the index (pypi)."
        ),
        click.option("--index-url", help="Simple API of another index (pypi)."),
        click.option("--downloads", type=click.Choice(["clickhouse"]), help="Add download counts (pypi)."),
        click.option("--toplist", metavar="FILE|URL", help="Ranks and download counts from a list (pypi)."),
        click.option(
            "--top",
            type=click.IntRange(1, 15000),
            default=DEFAULTS.top,
            show_default=True,
            help="Ask about the N most downloaded (pypi).",
        ),
        click.option("--seed", type=int, default=DEFAULTS.seed, help="Which index (simulated).", show_default=True),
        click.option(
            "--projects", type=int, default=DEFAULTS.projects, help="How many projects (simulated).", show_default=True
        ),
        click.option("--period", callback=_period, help="Month to take, YYYY-MM [default: the newest]."),
        click.option("--source", type=click.Choice(sorted(SOURCES)), default="snapshot", show_default=True),
    ):
        command = option(command)
    return command


def _bigquery(command: Command) -> Command:
    """The options of the source `bigquery`, for the steps that ask it."""
    for option in (
        click.option("--bigquery-storage-endpoint", envvar="BIGQUERY_STORAGE_EMULATOR_HOST", hidden=True),
        click.option("--bigquery-endpoint", envvar="BIGQUERY_EMULATOR_HOST", hidden=True),
        click.option("--refetch", multiple=True, metavar="DAY", help="Count this day anew; `metadata`: all uploads."),
        click.option("--exclude-metadata-files", is_flag=True, help="Leave .metadata and .asc out (reads more)."),
        click.option(
            "--download-detail",
            type=click.Choice(["clients", "plain", "critical"]),
            default="clients",
            show_default=True,
            help="How downloads are counted; `estimate` says what each costs and loses.",
        ),
        click.option("--sample-days", type=int, help="Count so many of the 30 days [default: all]."),
        click.option("--max-gib", type=float, help="Most GiB to be billed for [default: what is left of 900 a month]."),
        _path_option("--bigquery-files", None, "Folder of Parquet files to ask instead (see simulate)."),
        click.option("--bigquery-project", metavar="ID", help="Google Cloud project that runs the queries."),
    ):
        command = option(command)
    return command


def _context(*, source: str, db: Path | None, **others: Any) -> steps.Context:
    chosen = BigQuerySettings(**{f.name: others.pop(f.name) for f in fields(BigQuerySettings) if f.name in others})
    # What is made up must not take the place of what was observed only because --db was left out.
    is_made_up = source == "simulated" or chosen.bigquery_files is not None
    default = DEFAULTS.database.with_name("simulated.duckdb") if is_made_up else DEFAULTS.database
    settings = Settings(source=source, database=db or default, bigquery=chosen, **others)
    return steps.Context(settings, lambda: datetime.now(UTC), code_version(), Reporter())


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="pypi-adoption")
def cli(*, debug: bool) -> None:
    """How far two-factor authentication and Trusted Publishing reach the packages that everybody depends on."""


@cli.command()
@_where
@_bigquery
def run(**where: Any) -> None:
    """Fetch, build, check, publish, and write the report; prints the path of the report."""
    click.echo(steps.run(_context(**where)))


@cli.command()
@_where
@_bigquery
def fetch(**where: Any) -> None:
    """Land what the source gives; prints the folders. What is landed already is not fetched again."""
    for landing in steps.fetch(_context(**where)):
        click.echo(landing.folder)


@cli.command()
@_where
def build(**where: Any) -> None:
    """Build, check and publish from what is landed, with the report; prints the path of the database."""
    context = _context(**where)
    steps.rebuild(context)
    click.echo(context.settings.database)


@cli.command()
@_where
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def check(*, as_json: bool, **where: Any) -> None:
    """Run the checks on the published file; exits with 1 when one of severity `fail` does not hold."""
    results = steps.check(_context(**where))
    if as_json:
        click.echo(json.dumps([vars(result) for result in results], indent=2))
    else:
        rows = [(r.status, r.severity, r.name, "" if r.value is None else f"{r.value:g}", r.bound) for r in results]
        _print_table(("status", "severity", "check", "value", "bound"), rows)
    stop_on_failure(results)


@cli.command()
@_where
def report(**where: Any) -> None:
    """Write the report of the published file anew; prints its path."""
    click.echo(steps.report(_context(**where)))


@cli.command()
@_bigquery
@click.option("--period", callback=_period, help="Month to take, YYYY-MM [default: the newest that is over].")
@_path_option("--landing", DEFAULTS.landing, "Folder of what was fetched [default: data/landing/].")
@click.option("--usd-per-tib", type=float, default=6.25, show_default=True, help="Price of the service.")
@click.option("--free-tib", type=float, default=1.0, show_default=True, help="Its free tier of a month.")
@click.option("--json", "as_json", is_flag=True, help="Print the estimate as JSON.")
def estimate(*, usd_per_tib: float, free_tib: float, as_json: bool, **where: Any) -> None:
    """Say what a month out of BigQuery would read and cost; runs nothing. Without --bigquery-project it is a guess."""
    context = _context(source="bigquery", db=None, **where)
    estimated = bigquery().estimate(
        context.settings, context.now, context.reporter.console, usd_per_tib=usd_per_tib, free_tib=free_tib
    )
    if as_json:
        click.echo(json.dumps(estimated.as_json(), indent=2))
    else:
        click.echo(estimated.as_text())


@cli.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the description as JSON.")
def schema(*, table: str | None, as_json: bool) -> None:
    """Describe the published tables, or the columns of TABLE (write `signals.releases` for one on the way there)."""
    tables = load_catalog()
    published = {t.name if t.layer == "marts" else t.address: t for t in tables}
    if table is None:
        chosen = {name: t for name, t in sorted(published.items()) if t.layer == "marts"}
    elif table.removeprefix("main.") in published:
        chosen = {table: published[table.removeprefix("main.")]}
    else:
        raise UsageError(f"There is no table {table}.", way_out="`pypi-adoption schema` lists them.")
    if as_json:
        click.echo(json.dumps([_described(t) for t in chosen.values()], indent=2))
    elif table is None:
        rows = [(name, one.card.grain, one.card.description) for name, one in chosen.items()]
        _print_table(("table", "grain", "description"), rows)
    else:
        (one,) = chosen.values()
        click.echo(f"{one.address}: {one.card.grain}\n{one.card.description}\n")
        _print_table(("column", "description"), list(one.columns.items()))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
@click.option("--projects", type=int, default=DEFAULTS.projects, show_default=True)
@click.option("--seed", type=int, default=DEFAULTS.seed, show_default=True)
@click.option("--bigquery-shape", is_flag=True, help="Write the two public datasets instead, with few downloads.")
def simulate(*, folder: Path, projects: int, seed: int, bigquery_shape: bool) -> None:
    """Write a fictitious index as Parquet, with its truth, into FOLDER; prints the files."""
    with Reporter().stage("Simulating"):
        files = (write_datasets if bigquery_shape else write_simulation)(folder, projects, seed)
    for file in files:
        click.echo(file)


cli.add_command(audit)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 failed with one line on stderr, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        cli.main(words, prog_name="pypi-adoption", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        sys.exit(2)
    except click.ClickException as error:
        _fail(error.format_message(), UsageError.exit_code)
    except click.Abort:
        _fail("Interrupted. What was published is untouched; the same command continues.", 130)
    except PipelineError as error:
        _show_traceback(words)
        _fail(str(error), error.exit_code)
    except OSError as error:
        _show_traceback(words)
        _fail(f"{error.filename or 'A file'}: {error.strerror or error}. Nothing was published.", 1)
    except duckdb.Error as error:
        _show_traceback(words)
        _fail(f"DuckDB: {str(error).splitlines()[0]} Run again with --debug for the whole story.", 1)


def _fail(message: str, exit_code: int) -> None:
    line = " ".join(message.split())
    click.echo(f"pypi-adoption: {line}", err=True)
    sys.exit(exit_code)


def _show_traceback(words: list[str]) -> None:
    if "--debug" in words:
        traceback.print_exc()


def _described(table: Table) -> dict[str, Any]:
    columns = [{"name": name, "description": text} for name, text in table.columns.items()]
    card = table.card
    return {"table": table.address, "grain": card.grain, "description": card.description, "columns": columns}


def _print_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print as a table on a terminal, and as tab-separated lines elsewhere."""
    if not sys.stdout.isatty():
        for row in (header, *rows):
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
        return
    table = RichTable(*header, show_lines=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
