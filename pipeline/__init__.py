"""How far two-factor authentication and Trusted Publishing reach the Python packages that everybody depends on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.notebook import Adoption

__all__ = ["open_database"]


def open_database(path: str | Path | None = None) -> Adoption:
    """Open the published file for reading (see `pipeline.notebook.open_database`)."""
    from pipeline.notebook import open_database as open_it  # noqa: PLC0415 - `import pipeline` stays fast

    return open_it(path)
