"""SPDX documents in JSON-LD, version 3: elements of one graph."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pydantic import Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, malformed, read_json_model
from pipeline.audit.inputs.purls import Components
from pipeline.untrusted import Several


class Identifier(Part):
    """What a package is called elsewhere."""

    type: str = Field("", alias="externalIdentifierType")
    identifier: str = ""


class Element(Part):
    """An element of any class; the fields are those of the classes that are read."""

    type: str
    identifier: str | None = Field(None, alias="spdxId")
    name: str | None = None
    version: str | None = Field(None, alias="software_packageVersion")
    package_url: str | None = Field(None, alias="software_packageUrl")
    external_identifiers: Several[Identifier] = Field(default_factory=list, alias="externalIdentifier")
    relationship_type: str | None = Field(None, alias="relationshipType")
    source: str | None = Field(None, alias="from")
    targets: Several[str] = Field(default_factory=list, alias="to")
    roots: Several[str] = Field(default_factory=list, alias="rootElement")

    def purl(self) -> str | None:
        """Its package URL, where it has one."""
        named = (one.identifier for one in self.external_identifiers if one.type == "packageUrl")
        return self.package_url or next(named, None)


class Document(Part):
    """The whole document."""

    context: str | list[object] | dict[str, object] = Field(alias="@context")
    graph: Several[Element] = Field(alias="@graph")


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read an SPDX 3 document.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    elements = read_json_model(path, Document).graph
    needs: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        if element.relationship_type == "dependsOn" and element.source is not None:
            needs[element.source] += element.targets
    described = {root for element in elements for root in element.roots}
    # As in SPDX 2: the audited thing itself needs something, and nothing needs it.
    roots = {one for one in described if one in needs} - {end for ends in needs.values() for end in ends}
    components = Components(Gathering(indexes))
    for number, element in enumerate(elements):
        if element.type != "software_Package" or element.identifier is None:
            continue
        if element.identifier in roots:
            if len(roots) > 1:
                components.gathering.skip(element.name or "", "described")
        else:
            try:
                components.add(element.identifier, element.name or "", element.version, element.purl())
            except ValueError as error:
                malformed(path, f": @graph.{number}", str(error))
    for source, needed in needs.items():
        (components.ask_for(needed) if source in roots else components.connect(source, needed))
    return components.gathering.result()
