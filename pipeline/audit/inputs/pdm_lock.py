"""`pdm.lock`, by the form that PDM writes (lock version 4)."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import Field, field_validator

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, read_toml_model
from pipeline.computed.requirements import MAXIMUM_CHARACTERS
from pipeline.untrusted import Several


class Package(Part):
    """One package, or one package with extras, which then needs the package itself."""

    name: str
    version: str | None = None
    dependencies: Several[str] = Field(default_factory=list)
    git: str | None = None
    url: str | None = None
    path: str | None = None

    @field_validator("dependencies")
    @classmethod
    def _names(cls, requirements: list[str]) -> list[str]:
        return [_name(requirement) for requirement in requirements]


class Metadata(Part):
    """What the file says about itself."""

    lock_version: str = Field(pattern=r"^4\.\d+(\.\d+)?$")


class Lock(Part):
    """The whole file."""

    package: Several[Package] = Field(default_factory=list)
    metadata: Metadata


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a `pdm.lock`; packages of all its environments, extras and groups count.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    gathering = Gathering(indexes)
    for package in read_toml_model(path, Lock).package:
        gathering.need(package.name, package.dependencies)
        if package.git is not None:
            gathering.skip(package.name, "vcs")
        elif package.url is not None or package.path is not None:
            gathering.skip(package.name, "local" if package.path is not None else "url")
        else:
            gathering.add(package.name, package.version)
    return gathering.result()


def _name(requirement: str) -> str:
    """The name that a requirement begins with.

    Raises:
        ValueError: it is no requirement (PEP 508).
    """
    try:
        return Requirement(requirement[:MAXIMUM_CHARACTERS]).name
    except (InvalidRequirement, RecursionError) as error:
        raise ValueError(f"no requirement (PEP 508): {str(error).splitlines()[0]}") from None
