"""Package URLs: what a component of an SBOM is."""

from __future__ import annotations

from dataclasses import dataclass, field

from packageurl import PackageURL

from pipeline.audit.dependencies import Gathering


@dataclass
class Components:
    """The components of one SBOM by their references, and what depends on what."""

    gathering: Gathering
    names: dict[str, str] = field(default_factory=dict)

    def add(self, reference: str, name: str, version: str | None, purl: str | None) -> None:
        """Take a component in.

        Raises:
            ValueError: its package URL is none.
        """
        self.names[reference] = name
        if not purl:
            self.gathering.skip(name, "no_package_url")
            return
        parsed = PackageURL.from_string(purl)
        qualifiers = parsed.qualifiers
        if parsed.type != "pypi":
            self.gathering.skip(name, "not_python")
        elif "vcs_url" in qualifiers:
            self.gathering.skip(parsed.name, "vcs")
        elif "download_url" in qualifiers and "repository_url" not in qualifiers:
            self.gathering.skip(parsed.name, "url")
        else:
            self.names[reference] = parsed.name
            self.gathering.add(parsed.name, parsed.version or version, index=qualifiers.get("repository_url"))

    def connect(self, reference: str, needed: list[str]) -> None:
        """One component needs others; references to what is no component are left out."""
        if reference in self.names:
            names = [self.names[one] for one in needed if one in self.names]
            self.gathering.need(self.names[reference], names)

    def ask_for(self, needed: list[str]) -> None:
        """What the described thing itself needs."""
        self.gathering.ask_for(self.names[one] for one in needed if one in self.names)
