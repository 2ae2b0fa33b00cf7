"""The options that say what is meant and where it lies, the same for every step of a run, and the context they make."""

from __future__ import annotations

import math
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from pipeline.errors import UsageError
from pipeline.progress import Reporter
from pipeline.run import Context
from pipeline.settings import PROJECT_ROOT, BigQuerySettings, Settings
from pipeline.sources.registry import SOURCES

Command = TypeVar("Command", bound=Callable[..., Any])

DEFAULTS = Settings()
SIMULATED_DB = "data/simulated.duckdb for what is made up"

_ASKS_THE_INDEX = ("pypi", "bigquery")
_OWNERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "seed": ("simulated",),
        "projects": ("simulated",),
        "toplist": ("pypi",),
        "downloads": ("pypi",),
        **dict.fromkeys(("top", "index_url", "contact", "verify", "max_failure_share"), _ASKS_THE_INDEX),
        **{field.name: ("bigquery",) for field in fields(BigQuerySettings)},
    }
)
"""The sources that an option is for; what is not here is for all of them."""


class _Amount(click.FloatRange):
    """A number of a range, and no word for one (`nan`)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


AMOUNT = _Amount(0, 1_000_000_000)
"""GiB or dollars."""


def code_version() -> str:
    """The version of this project, with the commit where it runs out of a checkout."""
    release = version("pypi-adoption")
    git = ["git", "-C", str(PROJECT_ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    # A variable such as GIT_DIR would name another repository's commit.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        described = subprocess.run(  # noqa: S603 - fixed words
            git, capture_output=True, text=True, check=True, timeout=10, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return release
    return f"{release}+{described.stdout.strip()}"


def month(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A month as it was typed, or wrong usage."""
    # Nothing was uploaded before 2000, and the calendar of Python ends with the year 9999.
    if value is not None and not re.fullmatch("2[0-9]{3}-(0[1-9]|1[0-2])", value):
        raise click.BadParameter(f"{value!r} is not a month of 2000 to 2999, write it as YYYY-MM.")
    return value


class Place(click.Path):
    """A path; an empty one, which a script leaves of an unset variable, is not this folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or wrong usage."""
        if value == "":
            self.fail("It is empty.", param, ctx)
        try:
            str(value).encode()
        except UnicodeEncodeError:
            self.fail(f"{str(value)!r} is no UTF-8 text.", param, ctx)
        return super().convert(value, param, ctx)


def filled(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """A text as it was typed; an empty one, which a script leaves of an unset variable, does not mean the default."""
    if value == "":
        raise click.BadParameter("It is empty.")
    return value


def path_option(name: str, default: Path | None, text: str) -> Callable[[Command], Command]:
    """An option that takes a path; `text` names the default, which would be a path of one machine."""
    place = Place(path_type=Path, resolve_path=True)
    return click.option(name, type=place, default=default, help=text, show_default=False)


def database_option(command: Command) -> Command:
    """The option that names the published file, for the commands that only read it."""
    return path_option("--db", DEFAULTS.database, "The published DuckDB file [default: data/adoption.duckdb].")(command)


def landing_option(command: Command) -> Command:
    """The option that names the folder of what was fetched."""
    return path_option("--landing", DEFAULTS.landing, "Folder of what was fetched [default: data/landing/].")(command)


def where_options(command: Command) -> Command:
    """Which month of which source is meant and where things lie: the words of one step serve for the next."""
    for option in (
        path_option("--reports", DEFAULTS.reports, "Folder of the reports [default: reports/]."),
        landing_option,
        path_option("--db", None, f"The published DuckDB file [default: data/adoption.duckdb; {SIMULATED_DB}]."),
        click.option("--period", callback=month, help="Month to take, YYYY-MM [default: the newest]."),
        click.option("--source", type=click.Choice(sorted(SOURCES)), default="snapshot", show_default=True),
    ):
        command = option(command)
    return command


def report_option(command: Command) -> Command:
    """What the report shows, for the steps that make it."""
    return click.option("--show-accounts", "shows_accounts", is_flag=True, help="Name accounts in the report.")(command)


def asking_options(command: Command) -> Command:
    """What is asked of the sources, for the steps that ask them."""
    for option in (
        click.option(
            "--max-failure-share",
            type=_Amount(0, 1),
            default=DEFAULTS.max_failure_share,
            show_default=True,
            help="Stop when more pages than that cannot be read (pypi, bigquery).",
        ),
        click.option(
            "--verify", type=int, default=0, help="Check the attestations of that many files (pypi, bigquery)."
        ),
        click.option(
            "--contact",
            envvar="PYPI_ADOPTION_CONTACT",
            help="E-mail or web address, told to the index (pypi; bigquery asks the index with it only).",
        ),
        click.option("--index-url", callback=filled, help="Simple API of another index (pypi, bigquery)."),
        click.option("--downloads", type=click.Choice(["clickhouse"]), help="Add download counts (pypi)."),
        click.option(
            "--toplist", callback=filled, metavar="FILE|URL", help="Ranks and download counts from a list (pypi)."
        ),
        click.option(
            "--top",
            type=click.IntRange(1, 15000),
            default=DEFAULTS.top,
            show_default=True,
            help="Ask about the N most downloaded (pypi, bigquery).",
        ),
        click.option("--seed", type=int, default=DEFAULTS.seed, help="Which index (simulated).", show_default=True),
        click.option(
            "--projects", type=int, default=DEFAULTS.projects, help="How many projects (simulated).", show_default=True
        ),
    ):
        command = option(command)
    return command


def bigquery_options(command: Command) -> Command:
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
        click.option(
            "--max-gib", type=AMOUNT, help="Most GiB to be billed for [default: what is left of 900 a month]."
        ),
        path_option("--bigquery-files", None, "Folder of Parquet files to ask instead (see simulate)."),
        click.option(
            "--bigquery-project", callback=filled, metavar="ID", help="Google Cloud project that runs the queries."
        ),
    ):
        command = option(command)
    return command


def make_context(*, source: str, db: Path | None, **others: Any) -> Context:
    """What a run needs, out of the values of the options.

    Raises:
        UsageError: an option was typed that the source does not use, or two that exclude each other.
    """
    _refuse_options_of_others(source)
    if others.get("toplist") is not None and others.get("downloads") is not None:
        raise UsageError("--toplist and --downloads both give download counts.", way_out="Leave one of them out.")
    chosen = BigQuerySettings(**{f.name: others.pop(f.name) for f in fields(BigQuerySettings) if f.name in others})
    # What is made up must not take the place of what was observed only because --db was left out.
    is_made_up = source == "simulated" or (source == "bigquery" and chosen.is_elsewhere)
    default = DEFAULTS.database.with_name("simulated.duckdb") if is_made_up else DEFAULTS.database
    settings = Settings(source=source, database=db or default, bigquery=chosen, **others)
    return Context(settings, lambda: datetime.now(UTC), code_version(), Reporter())


def _refuse_options_of_others(source: str) -> None:
    """Stop at an option that was typed in vain; what the environment holds may be meant for another run."""
    context = click.get_current_context(silent=True)
    for option in context.command.params if context else []:
        name = str(option.name)
        owners = _OWNERS.get(name, (source,))
        if source not in owners and was_typed(name):
            raise UsageError(
                f"{option.opts[0]} is for --source {' or '.join(owners)}, not for {source}.",
                way_out="Leave it out, or name that source.",
            )


def was_typed(name: str) -> bool:
    """Whether the parameter of this name stands on the command line, and is no default."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
