"""Which source a name means, and how it is made out of the settings."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from pipeline.settings import REFERENCE_FOLDER, SNAPSHOT_FOLDER, Settings
from pipeline.sources.interface import Source
from pipeline.sources.reference import ReferenceSource
from pipeline.sources.simulated.source import SimulatedSource
from pipeline.sources.snapshot import SnapshotSource


def _snapshot(_: Settings) -> Source:
    return SnapshotSource(SNAPSHOT_FOLDER)


def _simulated(settings: Settings) -> Source:
    if settings.period is None:
        return SimulatedSource(settings.projects, settings.seed)
    year, month = (int(part) for part in settings.period.split("-"))
    return SimulatedSource(settings.projects, settings.seed, date(year, month, monthrange(year, month)[1]))


def _reference(_: Settings) -> Source:
    return ReferenceSource(REFERENCE_FOLDER)


SOURCES: dict[str, Callable[[Settings], Source]] = {"snapshot": _snapshot, "simulated": _simulated}
"""The sources that a run can ask for, by their short names."""


def sources_of(settings: Settings) -> list[Source]:
    """The source that the settings name, and the reference facts that every run brings along.

    Raises:
        SourceError: the source cannot be used as it is set up.
    """
    return [SOURCES[settings.source](settings), _reference(settings)]
