"""`poetry.lock`, by the form that Poetry writes (lock versions 1 and 2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, read_toml_model
from pipeline.untrusted import Several


class Source(Part):
    """Where a package comes from that is not from the public index."""

    type: str
    url: str = ""


class Package(Part):
    """One package."""

    name: str
    version: str
    dependencies: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None


class Metadata(Part):
    """What the file says about itself."""

    lock_version: str = Field(alias="lock-version", pattern=r"^[12]\.\d+$")


class Lock(Part):
    """The whole file."""

    package: Several[Package] = Field(default_factory=list)
    metadata: Metadata


KINDS = {"git": "vcs", "url": "url", "file": "local", "directory": "local"}
"""Types of sources that are no index, and why they are skipped. The others (`legacy`, say) are indexes."""


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a `poetry.lock`; packages of all its environments, extras and groups count.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    gathering = Gathering(indexes)
    for package in read_toml_model(path, Lock).package:
        gathering.need(package.name, package.dependencies)
        source = package.source
        if source is not None and source.type in KINDS:
            gathering.skip(package.name, KINDS[source.type])
        else:
            gathering.add(package.name, package.version, index=source.url if source else None)
    return gathering.result()
