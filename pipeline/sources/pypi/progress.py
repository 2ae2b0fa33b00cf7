"""How far a collection is: a bar with rate and remaining time on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

WORTH_TELLING_SECONDS = 1.0
SECONDS_BETWEEN_LINES = 30.0


class CollectionProgress(AbstractContextManager["CollectionProgress"]):
    """Tells how many projects of how many were asked about; says nothing of a collection of less than a second."""

    def __init__(self, total: int, console: Console) -> None:
        self._total = total
        self._console = console
        self._done = self._failed = 0
        self._bar = Progress(
            TextColumn("asking the index"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )

    def __enter__(self) -> Self:
        """Begin to count."""
        self._started = self._told = time.monotonic()
        self._task = self._bar.add_task("", total=self._total, rate="")
        return self

    def advance(self, *, has_failed: bool) -> None:
        """One project more."""
        self._done += 1
        self._failed += has_failed
        now = time.monotonic()
        if not self._console.is_terminal:
            if now - self._told >= SECONDS_BETWEEN_LINES:
                self._told = now
                self._say()
            return
        if not self._bar.live.is_started and now - self._started >= WORTH_TELLING_SECONDS:
            self._bar.start()
        self._bar.update(self._task, completed=self._done, rate=self._rate())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away and leave one line."""
        if self._bar.live.is_started:
            self._bar.stop()
        if time.monotonic() - self._started >= WORTH_TELLING_SECONDS:
            self._say()

    def _rate(self) -> str:
        seconds = time.monotonic() - self._started
        return f"{self._done / seconds:.1f}/s" if seconds else ""

    def _say(self) -> None:
        seconds = time.monotonic() - self._started
        failed = f", {self._failed} of them with something that could not be read" if self._failed else ""
        line = (
            f"asked the index about {self._done} of {self._total} projects in {seconds:.1f} s ({self._rate()}){failed}"
        )
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
