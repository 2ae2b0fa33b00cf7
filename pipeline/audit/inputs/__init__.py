"""The formats of lists of dependencies: which there are, and which one a file is in."""

from __future__ import annotations

import fnmatch
import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pipeline.audit.dependencies import DependencySet, Indexes
from pipeline.audit.inputs.documents import read_document
from pipeline.audit.inputs.interface import Format
from pipeline.errors import SourceError

FORMATS: Mapping[str, tuple[str, ...]] = {
    "pylock": ("pylock.toml", "pylock.*.toml"),
    "uv_lock": ("uv.lock",),
    "poetry_lock": ("poetry.lock",),
    "pdm_lock": ("pdm.lock",),
    "pipfile_lock": ("pipfile.lock",),
    "cyclonedx": ("*.cdx.json", "bom.json"),
    "spdx": ("*.spdx.json",),
    "spdx3": ("*.spdx3.json",),
    "requirements_txt": ("*.txt", "*.in"),
}
"""The module of each format, and how files in it are called, in lower case."""

SIGNS: Mapping[str, bytes] = {
    "cyclonedx": rb'"bomFormat"\s*:',
    "spdx3": rb'"@graph"\s*:',
    "spdx": rb'"spdxVersion"\s*:',
    "pipfile_lock": rb'"pipfile-spec"\s*:',
}
"""What tells the JSON formats apart, whatever the file is called."""

WITHOUT_READER: Mapping[str, str] = {
    ".xml": "CycloneDX in XML is not read. Convert it to JSON (`cyclonedx convert`).",
    ".spdx": "SPDX in tag-value form is not read. Convert it to JSON (`pyspdxtools`).",
    ".rdf": "SPDX in RDF is not read. Convert it to JSON (`pyspdxtools`).",
}


def read_dependencies(path: Path, indexes: Indexes, format_name: str | None = None) -> DependencySet:
    """Read a list of dependencies.

    Args:
        path: The file.
        indexes: The indexes whose projects are audited.
        format_name: One of `FORMATS`; by default it is told by the name and the content of the file.

    Raises:
        SourceError: it cannot be read; the message names the file, the place and the cause.
    """
    return format_of(format_name or detect(path)).read(path, indexes)


def format_of(name: str) -> Format:
    """The reader of a format. It is imported only when it is used, since some of their libraries take long."""
    return cast("Format", importlib.import_module(f"pipeline.audit.inputs.{name}"))


def detect(path: Path) -> str:
    """The format of a file.

    Raises:
        SourceError: it cannot be read, or is in none of the formats.
    """
    content = read_document(path)
    if path.suffix.lower() == ".json" or content.lstrip()[:1] == b"{":
        for name, sign in SIGNS.items():
            if re.search(sign, content):
                return name
    for name, patterns in FORMATS.items():
        if any(fnmatch.fnmatchcase(path.name.lower(), pattern) for pattern in patterns):
            return name
    known = ", ".join(patterns[0] for patterns in FORMATS.values())
    raise SourceError(
        WITHOUT_READER.get(path.suffix.lower(), f"{path} is in no format that is known by its name or content."),
        way_out=f"Known are {known}; --format says which one is meant.",
    )
