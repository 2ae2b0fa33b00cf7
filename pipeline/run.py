"""A run, from the outside systems to the report, in the order in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import BuildError, ReportError, SourceError
from pipeline.files import locked
from pipeline.landing import land, latest_period, open_landing, verify
from pipeline.manifest import MANIFEST, Landing
from pipeline.progress import Reporter
from pipeline.settings import Settings
from pipeline.sources.interface import UPLOADS, Source
from pipeline.sources.registry import beside, sources_of
from pipeline.warehouse import checks as checking
from pipeline.warehouse.build import Facts, build
from pipeline.warehouse.catalog import load_catalog
from pipeline.warehouse.database import candidate_for, publish
from pipeline.warehouse.history import be_of_one_kind, read_history
from pipeline.warehouse.published import SCHEMA_VERSION, open_published, read_run
from pipeline.warehouse.records import run_facts
from pipeline.warehouse.reuse import state_of_code

if TYPE_CHECKING:
    from pipeline.report.publishing import Prepared

REFERENCE = "reference"
BESIDE = "beside-bigquery"
"""Folder of the landing for what the index shows beside a month of the datasets: another fetch than one of `pypi`."""


@dataclass(frozen=True)
class Context:
    """What a run needs from outside: settings, the clock, the version of the code, somebody to talk to."""

    settings: Settings
    now: Callable[[], datetime]
    code_version: str
    reporter: Reporter


def run(context: Context) -> Path:
    """Fetch, build, check, publish, report.

    Returns:
        The path of the report.

    Raises:
        PipelineError: any step failed; the published database and report are then the ones from before.
    """
    settings = context.settings
    with _alone(settings), _landing_alone(settings):
        sources = _sources(context)
        # Before anything is fetched, and paid, that could not be published.
        be_of_one_kind(settings.database, is_simulated=sources[0].describe().is_simulated)
        return _build_and_publish(context, _fetch(context, sources))


def fetch(context: Context) -> list[Landing]:
    """Land what the source gives, and the reference facts. What is landed already is not fetched again."""
    with _alone(context.settings), _landing_alone(context.settings):
        return _fetch(context, _sources(context))


def rebuild(context: Context) -> Path:
    """Build, check and publish from what is landed, without any network.

    Returns:
        The path of the report, made anew too.
    """
    with _alone(context.settings), _landing_alone(context.settings):
        return _build_and_publish(context, _landed(context.settings))


def check(database: Path) -> list[checking.Result]:
    """Run the checks again on a published file.

    Raises:
        BuildError: the file was built by another state of the code, whose inner tables may be others.
    """
    tables = load_catalog()
    with open_published(database) as connection:
        if connection.execute("select state from build.state").fetchall() != [(state_of_code(),)]:
            raise BuildError(
                f"{database} was built by another state of this code, whose checks are not these.",
                way_out="Its own are in its table `checks`; or build it anew with `pypi-adoption build`.",
            )
        return checking.run_checks(connection, (check for table in tables for check in table.checks()))


def report(context: Context, *, asked_source: str | None = None) -> Path:
    """Make the report of the published file anew.

    Args:
        context: Where things lie.
        asked_source: The source that the file must be of; any without.

    Returns:
        The path of the report.

    Raises:
        ReportError: another month or source is asked for than the file holds.
    """
    settings = context.settings
    with _alone(settings):
        with open_published(settings.database) as connection:
            made = read_run(connection, settings.database)
        source, period = made["source"], made["period"]
        wanted = (asked_source or source, settings.period or period)
        if wanted != (source, period):
            command = f"pypi-adoption build --source {wanted[0]} --period {wanted[1]}"
            raise ReportError(
                f"{settings.database} holds {source} {period}, not {wanted[0]} {wanted[1]}.",
                way_out=f"Make that from what is landed, with its report: `{command}`.",
            )
        with _reports_alone(settings):
            return _publish_report(context, _prepare_report(context, settings.database))


def _sources(context: Context) -> list[Source]:
    return sources_of(context.settings, context.now, context.reporter.console)


def _fetch(context: Context, sources: Sequence[Source]) -> list[Landing]:
    settings = context.settings
    first, *others = sources
    month = _land(context, first, settings.landing)
    return [month, *_fetch_beside(context, month), *(_land(context, one, settings.landing) for one in others)]


def _land(context: Context, source: Source, root: Path) -> Landing:
    described = source.describe()
    period = context.settings.period
    if period not in {None, described.period} and described.source != REFERENCE:
        raise SourceError(
            f"The source {described.source} stands for {described.period}, not for {period}.",
            way_out="Leave --period out.",
        )
    with context.reporter.stage(f"Fetching {described.source}") as advance:
        return land(source, root, now=context.now, code_version=context.code_version, advance=advance)


def _fetch_beside(context: Context, month: Landing) -> list[Landing]:
    """What the index shows beside a month of the datasets; what was landed before stands where it is not asked."""
    known = _landed_beside(context.settings, month)
    source = beside(context.settings, month, known.manifest if known else None, context.now, context.reporter.console)
    if source is not None:
        return [_land(context, source, context.settings.landing / BESIDE)]
    if known is None:
        return []
    verify(known)
    return [known]


def _landed_beside(settings: Settings, month: Landing) -> Landing | None:
    """What was landed beside this very month."""
    folder = settings.landing / BESIDE / "pypi" / month.manifest.period
    if month.manifest.source != "bigquery" or not (folder / MANIFEST).exists():
        return None
    landing = open_landing(folder)
    is_of_month = landing.manifest.parameters.get(UPLOADS) == month.manifest.tables["files"].sha256
    return landing if is_of_month else None


def _landed(settings: Settings) -> list[Landing]:
    reference = settings.landing / REFERENCE / latest_period(settings.landing, REFERENCE)
    period = settings.period or latest_period(settings.landing, settings.source)
    month = open_landing(settings.landing / settings.source / period)
    known = _landed_beside(settings, month)
    landings = [month, *([known] if known else []), open_landing(reference)]
    for landing in landings:
        verify(landing)
    return landings


def _build_and_publish(context: Context, landings: Sequence[Landing]) -> Path:
    settings = context.settings
    tables = load_catalog()
    of_run = run_facts(
        landings[0].manifest,
        settings.cuts,
        started_at=context.now(),
        code_version=context.code_version,
        schema_version=SCHEMA_VERSION,
    )
    month = {name: of_run[name] for name in ("source", "period", "is_simulated")}
    facts = Facts(of_run, read_history(settings.database, tables, **month))
    with candidate_for(settings.database) as candidate:
        with context.reporter.stage("Building the database", total=len(tables)) as advance:
            results = build(candidate, tables, landings, settings, facts, advance)
        for result in results:
            if result.status == "failed" and result.severity == "warn":
                context.reporter.say(f"Warning: {result.name}: {result.value:g} is not {result.bound}.")
        checking.stop_on_failure(results)
        with _reports_alone(settings):
            report = _prepare_report(context, candidate)
            publish(candidate, settings.database)
            return _publish_report(context, report)


def _prepare_report(context: Context, database: Path) -> Prepared:
    settings = context.settings
    with open_published(database) as connection, context.reporter.stage("Writing the report"):
        # Drawing takes seconds to import, and most commands draw nothing.
        from pipeline.report.publishing import prepare_report  # noqa: PLC0415

        return prepare_report(connection, settings.reports, shows_accounts=settings.shows_accounts)


def _publish_report(context: Context, report: Prepared) -> Path:
    from pipeline.report.publishing import publish_report  # noqa: PLC0415 - as above

    for complaint in publish_report(report):
        context.reporter.say(complaint)
    return report.page


def _alone(settings: Settings) -> AbstractContextManager[None]:
    """Be the only run that works on the database."""
    return locked(settings.database.with_name(f".{settings.database.name}.lock"))


def _landing_alone(settings: Settings) -> AbstractContextManager[None]:
    """Be the only run that works on the landing: a fetch removes the files that the one before has left."""
    return locked(settings.landing / ".lock")


def _reports_alone(settings: Settings) -> AbstractContextManager[None]:
    """Be the only run that writes into the folder of reports, where every unfinished report has the same place."""
    return locked(settings.reports / ".lock", waits=True)
