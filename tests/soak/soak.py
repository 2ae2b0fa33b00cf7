"""Refreshes month after month while readers read and things go wrong: nothing published is ever lost or half.

    python tests/soak/soak.py --refreshes 50 --seed 1

Two databases are refreshed in turn from one fictitious index: `simulated`, made by the source of that name, and `pypi`,
collected over HTTP from a server on this machine that shows the index as it was in each month. Each refresh is the
command in a process of its own. Before it is left in peace it is struck by faults (see `faults.py`), and after each of
them the published file must pass all checks. All the while two processes read: one opens the files anew over and over,
the other keeps a file open while others are published over it. At the end every table must equal, row by row, that of
a database made of the same months without any fault. As root the soak lies on a small disk of its own, which is filled
up for the fault `full_disk`; otherwise that fault limits the size of files, as `file_too_large` does everywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "sources" / "pypi")]

from child import read_anew, read_on  # noqa: E402
from faults import Disk  # noqa: E402 - found once the folder is on the path
from line import Line, World, differences, months, processes  # noqa: E402

DISK_BYTES = 2**30
SHARE_OF_PYPI = 0.3
FAULTS_A_REFRESH = {False: (0, 1, 1, 2), True: (1, 2)}
"""By whether the soak is a short one."""


@dataclass
class Outcome:
    """What a soak did and found."""

    seed: int
    disk: str
    refreshes: Counter[str] = field(default_factory=Counter)
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    readers: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_text(self) -> str:
        """The table that is printed."""
        faults = Counter()
        for (name, _), count in self.struck.items():
            faults[name] += count
        lines = [
            f"seed {self.seed}; full disk: {self.disk}; {self.seconds:.0f} s",
            "refreshes: " + ", ".join(f"{count} of {name}" for name, count in sorted(self.refreshes.items())),
            f"faults: {faults.total()}",
        ]
        for name, count in faults.most_common():
            outcomes = {what: n for (one, what), n in self.struck.items() if one == name}
            lines.append(f"  {name:18}{count:4}  " + ", ".join(f"{what} {n}" for what, n in sorted(outcomes.items())))
        lines.append("readers: " + ", ".join(f"{name} {count:,}" for name, count in self.readers.items()))
        lines.append(f"tables that differ from those without faults: {len(self.differences)}")
        return "\n".join([*lines, *self.differences])


def soak(
    refreshes: int, seed: int, folder: Path, *, projects: int, is_short: bool = False, tell=lambda _: None
) -> Outcome:
    """Refresh so many months, with faults drawn from `seed`, in a folder that is empty.

    The short version makes no reports, reads more rarely, and has no disk of its own.

    Raises:
        AssertionError: something was lost, half, or said with a traceback.
    """
    started = time.monotonic()
    draws = random.Random(seed)
    order = draws.choices(["pypi", "simulated"], weights=[SHARE_OF_PYPI, 1 - SHARE_OF_PYPI], k=refreshes)
    months_of = {source: iter(months(order.count(source))) for source in set(order)}
    plan = [(source, next(months_of[source])) for source in order]
    world = World(projects, folder / "world")
    with _disk(folder / "disk", own_disk=not is_short) as disk, world.server:
        outcome = Outcome(seed, "a disk that is filled up" if disk.is_own else "RLIMIT_FSIZE")
        peaceful, struck = (
            {source: Line(source, root, projects, draws, disk, without_report=quick) for source in set(order)}
            for root, quick in ((folder / "peaceful", True), (disk.folder / "struck", is_short))
        )
        for source, month in plan:
            world.turn_to(month)
            line = peaceful[source]
            line.run(line.job(month, world.snapshot, world.server), expected=(0,))
        tell(f"{refreshes} refreshes without faults: {time.monotonic() - started:.0f} s")
        pause_seconds = 1.0 if is_short else 0.1
        with _readers([line.database for line in struck.values()], folder, pause_seconds) as readers:
            for number, (source, month) in enumerate(plan, start=1):
                world.turn_to(month)
                job = struck[source].job(month, world.snapshot, world.server)
                faults = struck[source].refresh_with_faults(job, draws.choice(FAULTS_A_REFRESH[is_short]))
                outcome.refreshes[source] += 1
                outcome.struck.update(faults)
                told = ", ".join(f"{name} ({what})" for name, what in faults) or "in peace"
                tell(f"{number:3} {source:9} {month}  {told}")
        outcome.readers = readers
        for source, line in struck.items():
            found = differences(line.database, peaceful[source].database)
            outcome.differences += [f"{source}: {each}" for each in found]
    outcome.seconds = time.monotonic() - started
    return outcome


@contextmanager
def _readers(databases: list[Path], folder: Path, pause_seconds: float) -> Iterator[dict[str, int]]:
    """Two processes that read until the end; what they saw stands in the dictionary afterwards."""
    context, ending, seen = processes(), folder / "ending", {}
    jobs = {name: (read, folder / name) for name, read in (("anew", read_anew), ("on", read_on))}
    running = [
        context.Process(target=read, args=(databases, ending, told, pause_seconds)) for read, told in jobs.values()
    ]
    for process in running:
        process.start()
    try:
        yield seen
        assert all(process.is_alive() for process in running), "a reader has met something that it must never meet"
    finally:
        ending.touch()
        for process in running:
            process.join(60)
    assert [process.exitcode for process in running] == [0, 0], "a reader has met something that it must never meet"
    for _, told in jobs.values():
        seen |= json.loads(told.read_text())


@contextmanager
def _disk(folder: Path, *, own_disk: bool) -> Iterator[Disk]:
    """A small disk of its own in memory, where that can be had (Linux, root)."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    is_own = own_disk and os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(folder, is_own=is_own)
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def main() -> None:
    """The long version, as a command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=50)
    parser.add_argument("--projects", type=int, default=120)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}: the same faults at the same places with --seed {options.seed}", flush=True)  # noqa: T201
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        outcome = soak(
            options.refreshes,
            options.seed,
            folder,
            projects=options.projects,
            tell=lambda line: print(line, flush=True),  # noqa: T201
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(outcome.as_text())  # noqa: T201
    sys.exit(bool(outcome.differences))


if __name__ == "__main__":
    main()
