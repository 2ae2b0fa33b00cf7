"""Writing files so that a reader, or a killed process, never leaves or sees half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_beside(path: Path, content: str) -> Path:
    """Write `content` (UTF-8) to a hidden file beside `path` and flush it to the disk.

    Returns:
        The hidden file, for `publish_file`. Its name is always the same, so what a killed run left is overwritten.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f".{path.name}.part")
    with candidate.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return candidate


def publish_file(candidate: Path, path: Path) -> None:
    """Rename a finished file over `path`, so that readers have the old file or the new one, even after a power cut."""
    flush(candidate)
    candidate.replace(path)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have the disk hold what was written to a file, or which files a folder has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: str) -> None:
    """Put `content` in the place of `path`.

    Raises:
        OSError: the folder cannot be written to, or the disk is full; `path` is untouched then.
    """
    publish_file(write_beside(path, content), path)
