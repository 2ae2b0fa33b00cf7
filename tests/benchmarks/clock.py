"""A clock that is told what is begun, and keeps how long everything took."""

from __future__ import annotations

import time


class Clock:
    """Seconds by what was being done."""

    def __init__(self, first: str = "") -> None:
        self.seconds: dict[str, float] = {}
        self._what, self._since = first, time.monotonic()

    def mark(self, what: str) -> None:
        """Something else is begun; what has no name is not kept."""
        now = time.monotonic()
        if self._what:
            self.seconds[self._what] = self.seconds.get(self._what, 0.0) + now - self._since
        self._what, self._since = what, now
