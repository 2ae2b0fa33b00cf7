"""What every format of a list of dependencies offers."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pipeline.audit.dependencies import DependencySet, Indexes


class Format(Protocol):
    """Reads one format. It is a module: its name is that of the format."""

    def read(self, path: Path, indexes: Indexes) -> DependencySet:
        """Read a file.

        Raises:
            SourceError: it cannot be read as this format; the message names the file, the place and the cause.
        """
