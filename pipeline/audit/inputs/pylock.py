"""`pylock.toml` (PEP 751), read with the library `packaging`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from packaging.pylock import Package, Pylock, PylockValidationError

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import malformed, read_toml


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a `pylock.toml`; packages of all its environments, extras and groups count.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    document = read_toml(path)
    try:
        lock = Pylock.from_dict(document)
    except PylockValidationError as error:
        malformed(path, f": {error.context}" if error.context else "", error.message)
    except RecursionError:
        malformed(path, "", "its parts are nested too deeply")
    gathering = Gathering(indexes)
    for package in lock.packages:
        _add(gathering, package)
    if any(package.dependencies is not None for package in lock.packages):
        _connect(gathering, lock.packages)
    return gathering.result()


def _add(gathering: Gathering, package: Package) -> None:
    if package.vcs is not None:
        gathering.skip(package.name, "vcs")
    elif package.directory is not None:
        gathering.skip(package.name, "local")
    elif package.archive is not None:
        gathering.skip(package.name, "url" if package.archive.url else "local")
    else:
        gathering.add(package.name, str(package.version) if package.version else None, index=package.index)


def _connect(gathering: Gathering, packages: Sequence[Package]) -> None:
    """Each reference names its package, with more keys only where the name alone does not tell which one is meant."""
    needs: dict[str, list[str]] = defaultdict(list)
    for package in packages:
        names = (reference.get("name") for reference in package.dependencies or [])
        needs[package.name] += [name for name in names if isinstance(name, str)]
    for name, needed in needs.items():
        gathering.need(name, needed)
