"""The environment that the audit runs in, by the metadata of what is installed."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions

from packaging.requirements import Requirement
from pydantic import BaseModel, ValidationError

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.computed.requirements import MAXIMUM_CHARACTERS


class DirectUrl(BaseModel):
    """Where something was installed from that came from no index (PEP 610)."""

    url: str
    vcs_info: dict[str, object] | None = None
    dir_info: dict[str, object] | None = None


def read_environment(indexes: Indexes, installed: Iterable[Distribution] | None = None) -> DependencySet:
    """What is installed, and who needs whom here, without extras.

    A project that is installed from a folder is the audited one, or a part of it: what it needs is direct.

    Args:
        indexes: The indexes whose projects are audited.
        installed: What is installed; by default what this interpreter can import.
    """
    gathering = Gathering(indexes)
    for distribution in distributions() if installed is None else installed:
        try:
            _add(distribution, gathering)
        except (ValueError, OSError):  # metadata that are no UTF-8, or no file
            gathering.skip(_folder(distribution), "unreadable")
    return gathering.result()


def _add(distribution: Distribution, gathering: Gathering) -> None:
    name = _field(distribution, "Name")
    if not name:
        gathering.skip("a distribution without a name", "no_project_name")
        return
    needed, version, origin = _needed(distribution), _field(distribution, "Version"), _origin(distribution)
    gathering.need(name, needed)
    if origin is None:
        gathering.add(name, version)
    elif origin.vcs_info is not None:
        gathering.skip(name, "vcs")
    elif origin.dir_info is not None or origin.url.startswith("file:"):
        gathering.skip(name, "local")
        gathering.ask_for(needed)
    else:
        gathering.skip(name, "url")


def _folder(distribution: Distribution) -> str:
    """What a distribution is known by whose metadata say nothing."""
    return getattr(getattr(distribution, "_path", None), "name", "a distribution")


def _field(distribution: Distribution, name: str) -> str | None:
    metadata = distribution.metadata
    return metadata[name] if name in metadata else None  # noqa: SIM401 - Python 3.11 does not promise `get`


def _origin(distribution: Distribution) -> DirectUrl | None:
    text = distribution.read_text("direct_url.json")
    if not text:
        return None
    try:
        return DirectUrl.model_validate_json(text)
    except ValidationError:
        return DirectUrl(url="")


def _needed(distribution: Distribution) -> list[str]:
    """The names that a distribution needs in this environment; requirements that cannot be read are left out."""
    names = []
    for text in distribution.requires or []:
        try:
            requirement = Requirement(text[:MAXIMUM_CHARACTERS])
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                names.append(requirement.name)
        # As in pipeline.computed.requirements: a number of more digits than Python converts is a plain ValueError.
        except (ValueError, KeyError, RecursionError):
            continue
    return names
