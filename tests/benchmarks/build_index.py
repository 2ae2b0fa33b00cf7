"""From a landing to the published file and its report: `python build_index.py LANDING DATABASE [MEMORY_LIMIT]`.

The code is that of `pypi-adoption build`; only who is told of its stages differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from clock import Clock

from pipeline import run as steps
from pipeline.progress import Advance, Reporter
from pipeline.settings import Settings
from pipeline.warehouse import checks as checking
from pipeline.warehouse.build import CHECKS
from pipeline.warehouse.catalog import LAYERS

VERIFYING, OPENING, CLOSING, REPORT, PUBLISHING = "verifying", "opening", "closing", "report", "publishing"
LAYER_OF = {schema: layer for layer, schema in LAYERS.items()}


class TimingReporter(Reporter):
    """Keeps how long the stages took, and within the building every table."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.stages = iter((OPENING, REPORT))

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Advance]:
        self.clock.mark(next(self.stages))
        with super().stage(title, total):
            yield self.clock.mark
        self.clock.mark(PUBLISHING)


def main(landing: Path, database: Path, settings: Settings) -> None:
    """Build, and tell the seconds of everything and the bytes of the file."""
    clock = Clock(VERIFYING)
    run_checks = checking.run_checks

    def timed_checks(*arguments: object) -> object:
        clock.mark("checks")
        return run_checks(*arguments)

    with mock.patch.object(checking, "run_checks", timed_checks):
        steps.rebuild(steps.Context(settings, lambda: datetime.now(UTC), "benchmark", TimingReporter(clock)))
    clock.mark("")
    told = {
        "memory_limit": settings.memory_limit,
        "build_seconds": sum(clock.seconds.values()),
        "stages": by_stage(clock.seconds),
        "tables": {name: seconds for name, seconds in clock.seconds.items() if "." in name and name != CHECKS},
        "file_bytes": database.stat().st_size,
    }
    sys.stdout.write(json.dumps(told))


def by_stage(seconds: dict[str, float]) -> dict[str, float]:
    """The tables together by layer; the last of them is written when the file is closed."""
    stages: dict[str, float] = {}
    for name, took in seconds.items():
        stage = CLOSING if name == CHECKS else LAYER_OF[name.partition(".")[0]] if "." in name else name
        stages[stage] = stages.get(stage, 0.0) + took
    return stages


if __name__ == "__main__":
    folder, file = Path(sys.argv[1]), Path(sys.argv[2])
    limit = {"memory_limit": sys.argv[3]} if len(sys.argv) > 3 else {}
    main(
        folder,
        file,
        Settings(source="generated", database=file, landing=folder, reports=file.parent / "reports", **limit),
    )
