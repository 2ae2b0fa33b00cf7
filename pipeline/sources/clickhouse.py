"""Download counts without an account: a public ClickHouse mirror of the download log, through its HTTP interface.

The mirror is the one of ClickPy (https://github.com/ClickHouse/clickpy), open to everybody as user `demo` without a
password. Its table `pypi.pypi_downloads_per_day` has `date`, `project` and `count` (scripts/create_tables.sh there):
all downloads of a day, mirrors and CI among them. No table of it tells CI from other installers, so what it fills is
the landing table `download_totals`, not `downloads_daily`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from packaging.utils import is_normalized_name

from pipeline.errors import SourceError
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import TableNotes
from pipeline.sources.web import Limits, Web, WebError, check_address

MIRROR = "https://sql-clickhouse.clickhouse.com/?user=demo"
MEDIA_TYPES = ("application/vnd.apache.arrow.stream", "application/octet-stream", "text/plain")
"""What ClickHouse calls an Arrow stream depends on its version."""

WINDOW_DAYS = 30
OLDEST_DAYS = 60
"""A mirror whose newest day lies further back is out of order."""
PROJECTS_AT_ONCE = 500
"""The public user may be cut off, without a word, after 1,000 rows (`result_overflow_mode = 'break'`)."""
WAY_OUT = "Leave --downloads out, or use --toplist FILE."

NEWEST_DAY_QUERY = """
select toString(max(date)) as newest_day
from pypi.pypi_downloads_per_day
where project in {projects:Array(String)} and date >= {first_day:Date}
format ArrowStream
"""

TOTALS_QUERY = """
select project, sum(count) as download_count
from pypi.pypi_downloads_per_day
where project in {projects:Array(String)} and date between {first_day:Date} and {last_day:Date}
group by project
order by project
format ArrowStream
"""


@dataclass(frozen=True)
class DownloadCounts:
    """Counts from the mirror."""

    table: pa.Table
    """The landing table `download_totals`. A project that the mirror does not have is not in it."""
    notes: TableNotes
    """What the manifest records: the days covered, and the query."""


def read_downloads(
    projects: Sequence[str],
    *,
    contact: str,
    now: Callable[[], datetime],
    mirror: str = MIRROR,
    limits: Limits | None = None,
) -> DownloadCounts:
    """Sum the downloads of the 30 newest whole days that the mirror has.

    Args:
        projects: PEP 503 names.
        contact: For the User-Agent.
        now: The clock.
        mirror: Address of the HTTP interface.
        limits: What a request may cost.

    Raises:
        SourceError: the mirror cannot be asked, is out of date, or answers something else.
    """
    check_address(mirror, "The ClickHouse address")
    if not projects:
        raise SourceError("There is no project to ask downloads for.")
    odd = [name for name in projects if not is_normalized_name(name)]
    if odd:
        raise SourceError(f"{odd[0]!r} is no project name (PEP 503), so no downloads can be asked for it.")
    return asyncio.run(_Reader(mirror, now).read(projects, contact, limits or Limits()))


class _Reader:
    def __init__(self, mirror: str, now: Callable[[], datetime]) -> None:
        self._mirror = mirror
        self._now = now

    async def read(self, projects: Sequence[str], contact: str, limits: Limits) -> DownloadCounts:
        chunks = [projects[start : start + PROJECTS_AT_ONCE] for start in range(0, len(projects), PROJECTS_AT_ONCE)]
        async with Web(contact=contact, concurrency=1, now=self._now, limits=limits) as web:
            last = await self._last_whole_day(web, chunks[0])
            days = {"first_day": last - timedelta(days=WINDOW_DAYS - 1), "last_day": last}
            tables = [await self._totals(web, chunk, days) for chunk in chunks]
        note = (
            f"Counts of all downloads, mirrors and CI among them, over the {WINDOW_DAYS} days to {last}, "
            f"from the public ClickHouse mirror of the download log, which does not tell CI from other installers."
        )
        return DownloadCounts(pa.concat_tables(tables), TableNotes(is_observed=True, note=note, query=TOTALS_QUERY))

    async def _last_whole_day(self, web: Web, projects: Sequence[str]) -> date:
        """The day before the newest one, which may still be filling."""
        oldest = self._now().date() - timedelta(days=OLDEST_DAYS)
        answer = await self._ask(web, NEWEST_DAY_QUERY, projects, {"first_day": oldest})
        try:
            newest = date.fromisoformat(answer["newest_day"].cast(pa.string())[0].as_py())
        except (pa.ArrowException, KeyError, IndexError, TypeError, ValueError) as error:
            raise self._odd_answer() from error
        if not oldest < newest <= self._now().date() + timedelta(days=1):
            raise SourceError(
                f"The ClickHouse mirror {self._mirror} holds no downloads of these projects since {oldest}.",
                way_out=WAY_OUT,
            )
        return newest - timedelta(days=1)

    async def _totals(self, web: Web, projects: Sequence[str], days: Mapping[str, date]) -> pa.Table:
        answer = await self._ask(web, TOTALS_QUERY, projects, days)
        try:
            columns = [answer["project"].cast(pa.string()), answer["download_count"].cast(pa.int64())]
            table = pa.table(columns, schema=LANDING_TABLES["download_totals"])
        except (pa.ArrowException, KeyError) as error:
            raise self._odd_answer() from error
        names = table["project_name"].to_pylist()
        counts_are_odd = table["download_count"].null_count or pc.any(pc.less(table["download_count"], 0)).as_py()
        if len(names) != len(set(names)) or not set(names) <= set(projects) or counts_are_odd:
            raise self._odd_answer()
        return table

    async def _ask(self, web: Web, query: str, projects: Sequence[str], days: Mapping[str, date]) -> pa.Table:
        """Run a query with its values bound, which the interface takes as form fields `param_<name>`."""
        names = ",".join(f"'{name}'" for name in projects)
        values = {"query": query, "param_projects": f"[{names}]"}
        values |= {f"param_{name}": day.isoformat() for name, day in days.items()}
        try:
            answer = await web.post(self._mirror, MEDIA_TYPES, values)
        except WebError as error:
            raise SourceError(
                f"The ClickHouse mirror {self._mirror} cannot be asked: {error.reason}.", way_out=WAY_OUT
            ) from error
        try:
            table = pa.ipc.open_stream(answer.body).read_all()
            table.validate(full=True)
        except (pa.ArrowException, OSError) as error:  # a broken stream is an OSError to the library
            raise self._odd_answer() from error
        return table

    def _odd_answer(self) -> SourceError:
        return SourceError(
            f"The ClickHouse mirror {self._mirror} answers something else than asked for.", way_out=WAY_OUT
        )
