"""`report.json`: the report as a program reads it, beside the page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import ReportError
from pipeline.figures import figure_queries
from pipeline.report.headline import Headline
from pipeline.report.headlines import headlines
from pipeline.report.reading import Figures
from pipeline.text import visible
from pipeline.untrusted import Moment, Named, Several, read_bounded, validated_json

FORMAT = 1
"""Grows when a field changes its meaning or goes."""

NAME = "report.json"

MOST_BYTES = 256 * 2**20
"""The longest page or record that is read back; a page has about 2 MB."""


class Record(BaseModel):
    """What a report says, with the queries that give its figures. Nothing in it names an account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    period: str
    """The month, `YYYY-MM`."""
    previous_period: str | None
    """The month of the same source that it is compared with."""
    observed_on: date
    source: str
    is_simulated: bool
    made_at: Moment
    """When the published file was made (UTC)."""
    code_version: str
    page_sha256: str
    """Of the page that belongs to this record."""
    headlines: Several[Headline]
    queries: Named[str]
    """By name; they read the published DuckDB file."""

    def headline(self, name: str) -> Headline | None:
        """The headline of that name."""
        return next((one for one in self.headlines if one.name == name), None)


@dataclass(frozen=True)
class Listed:
    """A report among others."""

    folder: str
    """Name of its folder."""
    record: Record


FIRST = {
    "sensitivity/two_factor_shown/top1pct/enforced/plain/projects": "Critical projects with evidence",
    "sensitivity/two_factor_shown/all/enforced/plain/projects": "The whole index, with evidence",
    "sensitivity/attested/all/plain/projects": "Projects whose newest release carries provenance",
}
"""Names of the headlines that a list of reports shows, and what they are called there."""


def make_record(figures: Figures, page: str) -> Record:
    """The record of a page made of these figures."""
    run = figures["run"].row(0, named=True)
    found = headlines(figures)
    used = {one.query for one in found}
    return Record(
        format=FORMAT,
        **{name: run[name] for name in Record.model_fields if name in run and name != "made_at"},
        made_at=run["made_at"].replace(tzinfo=UTC),
        page_sha256=hashlib.sha256(page.encode()).hexdigest(),
        headlines=found,
        queries={name: query for name, query in figure_queries("report").items() if name in used},
    )


def read_record(path: Path) -> Record:
    """Read a record back.

    Raises:
        ReportError: it is none, or not that of the page beside it.
    """
    try:
        record = validated_json(Record, read_bounded(path, MOST_BYTES))
        page = read_bounded(path.with_name("index.html"), MOST_BYTES)
    except (ValidationError, OSError) as error:
        raise ReportError(
            f"{path} is no record of a report: {str(error).splitlines()[0]}", way_out=_ANEW.format(path.parent.name)
        ) from error
    if record.page_sha256 != hashlib.sha256(page).hexdigest():
        raise ReportError(
            f"{path} does not belong to the page beside it.", way_out=_ANEW.format(visible(record.period[:7]))
        )
    return record


_ANEW = "Make that report anew: `pypi-adoption build --period {0}`."
