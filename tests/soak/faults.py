"""What is done to a refresh, or to the files around it, before it is repeated in peace.

Every fault is a function of a `Line` (one database with its source) and of the job that the next peaceful refresh will
be; what it draws comes from the line's seeded numbers. It gives a word for the table at the end.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from index_server import Fault

if TYPE_CHECKING:
    from child import Refresh
    from line import Line

CHANGES = 30
"""A refresh changes about so many files and folders."""
LARGEST_BYTES = 2**25
"""No file of the soak is larger."""


def kill_at_a_change(line: Line, job: Refresh) -> str:
    """kill -9 before the n-th change to a file or folder."""
    ended = line.run(replace(job, killed_at=line.draws.randint(1, CHANGES), folder=line.root))
    return "killed" if ended.code == -signal.SIGKILL else "reached its end"


def kill_at_a_moment(line: Line, job: Refresh) -> str:
    """A signal after a random time: mostly kill -9."""
    process = line.start(job)
    time.sleep(line.draws.uniform(0.05, line.usual_seconds))
    number = line.draws.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    if process.process.is_alive():
        os.kill(process.process.pid, number)
    ended = line.end(process)
    return "reached its end" if ended.code == 0 else f"stopped by {number.name}"


def full_disk(line: Line, job: Refresh) -> str:
    """No room at some place: on a disk of the soak's own it is filled up; elsewhere no file may grow beyond a size."""
    room = int(2 ** line.draws.uniform(0, LARGEST_BYTES.bit_length()))
    if not line.disk.is_own:
        return _failed_or_done(line, replace(job, most_bytes=room))
    with line.disk.filled_up(room):
        return _failed_or_done(line, job)


def file_too_large(line: Line, job: Refresh) -> str:
    """No file may grow beyond a random size (RLIMIT_FSIZE)."""
    return _failed_or_done(line, replace(job, most_bytes=int(2 ** line.draws.uniform(0, LARGEST_BYTES.bit_length()))))


def clock_backwards(line: Line, job: Refresh) -> str:
    """The clock stands before that of the refresh before, at the worst in 1970."""
    back = line.draws.choice(line.steps_back)
    return _failed_or_done(line, replace(job, moment=max(job.moment - back, line.earliest(job))))


def rival(line: Line, job: Refresh) -> str:
    """Two refreshes of the same file at once: at most one goes on."""
    one, other = line.start(job), line.start(job)
    ended = [line.end(one), line.end(other)]
    codes = sorted(each.code for each in ended)
    assert codes in ([0, 0], [0, 1]), ended
    return "one was told to wait" if codes == [0, 1] else "one after the other"


def torn_landing(line: Line, job: Refresh) -> str:
    """What was just landed is torn: the refresh says so and what to remove; that is done."""
    line.run(replace(job, words=("fetch", *job.words[1:])), expected=(0,))
    folder = line.draws.choice([line.landed(job), *line.landing.glob("reference/*")])
    _damage(line, line.draws.choice(sorted(path for path in folder.iterdir() if path.is_file())))
    ended = line.run(job, expected=(0, 1))
    if ended.code == 0:
        return "harmless"
    assert f"Remove {folder}" in ended.said, ended
    shutil.rmtree(folder)
    return "removed as told"


def torn_earlier(line: Line, job: Refresh) -> str:
    """Landings and records of earlier months are torn: no refresh of another month needs them."""
    paths = [p for p in line.landing.glob(f"{line.source}/*/*") if p.is_file() and p.parent != line.landed(job)]
    paths += [p for p in line.reports.glob("*/report.json") if p.parent.name.removeprefix("simulated-") < line.month]
    if not paths:
        return "nothing there yet"
    for path in line.draws.sample(sorted(paths), min(3, len(paths))):
        _damage(line, path)
    return "damaged"


def left_overs(line: Line, job: Refresh) -> str:
    """What killed refreshes of other versions might have left beside the files."""
    building = line.database.with_name(f".{line.database.name}.building")
    building.mkdir(exist_ok=True)
    whole = line.database.read_bytes() if line.database.exists() else b"DUCK"
    for path in (
        building / line.database.name,
        building / f"{line.database.name}.wal",
        line.database.with_name(f".{line.database.name}.lock"),
        line.landing / ".lock",
        line.landed(job) / ".manifest.json.part",
        line.landed(job) / "files-0123456789ab.parquet",
        line.landed(job) / "scratch" / "rows",
        line.reports / ".lock",
        line.reports / ".index.html.part",
        line.reports / line.folder_of_the_report / ".index.html.part",
        line.reports / line.folder_of_the_report / ".report.json.part",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole[: line.draws.randint(0, len(whole))])
    return "left"


def torn_answers(line: Line, job: Refresh) -> str:
    """The kept answers of the index are torn after an interruption."""
    network(line, job)
    kept = sorted(line.landing.glob("pypi/answers.sqlite*"))
    if not kept:
        return "nothing there yet"
    _damage(line, line.draws.choice(kept))
    return _obeyed(line, job, line.landing / "pypi" / "answers.sqlite")


def network(line: Line, job: Refresh) -> str:
    """The index goes away in the middle, or misbehaves on some pages."""
    server = line.server
    kinds = [("cut_off", 200), ("status", 503), ("status", 429), ("truncated_json", 200), ("html", 200)]
    if line.draws.random() < 0.5:
        server.dies_after = len(server.asked) + line.draws.randint(0, 3 * line.asked_projects)
    else:
        kind, status = line.draws.choice(kinds)
        digit = line.draws.choice("0123456789")
        server.faults = {f"-{digit}": [Fault(kind, times=line.draws.choice([1, 5, 1_000]), status=status)]}
    try:
        return _failed_or_done(line, job)
    finally:
        server.faults, server.dies_after = {}, None
        server.stop()
        server.start()


ANYWHERE: tuple[Callable[[Line, Refresh], str], ...] = (
    kill_at_a_change,
    kill_at_a_moment,
    full_disk,
    file_too_large,
    clock_backwards,
    rival,
    torn_landing,
    torn_earlier,
    left_overs,
)
ON_THE_NETWORK = (*ANYWHERE, network, network, torn_answers)


def _failed_or_done(line: Line, job: Refresh) -> str:
    return "failed, one line" if line.run(job, expected=(0, 1)).code else "reached its end"


def _obeyed(line: Line, job: Refresh, path: Path) -> str:
    """Refresh; where it says that a file cannot be used, remove that file as it says.

    What it did not notice goes too: a later refresh, which reads other parts of the file, would notice and be right.
    """
    ended = line.run(job, expected=(0, 1))
    if ended.code:
        assert str(path) in ended.said, ended
        assert "remove the file" in ended.said, ended
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    return "removed as told" if ended.code else "harmless"


def _damage(line: Line, path: Path) -> None:
    content = path.read_bytes()
    place = line.draws.randint(0, len(content))
    how = line.draws.choice(["cut", "changed", "empty", "gone"])
    if how == "gone":
        path.unlink()
    else:
        noise = line.draws.randbytes(8)
        path.write_bytes({"cut": content[:place], "changed": content[:place] + noise, "empty": b""}[how])


class Disk:
    """Where the soak lies. Root has a small disk made for it, which can be filled up; others limit the file size."""

    def __init__(self, folder: Path, *, is_own: bool) -> None:
        self.folder = folder
        self.is_own = is_own

    @contextmanager
    def filled_up(self, room: int):
        """Leave only `room` bytes free."""
        ballast = self.folder / "ballast"
        state = os.statvfs(self.folder)
        free = state.f_bavail * state.f_frsize
        with ballast.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(free - room, 1))
        try:
            yield
        finally:
            ballast.unlink()


BACK_IN_THE_MONTH = (timedelta(seconds=1), timedelta(hours=7), timedelta(days=3))
BACK_BY_YEARS = (*BACK_IN_THE_MONTH, timedelta(days=40), timedelta(days=3000), timedelta(days=30_000))
