"""What a lock file, an SBOM or an environment lists, whatever its format: projects, what is skipped, who needs whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from packaging.utils import InvalidName, canonicalize_name

REASONS = {
    "local": "a path of the machine that made the file",
    "url": "an archive at an address of its own",
    "vcs": "a repository of a version control system",
    "other_index": "a project of another index than the one that is asked",
    "not_python": "no Python project (by its package URL)",
    "no_package_url": "no package URL, so nobody can tell what it is",
    "no_project_name": "no name that a project can have (PEP 508)",
    "not_followed": "a list at an address, which is not fetched",
    "described": "one of several things that the document describes, and not what they need",
    "unreadable": "metadata that cannot be read",
}
"""Why something that a file lists cannot be audited, by the code that `--json` gives."""


@dataclass(frozen=True, order=True)
class Dependency:
    """A project of the index that is depended upon."""

    project: str
    """PEP 503 name."""
    versions: tuple[str, ...] = ()
    """The versions that the file pins, as it writes them; several where it distinguishes environments."""


@dataclass(frozen=True, order=True)
class Skipped:
    """Something listed that cannot be audited."""

    name: str
    """As the file names it: a stranger's text."""
    reason: str
    """A key of `REASONS`."""


@dataclass(frozen=True)
class DependencySet:
    """What one file, or the environment, lists."""

    dependencies: tuple[Dependency, ...]
    """Ordered by name, each name once."""
    skipped: tuple[Skipped, ...] = ()
    direct: frozenset[str] | None = None
    """The names that the audited project is known to ask for itself; None where the format does not say."""
    needs: Mapping[str, frozenset[str]] | None = None
    """By name, the names that it needs, skipped ones included; None where the format does not say."""
    notes: tuple[str, ...] = ()
    """What a reader must know about how the file was read."""


@dataclass(frozen=True)
class Indexes:
    """The indexes whose projects are audited: the one that is asked, and the one that it may be a mirror of."""

    asked: str

    def hold(self, address: str) -> bool:
        """Whether an index address that a file names is one of them.

        A name on any other index may be somebody else's project here, and may be a secret; it is never asked about.
        """
        # It brings an HTTP client along, which takes half a second of every command.
        from pypi_simple import PYPI_SIMPLE_ENDPOINT  # noqa: PLC0415

        try:
            here, asked, public = (urlsplit(one) for one in (address, self.asked, PYPI_SIMPLE_ENDPOINT))
            places = [(one.hostname, one.port, one.path.rstrip("/")) for one in (here, asked)]
        except ValueError:
            return False
        return places[0] == places[1] or here.hostname == public.hostname


@dataclass
class Gathering:
    """Collects the entries of one file, in whatever order and however often it names them."""

    indexes: Indexes
    versions: dict[str, set[str]] = field(default_factory=dict)
    skipped: set[Skipped] = field(default_factory=set)
    direct: set[str] | None = None
    needs: dict[str, set[str]] | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, version: str | None = None, *, index: str | None = None) -> None:
        """A project; with the address of its index where the file tells that."""
        project = project_name(name)
        if project is None:
            self.skip(name, "no_project_name")
        elif index is not None and not self.indexes.hold(index):
            self.skip(name, "other_index")
        else:
            self.versions.setdefault(project, set()).update([version] if version else [])

    def skip(self, name: str, reason: str) -> None:
        """Something that cannot be audited, for one of `REASONS`."""
        self.skipped.add(Skipped(name, reason))

    def need(self, name: str, needed: Iterable[str]) -> None:
        """What something needs; that the file says so at all, where it needs nothing."""
        self.needs = self.needs if self.needs is not None else {}
        self.needs.setdefault(node_name(name), set()).update(node_name(one) for one in needed)

    def ask_for(self, names: Iterable[str]) -> None:
        """What the audited project itself asks for."""
        self.direct = self.direct if self.direct is not None else set()
        self.direct.update(node_name(name) for name in names)

    def result(self) -> DependencySet:
        """All that was collected."""
        return DependencySet(
            tuple(Dependency(project, tuple(sorted(found))) for project, found in sorted(self.versions.items())),
            tuple(sorted(self.skipped)),
            None if self.direct is None else frozenset(self.direct),
            None if self.needs is None else {name: frozenset(found) for name, found in self.needs.items()},
            tuple(self.notes),
        )


def project_name(name: str) -> str | None:
    """The PEP 503 name, or None where it cannot be the name of a project."""
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName:
        return None


def node_name(name: str) -> str:
    """What a thing is called in the graph: its PEP 503 name, or as it is written where it has none."""
    return project_name(name) or name
