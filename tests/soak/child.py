"""What runs in the processes of the soak: a refresh that may be struck by a fault, and two kinds of readers.

The functions are started through `multiprocessing`'s fork server, which has imported the package once. A process that
is forked from it is one of its own: it can be killed, and its files can be limited, without touching anybody else.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from pipeline import cli
from pipeline import run as steps
from pipeline.report.publishing import Prepared
from pipeline.sources import registry
from pipeline.sources.pypi import source as pypi
from pipeline.sources.web import Limits

IMPATIENT = Limits(idle_seconds=2, total_seconds=10, attempts=2, first_wait_seconds=0.01, max_wait_seconds=0.1)
BEGUN = "begun\n"
"""What a refresh says first. A signal that comes before ends a process of the fork server, and not yet the command."""
KEPT_READS = 30
"""So many looks into one open file before a reader that keeps it takes the newest one."""

WHOLE = """
select
    (select any_value(period) from runs) as period,
    (select count(*) from runs) as run_count,
    (select count(*) from checks where status = 'failed' and severity = 'fail') as failed_count,
    (select count(*) from checks) as check_count,
    (select count(*) from projects) as project_count,
    (select count(*) from project_history inner join runs using (source, period)) as history_count,
    (select max(period) from project_history) as newest_period,
    (select bit_xor(hash(p)) from projects as p) as content
"""


@dataclass(frozen=True)
class Refresh:
    """One call of the command."""

    words: tuple[str, ...]
    moment: datetime
    """What its clock says."""
    snapshot: Path
    """The folder of the bundled snapshot."""
    without_report: bool = False
    most_bytes: int | None = None
    """No file may grow beyond that: writing then fails as it does on a full disk."""
    killed_at: int | None = None
    """The how many-th change to a file or folder kills the process before it is made."""
    folder: Path = Path()
    """Where these changes are counted."""


def refresh(job: Refresh, said: Connection) -> None:
    """Call the command, its words going to `said` after a first line; its exit code is that of the process."""
    for stream in (1, 2):
        os.dup2(said.fileno(), stream)
    os.write(1, BEGUN.encode())
    _set_the_clock(job.moment)
    registry.SNAPSHOT_FOLDER = job.snapshot
    pypi.Manners = partial(pypi.Manners, limits=IMPATIENT)
    if job.without_report:
        steps._prepare_report = lambda *_: Prepared(Path(), ())
        steps._publish_report = lambda *_: Path()
    if job.killed_at is not None:
        _die_at(job.killed_at, str(job.folder))
    if job.most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.most_bytes, job.most_bytes))
    cli.main(list(job.words))


def _set_the_clock(moment: datetime) -> None:
    make_context = cli.make_context
    cli.make_context = lambda **where: replace(make_context(**where), now=lambda: moment, code_version="soak")


def _die_at(number: int, folder: str) -> None:
    changes = iter(range(1, number))

    def watch(event: str, arguments: tuple) -> None:
        is_change = event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"} or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if is_change and str(arguments[0]).startswith(folder) and next(changes, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def read_anew(databases: list[Path], ending: Path, told: Path, pause_seconds: float) -> None:
    """Open every published file anew, over and over, until there is a file `ending`; tell what was seen as JSON."""
    seen = {"openings": 0, "files_seen": 0}
    last: dict[Path, object] = {}
    while not ending.exists():
        for database in _existing(databases, pause_seconds):
            with duckdb.connect(str(database), read_only=True, config={"threads": 1}) as connection:
                look = _whole(connection)
            seen["openings"] += 1
            seen["files_seen"] += last.get(database) != look
            last[database] = look
            time.sleep(pause_seconds)
    told.write_text(json.dumps(seen))


def read_on(databases: list[Path], ending: Path, told: Path, pause_seconds: float) -> None:
    """Keep one open file while others are published over it: it must stay the same."""
    seen = {"kept_files": 0, "outlived": 0, "reads": 0}
    while not ending.exists():
        for database in _existing(databases, pause_seconds):
            with duckdb.connect(str(database), read_only=True, config={"threads": 1}) as connection:
                before, inode = _whole(connection), database.stat().st_ino
                for _ in range(KEPT_READS):
                    assert _whole(connection) == before, "the open file has changed"
                    seen["reads"] += 1
                    time.sleep(pause_seconds)
                    if ending.exists():
                        break
            seen["kept_files"] += 1
            seen["outlived"] += database.stat().st_ino != inode
    told.write_text(json.dumps(seen))


def _existing(databases: list[Path], pause_seconds: float) -> Iterator[Path]:
    found = [database for database in databases if database.exists()]
    if not found:
        time.sleep(pause_seconds)
    yield from found


def _whole(connection: duckdb.DuckDBPyConnection) -> tuple:
    """Look at a file as a whole; what must hold of every published file is asserted."""
    (row,) = connection.execute(WHOLE).fetchall()
    period, runs, failed, checks, projects, history, newest, _ = row
    assert (runs, failed) == (1, 0), row
    assert checks > 0, row
    assert 0 < history <= projects, row
    assert newest == period, row
    return row
