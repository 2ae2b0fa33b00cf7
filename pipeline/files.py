"""Writing files so that a reader, or a killed process, never leaves or sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: str) -> None:
    """Write `content` (UTF-8) beside `path`, flush it to the disk, and rename it over `path`.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; `path` is untouched then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
    ) as stream:
        candidate = Path(stream.name)
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            candidate.unlink()
            raise
    candidate.chmod(0o644)
    publish_file(candidate, path)


def publish_file(candidate: Path, path: Path) -> None:
    """Rename a finished file over `path`, so that readers have the old file or the new one, and flush the folder."""
    candidate.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
