"""What a person waiting at the terminal sees: one line a stage on stderr, with a bar where the end is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[str], None]
"""Called with what was just begun; moves the bar by one."""


class Reporter:
    """Tells stages on stderr. On a terminal a moving bar; elsewhere one line when a stage has ended."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Advance]:
        """Show that `title` is being done, out of `total` steps where that is known."""
        started = time.monotonic()
        if not self.console.is_terminal:
            yield lambda _: None
            self.say(f"{title}: done in {time.monotonic() - started:.1f} s")
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        bar = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True)
        task = bar.add_task(title, total=total)
        with bar:
            yield lambda step: bar.update(task, advance=1, description=f"{title}: {step}")
        self.say(f"{title}: done in {time.monotonic() - started:.1f} s")

    def say(self, line: str) -> None:
        """One line of talk."""
        self.console.print(line, markup=False, soft_wrap=True)
