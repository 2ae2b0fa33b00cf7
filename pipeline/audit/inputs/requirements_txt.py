"""Requirements files as pip reads them, parsed with pip's own code as the library pip-requirements-parser carries it.

Files named with `-r` are read too; those named with `-c` are read for mistakes only, since a constraint brings nothing
along by itself. Nothing is fetched, no variable of the environment is put in, and markers exclude nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pip_requirements_parser import (  # type: ignore[import-untyped]
    CommentRequirementLine,
    InvalidRequirementLine,
    OptionLine,
    RequirementsFile,
    auto_decode,
)

from pipeline.audit.dependencies import DependencySet, Gathering, Indexes
from pipeline.audit.inputs.documents import malformed, read_bytes
from pipeline.errors import SourceError

MOST_FILES = 100
MOST_ENTRIES = 20_000
MOST_CHARACTERS = 60_000
"""Of one line with those that continue it; a package with 500 hashes has about 45,000. Parsing takes time in
proportion to the square of it."""

_BLANKS = re.compile(r"\s{200}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)


@dataclass
class _Reading:
    gathering: Gathering
    seen: set[tuple[Path, bool]] = field(default_factory=set)
    """The files that were read, and whether as constraints, which bring nothing along."""
    index: str | None = None
    entries: list[Any] = field(default_factory=list)


def read(path: Path, indexes: Indexes) -> DependencySet:
    """Read a requirements file with everything that it includes.

    Raises:
        SourceError: one of the files is none; the message says in which line.
    """
    reading = _Reading(Gathering(indexes))
    _read_file(path, reading, is_constraint=False)
    for entry in reading.entries:
        _add(entry, reading)
    return reading.gathering.result()


def _read_file(path: Path, reading: _Reading, *, is_constraint: bool) -> None:
    if (path.resolve(), is_constraint) in reading.seen:
        return
    reading.seen.add((path.resolve(), is_constraint))
    if len(reading.seen) > MOST_FILES:
        raise SourceError(f"{path} is one of more than {MOST_FILES} files that include each other.")
    _check_lines(path)
    for entry in _entries(path):
        if isinstance(entry, InvalidRequirementLine):
            malformed(path, f":{entry.line_number}", _first_line(entry.error_message))
        if isinstance(entry, OptionLine):
            _follow(path, entry, reading, is_constraint=is_constraint)
        elif not is_constraint:
            reading.entries.append((path, entry))


def _check_lines(path: Path) -> None:
    """Refuse lines that would take the parser long (continued ones count as one)."""
    length, first = 0, 1
    for number, line in enumerate(_text(path).splitlines(), start=1):
        length += len(line)
        if length > MOST_CHARACTERS or _BLANKS.search(line):
            malformed(path, f":{first}", "the line is too long, or has too many blanks in a row")
        if not line.endswith("\\"):
            length, first = 0, number + 1


def _text(path: Path) -> str:
    """The text as pip decodes it: by its mark, by a coding line, or as this machine does."""
    try:
        return str(auto_decode(read_bytes(path)))
    except (ValueError, LookupError) as error:  # LookupError: a coding line names no encoding of texts
        malformed(path, "", f"{error}, so it is no text")


def _entries(path: Path) -> Iterator[Any]:
    try:
        entries = list(islice(RequirementsFile.parse(str(path)), MOST_ENTRIES + 1))
    except ValueError as error:
        malformed(path, "", str(error))
    if len(entries) > MOST_ENTRIES:
        raise SourceError(f"{path} has more than {MOST_ENTRIES} entries.")
    return (entry for entry in entries if not isinstance(entry, CommentRequirementLine))


def _follow(path: Path, entry: Any, reading: _Reading, *, is_constraint: bool) -> None:
    """Act on a line of options: include a file, or remember which index is meant."""
    place = f":{entry.line_number}"
    for option, values in entry.options.items():
        if option in ("requirements", "constraints"):
            for name in values:
                _include(path, place, name, reading, is_constraint=is_constraint or option == "constraints")
        elif option == "index_url":
            reading.index = str(values)
        elif option == "extra_index_urls" and not all(reading.gathering.indexes.hold(one) for one in values):
            reading.gathering.notes.append(
                f"{path.name}{place} names another index besides; from which of the two a project comes is not known."
            )


def _include(path: Path, place: str, name: str, reading: _Reading, *, is_constraint: bool) -> None:
    if _ADDRESS.match(name):
        reading.gathering.skip(f"{path.name}{place}", "not_followed")
        return
    try:
        included = path.parent / name
        if not included.is_file():
            malformed(path, place, f"there is no file {name!r}")
    except ValueError as error:
        malformed(path, place, str(error))
    _read_file(included, reading, is_constraint=is_constraint)


def _add(located: tuple[Path, Any], reading: _Reading) -> None:
    path, requirement = located
    gathering, link = reading.gathering, requirement.link
    if link is None:
        version = _pinned(requirement)
        gathering.add(requirement.name, version, index=reading.index)
        if version is None:
            # A tool that lists everything pins everything, so a person asked for this.
            gathering.ask_for([requirement.name])
        return
    name = requirement.name or f"{path.name}:{requirement.line_number}"
    is_elsewhere = bool(link.scheme) and not link.is_file
    gathering.skip(name, "vcs" if link.is_vcs else "url" if is_elsewhere else "local")


def _pinned(requirement: Any) -> str | None:
    """The version of `==` or `===`, where it names one."""
    specifiers = list(requirement.specifier or ())
    if len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and "*" not in specifiers[0].version:
        return str(specifiers[0].version)
    return None


def _first_line(message: str) -> str:
    """What the parser says, without the line itself and the arrow under it."""
    lines = message.strip().splitlines()
    return lines[0].rstrip(".") if lines else "it cannot be read"
