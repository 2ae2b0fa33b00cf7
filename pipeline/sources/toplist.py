"""The published list of the most downloaded projects of a month, in either of its two formats.

JSON: an object with `last_update` and `rows`, each with `download_count` and `project`. CSV: the same two columns under
a header. In both the most downloaded project comes first, so that the place in the list is the rank.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from packaging.utils import canonicalize_name, is_normalized_name
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.errors import SourceError
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import TableNotes
from pipeline.sources.web import Limits, Validators, Web, WebError, check_address
from pipeline.untrusted import Several, read_bounded, validated_json

WAY_OUT = "Give a list of download_count and project, most downloaded first, as JSON or as CSV with a header."
MEDIA_TYPES = ("application/json", "text/csv", "text/plain", "application/octet-stream")
COLUMNS = {"download_count", "project"}
LONGEST_NAME = 214
MOST_BYTES = 64 * 2**20
"""The longest list that is read; the published one has a hundredth of it."""


def _project_name(text: str) -> str:
    name = canonicalize_name(text)
    if len(text) > LONGEST_NAME or not is_normalized_name(name):
        raise ValueError(f"{text[:LONGEST_NAME]!r} is no project name")
    return name


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    download_count: int = Field(ge=0, lt=2**63)
    project: Annotated[str, AfterValidator(_project_name)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)

    last_update: datetime
    rows: Several[_Row]


_ROW = TypeAdapter(_Row)


@dataclass(frozen=True)
class TopList:
    """The most downloaded projects and their download counts over about a month."""

    origin: str
    """The file or address that it was read from."""
    projects: list[str]
    """PEP 503 names, the most downloaded first."""
    download_counts: list[int]
    """One for each project."""
    last_update: datetime | None
    """When its publisher made it; the CSV format does not say."""
    inputs: tuple[Path, ...] = ()
    """The local file that it was read from, if it was one."""

    def download_totals(self) -> pa.Table:
        """The landing table `download_totals`."""
        return pa.table([self.projects, self.download_counts], schema=LANDING_TABLES["download_totals"])

    def notes(self) -> TableNotes:
        """What the manifest records about these counts."""
        when = f"of {self.last_update:%Y-%m-%d}" if self.last_update else "of an unknown day"
        return TableNotes(
            is_observed=True,
            note=f"Counts of all downloads, mirrors and CI among them, from the list {self.origin}, {when}.",
        )

    def rank(self, index: pa.Table) -> pa.Table:
        """The landing table `index` with the places of this list as ranks, and with the projects that it lacked."""
        ranks = {project: place for place, project in enumerate(self.projects, start=1)}
        names = index["project_name"].to_pylist()
        ranked = pa.array((ranks.get(name) for name in names), type=pa.int32())
        position = index.schema.get_field_index("download_rank")
        known = index.set_column(position, index.schema.field(position), ranked)
        lacking = sorted(ranks.keys() - set(names), key=ranks.__getitem__)
        rows = [{"project_name": project, "download_rank": ranks[project]} for project in lacking]
        return pa.concat_tables([known, pa.Table.from_pylist(rows, schema=index.schema)])


def read_toplist(where: str, *, contact: str, now: Callable[[], datetime], limits: Limits | None = None) -> TopList:
    """Read a list from a file or an address.

    Args:
        where: A path, or an address with `://`.
        contact: For the User-Agent, where it is an address.
        now: The clock.
        limits: What reading an address may cost.

    Raises:
        SourceError: it cannot be read, or is no such list; the message names the place.
    """
    if "://" in where:
        check_address(where, "The top list")
        content = asyncio.run(_download(where, contact, now, limits or Limits()))
        return _parse(content, where)
    path = Path(where)
    try:
        content = read_bounded(path, MOST_BYTES)
    except OSError as error:
        raise SourceError(f"{where} cannot be read: {error.strerror or error}.", way_out=WAY_OUT) from error
    return _parse(content, where, (path,))


async def _download(address: str, contact: str, now: Callable[[], datetime], limits: Limits) -> bytes:
    async with Web(contact=contact, concurrency=1, now=now, limits=limits) as web:
        try:
            answer = await web.get(address, MEDIA_TYPES, Validators())
        except WebError as error:
            raise SourceError(f"{address} cannot be read: {error.reason}.", way_out=WAY_OUT) from error
    return answer.body or b""


def _parse(content: bytes, origin: str, inputs: tuple[Path, ...] = ()) -> TopList:
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            document = validated_json(_Document, text)
            last_update, rows = document.last_update, document.rows
        else:
            last_update, rows = None, list(_csv_rows(text))
        _check(rows)
    except UnicodeDecodeError as error:
        raise SourceError(f"{origin}: byte {error.start + 1} is not UTF-8.", way_out=WAY_OUT) from error
    except ValidationError as error:
        raise SourceError(f"{origin}: {_first_problem(error)}.", way_out=WAY_OUT) from error
    except _BadListError as error:
        raise SourceError(f"{origin}: {error}.", way_out=WAY_OUT) from error
    moment = last_update.replace(tzinfo=UTC) if last_update and last_update.tzinfo is None else last_update
    return TopList(origin, [row.project for row in rows], [row.download_count for row in rows], moment, inputs)


class _BadListError(Exception):
    """Says the place and what is wrong there."""


def _csv_rows(text: str) -> Iterator[_Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if set(reader.fieldnames or ()) != COLUMNS:
            raise _BadListError("line 1: the header is not download_count,project")
        for record in reader:
            if None in record or None in record.values():
                raise _BadListError(f"line {reader.line_num}: not two columns")
            count = record["download_count"]
            number = int(count) if count.isascii() and count.isdigit() and len(count) < len(str(2**63)) else count
            try:
                yield _ROW.validate_python({"download_count": number, "project": record["project"]})
            except ValidationError as error:
                raise _BadListError(f"line {reader.line_num}: {_first_problem(error)}") from error
    except csv.Error as error:
        raise _BadListError(f"line {reader.line_num}: {error}") from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    steps = [f"row {step + 1}" if isinstance(step, int) else str(step) for step in problem["loc"] if step != "rows"]
    return ": ".join([*steps, problem["msg"].removeprefix("Value error, ")])


def _check(rows: list[_Row]) -> None:
    if not rows:
        raise _BadListError("it lists no project")
    places: dict[str, int] = {}
    for place, row in enumerate(rows, start=1):
        if row.project in places:
            raise _BadListError(f"row {place}: {row.project} stands in row {places[row.project]} already")
        places[row.project] = place
        if place > 1 and row.download_count > rows[place - 2].download_count:
            raise _BadListError(f"row {place}: more downloads than in the row before")
