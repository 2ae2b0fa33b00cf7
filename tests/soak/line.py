"""One database that is refreshed month by month, and the processes that do it."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import yaml
from child import BEGUN, Refresh, refresh
from faults import ANYWHERE, BACK_BY_YEARS, BACK_IN_THE_MONTH, ON_THE_NETWORK, Disk
from index_server import Index, IndexServer

from pipeline.settings import SNAPSHOT_FOLDER
from pipeline.sources.simulated import as_pypi, make_world, observe
from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.warehouse.catalog import load_catalog
from pipeline.warehouse.checks import run_checks

SEED_OF_THE_INDEX = 5
PATIENCE_SECONDS = 300

CATALOG = load_catalog()
CHECKS = [check for table in CATALOG for check in table.checks()]
PRELOADED = [
    "child",
    "pipeline.sources.clickhouse",
    "pipeline.sources.toplist",
    "pipeline.sources.pypi.source",
    "pipeline.statistics.hazards",
    "pipeline.statistics.interruptions",
    "pipeline.statistics.survival",
    *sorted({str(t.card.python).partition(":")[0] for t in CATALOG if t.card.python}),
]


def processes() -> multiprocessing.context.ForkServerContext:
    """Processes forked from one that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


@dataclass(frozen=True)
class Started:
    """A refresh under way."""

    process: BaseProcess
    said: Connection
    at: float


@dataclass(frozen=True)
class Ended:
    """A refresh that has ended."""

    code: int
    said: str
    seconds: float


class Line:
    """A database, its source, and the months in which it is refreshed."""

    def __init__(
        self, source: str, root: Path, projects: int, draws: random.Random, disk: Disk, *, without_report: bool
    ) -> None:
        self.source = source
        self.root = root
        self.projects = projects
        self.draws = draws
        self.disk = disk
        self.database = root / f"{source}.duckdb"
        self.landing = root / "landing"
        self.reports = root / "reports" / source
        self.faults = ON_THE_NETWORK if source == "pypi" else ANYWHERE
        self.steps_back = BACK_IN_THE_MONTH if source == "pypi" else BACK_BY_YEARS
        self.asked_projects = projects // 2
        self.usual_seconds = 3.0
        self.month = ""
        self.without_report = without_report
        self._processes = processes()

    @property
    def folder_of_the_report(self) -> str:
        """Name of the folder of this month's report."""
        return self.month if self.source == "pypi" else f"simulated-{self.month}"

    def landed(self, job: Refresh) -> Path:
        """Where this month lands."""
        return self.landing / self.source / f"{job.moment:%Y-%m}" if self.source == "pypi" else self._simulated

    @property
    def _simulated(self) -> Path:
        return self.landing / self.source / self.month

    def earliest(self, job: Refresh) -> datetime:
        """How far the clock may go back: a collection stands for the month of the clock, and no index has two states
        of one month, so the live source stays within its month."""
        return job.moment.replace(day=1, hour=0) if self.source == "pypi" else datetime(1970, 1, 1, tzinfo=UTC)

    def job(self, month: str, snapshot: Path, server: IndexServer) -> Refresh:
        """The peaceful refresh of a month."""
        self.month, self.server = month, server
        last = last_day(month)
        words = ["run", "--source", self.source, "--db", str(self.database), "--landing", str(self.landing)]
        words += ["--reports", str(self.reports)]
        if self.source == "pypi":
            words += ["--index-url", server.simple, "--contact", "soak@example.org", "--max-failure-share", "0"]
            words += ["--top", str(self.asked_projects)]
        else:
            words += ["--period", month, "--projects", str(self.projects), "--seed", str(SEED_OF_THE_INDEX)]
        moment = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
        return Refresh(tuple(words), moment, snapshot, without_report=self.without_report)

    def start(self, job: Refresh) -> Started:
        """Start a refresh."""
        receiver, sender = self._processes.Pipe(duplex=False)
        process = self._processes.Process(target=refresh, args=(job, sender))
        process.start()
        sender.close()
        return Started(process, receiver, time.monotonic())

    def end(self, started: Started) -> Ended:
        """Wait for a refresh, and read what it said. Whatever was done to it, it never shows a traceback."""
        started.process.join(PATIENCE_SECONDS)
        assert started.process.exitcode is not None, "the refresh hangs"
        with open(started.said.fileno(), closefd=False, encoding="utf-8", errors="replace") as stream:
            has_begun, said = stream.readline() == BEGUN, stream.read()
        started.said.close()
        ended = Ended(started.process.exitcode, said, time.monotonic() - started.at)
        assert "Traceback" not in said, said
        told = said.strip().splitlines()[-1:] or [""]
        assert ended.code != 1 or not has_begun or told[0].startswith("pypi-adoption: "), ended
        return ended

    def run(self, job: Refresh, expected: tuple[int, ...] | None = None) -> Ended:
        """Start a refresh and wait for it."""
        ended = self.end(self.start(job))
        assert expected is None or ended.code in expected, ended
        return ended

    def refresh_with_faults(self, job: Refresh, count: int) -> list[tuple[str, str]]:
        """Strike a month `count` times, then let it have its way; the published file is looked at each time."""
        struck = []
        for fault in self.draws.choices(self.faults, k=count):
            struck.append((fault.__name__, fault(self, job)))
            self.look()
        ended = self.run(job, expected=(0,))
        self.usual_seconds = ended.seconds
        assert self.look() == self.month
        return struck

    def look(self) -> str | None:
        """The month of the published file; all its checks are run anew, and must pass."""
        if not self.database.exists():
            return None
        with duckdb.connect(str(self.database), read_only=True, config={"threads": 1}) as connection:
            results = run_checks(connection, CHECKS)
            failed = [r for r in results if r.status == "failed" and r.severity == "fail"]
            ((period,),) = connection.execute("select period from runs").fetchall()
        assert not failed, failed
        return str(period)


class World:
    """The fictitious index behind both lines: its snapshot, and its pages as they were in each month."""

    def __init__(self, projects: int, folder: Path) -> None:
        self.projects = projects
        self.snapshot = folder / "snapshot"
        self.snapshot.mkdir(parents=True)
        file = self.snapshot / f"index-{REFERENCE_DAY:%Y-%m}.parquet"
        index = observe(make_world(projects, SEED_OF_THE_INDEX, REFERENCE_DAY))["index"]
        index = index.select(["project_name", "newest_release_month", "download_rank"])
        pq.write_table(index.rename_columns(["project", "newest_release_month", "download_rank"]), file)
        (card,) = SNAPSHOT_FOLDER.glob("*.yml")
        content = yaml.safe_load(card.read_text()) | {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        file.with_suffix(".yml").write_text(yaml.safe_dump(content))
        self.server = IndexServer({})

    def turn_to(self, month: str) -> None:
        """Let the index show what it showed at the end of a month."""
        self.server.index = Index(as_pypi(make_world(self.projects, SEED_OF_THE_INDEX, last_day(month))))


def last_day(month: str) -> date:
    """The last day of a month `YYYY-MM`."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def months(count: int) -> list[str]:
    """So many months, up to that of the reference day."""
    first = REFERENCE_DAY.replace(day=1)
    found = []
    for _ in range(count):
        found.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


TIMES = {"run_id", "started_at", "fetched_at", "observed_at"}
"""Columns that tell when, and under which number, a run was made."""
CHECKSUMS = {"sha256", "size_bytes"}
"""Of landed files; those of the live source hold the time of each answer."""


def differences(one: Path, other: Path) -> list[str]:
    """Tables of two published files that are not the same, row by row, run numbers and times apart."""
    found = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        tables = [
            connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where database_name = ? and schema_name <> 'build' order by all",
                [name],
            ).fetchall()
            for name in ("one", "other")
        ]
        assert tables[0] == tables[1], "other tables"
        for schema, table in tables[0]:
            left_out = TIMES | (CHECKSUMS if table == "inputs" and one.stem == "pypi" else set())
            described = connection.execute(f"describe one.{schema}.{table}").fetchall()
            columns = ", ".join(f'"{name}"' for name, *_ in described if name not in left_out)
            for here, there in (("one", "other"), ("other", "one")):
                rows = connection.execute(
                    f"select {columns} from {here}.{schema}.{table} "
                    f"except all select {columns} from {there}.{schema}.{table}"
                ).fetchall()
                if rows:
                    found.append(f"{schema}.{table}: {len(rows)} rows only in {here}, such as {rows[0]}")
    return found
