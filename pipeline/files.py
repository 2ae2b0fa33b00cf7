"""Files: written so that a reader, or a killed process, never leaves or sees half of one, and known by their hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import PublishError


def write_beside(path: Path, content: str) -> Path:
    """Write `content` (UTF-8) to a hidden file beside `path` and flush it to the disk.

    Returns:
        The hidden file, for `publish_file`. Its name is always the same, so what a killed run left is overwritten.

    Raises:
        OSError: the folder cannot be written to, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f".{path.name}.part")
    try:
        # What a killed run left is replaced and not followed: it may be a link that somebody put there.
        candidate.unlink(missing_ok=True)
        with naming(path), candidate.open("x", encoding="utf-8") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            candidate.unlink()
        raise
    return candidate


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have a failure of the system say what was being written, which it does not where a file was open already."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


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


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def locked(path: Path, *, waits: bool = False) -> Iterator[None]:
    """Hold a lock; the operating system frees it when the process dies.

    Args:
        path: The file that stands for what is locked.
        waits: Whether to wait for another run that holds it.

    Raises:
        PublishError: another run holds it, and nobody waits; or its folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path).acquire(timeout=-1 if waits else 0)
    except Timeout:
        raise PublishError(
            f"Another run is at work (it holds {path}).", way_out="Wait for it to end, or choose another place."
        ) from None
    except OSError as error:
        raise PublishError(
            f"{path.parent} cannot be written to: {error.strerror or error}.", way_out="Choose another place."
        ) from error
    with lock:
        yield
