"""CycloneDX documents in JSON (specification 1.2 and newer): components with package URLs, and their dependencies.

The few fields that an audit needs are read with a model of their own, see docs/audit.md for why.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, malformed, read_json_model
from pipeline.audit.inputs.purls import Components
from pipeline.untrusted import Several


class Component(Part):
    """One component, with those that it is made of."""

    name: str
    reference: str | None = Field(None, alias="bom-ref")
    version: str | None = None
    purl: str | None = None
    components: Several[Component] = Field(default_factory=list)


class Metadata(Part):
    """What the document describes."""

    component: Component | None = None


class Needs(Part):
    """What a component depends on."""

    ref: str
    depends_on: Several[str] = Field(default_factory=list, alias="dependsOn")


class Document(Part):
    """The whole document."""

    bom_format: Literal["CycloneDX"] = Field(alias="bomFormat")
    specification: str = Field(alias="specVersion", pattern=r"^1\.\d+$")
    metadata: Metadata = Field(default_factory=Metadata)
    components: Several[Component] = Field(default_factory=list)
    dependencies: Several[Needs] | None = None


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a CycloneDX document.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    document = read_json_model(path, Document)
    components = Components(Gathering(indexes))
    described = document.metadata.component
    parts = _flat("components", document.components)
    if described is not None:
        parts += _flat("metadata.component.components", described.components)
    for place, component in parts:
        try:
            components.add(component.reference or place, component.name, component.version, component.purl)
        except ValueError as error:
            malformed(path, f": {place}.purl", str(error))
    for needs in document.dependencies or []:
        if described is not None and needs.ref == described.reference:
            components.ask_for(needs.depends_on)
        else:
            components.connect(needs.ref, needs.depends_on)
    return components.gathering.result()


def _flat(place: str, components: list[Component]) -> list[tuple[str, Component]]:
    """All components with their places, those inside of others included."""
    waiting = [(f"{place}.{number}", component) for number, component in enumerate(components)]
    found = []
    while waiting:
        place, component = waiting.pop()
        found.append((place, component))
        waiting += [(f"{place}.components.{number}", part) for number, part in enumerate(component.components)]
    return found
