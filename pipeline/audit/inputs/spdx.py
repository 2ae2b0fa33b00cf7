"""SPDX documents in JSON, version 2: packages with package URLs, and their relationships."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pydantic import Field

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import Part, malformed, read_json_model
from pipeline.audit.inputs.purls import Components
from pipeline.untrusted import Several

DOCUMENT = "SPDXRef-DOCUMENT"


class Reference(Part):
    """What a package is called elsewhere."""

    type: str = Field(alias="referenceType")
    locator: str = Field(alias="referenceLocator")


class Package(Part):
    """One package."""

    identifier: str = Field(alias="SPDXID")
    name: str
    version: str | None = Field(None, alias="versionInfo")
    references: Several[Reference] = Field(default_factory=list, alias="externalRefs")

    def purl(self) -> str | None:
        """Its package URL, where it has one."""
        return next((one.locator for one in self.references if one.type == "purl"), None)


class Relationship(Part):
    """What one element is to another."""

    element: str = Field(alias="spdxElementId")
    type: str = Field(alias="relationshipType")
    related: str = Field(alias="relatedSpdxElement")


class Document(Part):
    """The whole document."""

    version: str = Field(alias="spdxVersion", pattern=r"^SPDX-2\.\d+$")
    described: Several[str] = Field(default_factory=list, alias="documentDescribes")
    packages: Several[Package] = Field(default_factory=list)
    relationships: Several[Relationship] = Field(default_factory=list)


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read an SPDX 2 document.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    document = read_json_model(path, Document)
    needs = _needs(document.relationships)
    described = {*document.described, *(r.related for r in document.relationships if r.type == "DESCRIBES")}
    # What a document describes is the audited thing itself where it needs something and nothing needs it.
    roots = {one for one in described if one in needs} - {end for ends in needs.values() for end in ends}
    components = Components(Gathering(indexes))
    for number, package in enumerate(document.packages):
        if package.identifier in roots:
            if len(roots) > 1:
                components.gathering.skip(package.name, "described")
        else:
            try:
                components.add(package.identifier, package.name, package.version, package.purl())
            except ValueError as error:
                malformed(path, f": packages.{number}.externalRefs", str(error))
    for element, needed in needs.items():
        (components.ask_for(needed) if element in roots else components.connect(element, needed))
    return components.gathering.result()


def _needs(relationships: list[Relationship]) -> dict[str, list[str]]:
    """Who needs whom: `DEPENDS_ON`, and `DEPENDENCY_OF` with its kinds (`DEV_DEPENDENCY_OF`, say) the other way."""
    needs: dict[str, list[str]] = defaultdict(list)
    for one in relationships:
        if one.type == "DEPENDS_ON":
            needs[one.element].append(one.related)
        elif one.type.endswith("DEPENDENCY_OF"):
            needs[one.related].append(one.element)
    return dict(needs)
