"""Where an index answers: the addresses of its Simple, JSON and Integrity APIs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from pipeline.sources.web import check_address, origin_of


@dataclass(frozen=True)
class Endpoints:
    """The addresses of one index."""

    simple: str
    """Of the Simple API, ending in a slash."""
    json: str
    """Under which `pypi/<project>/json` answers, ending in a slash."""

    @classmethod
    def of(cls, index_url: str | None) -> Endpoints:
        """The addresses under an index address as pip takes it; without one, of the package index itself.

        Raises:
            SourceError: the address is neither https nor on this machine, or holds a password.
        """
        address = PYPI_SIMPLE_ENDPOINT if index_url is None else index_url
        simple = check_address(address, "The index address").rstrip("/") + "/"
        return cls(simple=simple, json=simple.removesuffix("simple/"))

    def simple_page(self, project: str) -> str:
        """The page of a project (PEP 691), which lists its files."""
        return f"{self.simple}{quote(project, safe='')}/"

    def json_page(self, project: str, version: str | None = None) -> str:
        """The JSON page of a project, or of one of its versions."""
        parts = [project, version] if version else [project]
        return f"{self.json}pypi/{'/'.join(quote(part, safe='') for part in parts)}/json"

    def is_own(self, address: str) -> bool:
        """Whether an address that a page gives lies on the index's own host: no other is asked."""
        try:
            return origin_of(address) == origin_of(self.simple)
        except ValueError:
            return False
