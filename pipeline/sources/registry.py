"""Which source a name means, and how it is made out of the settings."""

from __future__ import annotations

import importlib
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pyarrow as pa
from rich.console import Console

from pipeline.errors import UsageError
from pipeline.manifest import Landing, Manifest
from pipeline.settings import REFERENCE_FOLDER, SNAPSHOT_FOLDER, Settings
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import Source, TableNotes
from pipeline.sources.reference import ReferenceSource
from pipeline.sources.simulated.source import SimulatedSource
from pipeline.sources.snapshot import SnapshotSource

if TYPE_CHECKING:
    from pipeline.sources.pypi.source import PypiSource, Selection

Clock = Callable[[], datetime]
Factory = Callable[[Settings, Clock, Console], Source]


def sources_of(settings: Settings, now: Clock, console: Console) -> list[Source]:
    """The source that the settings name, and the reference facts that every run brings along.

    Args:
        settings: What was asked for.
        now: The clock.
        console: Where a source that takes long tells how far it is.

    Raises:
        SourceError: the source cannot be used as it is set up.
        UsageError: the settings lack something that the source needs.
    """
    return [SOURCES[settings.source](settings, now, console), ReferenceSource(REFERENCE_FOLDER)]


def _snapshot(_: Settings, __: Clock, ___: Console) -> Source:
    return SnapshotSource(SNAPSHOT_FOLDER)


def _simulated(settings: Settings, _: Clock, __: Console) -> Source:
    if settings.period is None:
        return SimulatedSource(settings.projects, settings.seed)
    year, month = (int(part) for part in settings.period.split("-"))
    return SimulatedSource(settings.projects, settings.seed, date(year, month, monthrange(year, month)[1]))


def _pypi(settings: Settings, now: Clock, console: Console) -> Source:
    # The clients of the network take half a second to import, and the other sources do without.
    from pipeline.sources.clickhouse import read_downloads  # noqa: PLC0415
    from pipeline.sources.pypi.source import Selection, top_projects  # noqa: PLC0415
    from pipeline.sources.toplist import read_toplist  # noqa: PLC0415

    if settings.contact is None:
        raise UsageError(
            "The index wants to know who asks.", way_out="Add --contact with an e-mail or web address of yours."
        )
    index, notes, inputs = known_index(SNAPSHOT_FOLDER)
    if settings.toplist is not None:
        toplist = read_toplist(settings.toplist, contact=settings.contact, now=now)
        ranked = toplist.rank(index)
        selection = Selection(
            top_projects(ranked, settings.top),
            ranked,
            notes,
            toplist.download_totals(),
            toplist.notes(),
            (*inputs, *toplist.inputs),
        )
    elif settings.downloads == "clickhouse":
        names = top_projects(index, settings.top)
        counts = read_downloads(names, contact=settings.contact, now=now)
        selection = Selection(names, index, notes, counts.table, counts.notes, inputs)
    else:
        selection = Selection(top_projects(index, settings.top), index, notes, inputs=inputs)
    return _asking(selection, settings, settings.contact, now, console)


def _asking(selection: Selection, settings: Settings, contact: str, now: Clock, console: Console) -> PypiSource:
    from pipeline.sources.pypi.source import Manners, PypiSource  # noqa: PLC0415 - see `_pypi`

    manners = Manners(
        contact=contact,
        index_url=settings.index_url,
        max_failure_share=settings.max_failure_share,
        verify=settings.verify,
    )
    kept_answers = settings.landing / "pypi" / "answers.sqlite"
    return PypiSource(selection, manners, kept_answers=kept_answers, now=now, console=console)


def beside(settings: Settings, month: Landing, landed: Manifest | None, now: Clock, console: Console) -> Source | None:
    """The source that completes a month of the datasets with what the index shows of its most downloaded projects.

    Args:
        settings: Without a contact the index is not asked. Of other data than the public ones, only an index that is
            named is asked: projects that are made up are no question for the public one.
        month: What the first source has landed.
        landed: What was landed beside that month before.
        now: The clock.
        console: Where it is told how far it is.
    """
    is_askable = settings.index_url is not None or month.manifest.parameters.get("data") == "public"
    if settings.source != "bigquery" or settings.contact is None or not is_askable:
        return None
    from pipeline.sources.beside import IndexBeside, most_downloaded  # noqa: PLC0415 - see `_pypi`
    from pipeline.sources.pypi.source import Selection  # noqa: PLC0415

    nothing_known = LANDING_TABLES["index"].empty_table()
    selection = Selection(most_downloaded(month, settings.top), nothing_known)
    return IndexBeside(_asking(selection, settings, settings.contact, now, console), month, landed)


def _bigquery(settings: Settings, now: Clock, console: Console) -> Source:
    source: Source = bigquery().bigquery_source(settings, now, console)
    return source


def bigquery() -> ModuleType:
    """The module `pipeline.sources.bigquery.setup`, which the other sources do without."""
    return importlib.import_module("pipeline.sources.bigquery.setup")


def known_index(folder: Path) -> tuple[pa.Table, TableNotes, tuple[Path, ...]]:
    """All projects that the bundled snapshot knows: the landing table `index`, its notes, and the file read for it."""
    snapshot = SnapshotSource(folder)
    description = snapshot.describe()
    batches = [batch for _, batch in snapshot.batches(folder)]
    note = (
        f"Names and months of the newest releases are those of the bundled snapshot of {description.observed_on}, and "
        "its ranks, unless a top list is given. Of a project that was asked about, its page tells the newest upload."
    )
    notes = TableNotes(is_observed=True, note=note, observed_on=description.observed_on)
    return pa.Table.from_batches(batches, LANDING_TABLES["index"]), notes, description.inputs


SOURCES: dict[str, Factory] = {
    "bigquery": _bigquery,
    "pypi": _pypi,
    "simulated": _simulated,
    "snapshot": _snapshot,
}
"""The sources that a run can ask for, by their short names."""
