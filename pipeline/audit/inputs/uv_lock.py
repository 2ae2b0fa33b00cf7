"""`uv.lock`, by the form that uv writes (lock version 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, read_toml_model
from pipeline.untrusted import Named, Several


class Reference(Part):
    """A dependency of a package."""

    name: str


class Source(Part):
    """Where a package comes from: exactly one of these."""

    registry: str | None = None
    git: str | None = None
    url: str | None = None
    path: str | None = None
    directory: str | None = None
    editable: str | None = None
    virtual: str | None = None


class Package(Part):
    """One package, or one of the projects that the file is the lock of."""

    name: str
    version: str | None = None
    source: Source
    dependencies: Several[Reference] = Field(default_factory=list)
    optional_dependencies: Named[Several[Reference]] = Field(default_factory=dict, alias="optional-dependencies")
    dev_dependencies: Named[Several[Reference]] = Field(default_factory=dict, alias="dev-dependencies")

    def needed(self) -> list[str]:
        """The names of everything that it needs, its extras and groups included."""
        more = [*self.optional_dependencies.values(), *self.dev_dependencies.values()]
        return [reference.name for group in [self.dependencies, *more] for reference in group]

    def is_own(self) -> bool:
        """Whether it is a project of the workspace itself."""
        return self.source.editable is not None or self.source.virtual is not None


class Lock(Part):
    """The whole file."""

    version: Literal[1]
    package: Several[Package] = Field(default_factory=list)


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a `uv.lock`; packages of all its environments, extras and groups count.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    gathering = Gathering(indexes)
    for package in read_toml_model(path, Lock).package:
        gathering.need(package.name, package.needed())
        if package.is_own():
            gathering.ask_for(package.needed())
        if "." not in (package.source.editable, package.source.virtual):
            _add(gathering, package)
    return gathering.result()


def _add(gathering: Gathering, package: Package) -> None:
    source = package.source
    if source.git is not None:
        gathering.skip(package.name, "vcs")
    elif source.url is not None:
        gathering.skip(package.name, "url")
    elif source.registry is not None:
        gathering.add(package.name, package.version, index=source.registry)
    else:
        gathering.skip(package.name, "local")
