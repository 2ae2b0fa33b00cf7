"""`Pipfile.lock`, by the form that Pipenv writes (specification 6)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, read_json_model
from pipeline.untrusted import Named, Several


class Source(Part):
    """An index."""

    name: str
    url: str


class Meta(Part):
    """What the file says about itself."""

    specification: Literal[6] = Field(alias="pipfile-spec")
    sources: Several[Source] = Field(default_factory=list)


class Package(Part):
    """One package."""

    version: str | None = None
    index: str | None = None
    git: str | None = None
    file: str | None = None
    path: str | None = None


class Lock(Part):
    """The whole file: `_meta`, `default`, `develop`, and any further category."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="allow")
    __pydantic_extra__: dict[str, Named[Package]] = Field(init=False)

    meta: Meta = Field(alias="_meta")
    default: Named[Package] = Field(default_factory=dict)


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a `Pipfile.lock`; packages of all its categories count. It does not say who needs whom.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    lock = read_json_model(path, Lock)
    addresses = {source.name: source.url for source in lock.meta.sources}
    first = next(iter(addresses.values()), None)
    gathering = Gathering(indexes)
    for category in [lock.default, *lock.__pydantic_extra__.values()]:
        for name, package in category.items():
            _add(gathering, name, package, addresses.get(package.index, "") if package.index else first)
    return gathering.result()


def _add(gathering: Gathering, name: str, package: Package, index: str | None) -> None:
    if package.git is not None:
        gathering.skip(name, "vcs")
    elif package.path is not None:
        gathering.skip(name, "local")
    elif package.file is not None:
        gathering.skip(name, "url" if "://" in package.file else "local")
    else:
        version = package.version or ""
        gathering.add(name, version.removeprefix("==") if version.startswith("==") else None, index=index)
