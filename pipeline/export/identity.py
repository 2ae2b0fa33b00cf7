"""What a package is: which source, which month, how it is called, and how it is to be cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.export.citation import Citation, read_citation
from pipeline.warehouse.published import read_run

DATA_LICENCE = {
    "name": "CC0-1.0",
    "title": "CC0 1.0 for the compilation; the facts are their sources'",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""The licence that the data cards name."""


@dataclass(frozen=True)
class Input:
    """A file or a landing table that the database rests on."""

    source: str
    period: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Identity:
    """A package, before a table is written."""

    run: Mapping[str, Any]
    """The row of `runs`."""
    citation: Citation
    inputs: tuple[Input, ...]

    @property
    def is_simulated(self) -> bool:
        """Whether the index is a fictitious one."""
        return bool(self.run["is_simulated"])

    @property
    def name(self) -> str:
        """An identifier, for instance `pypi-adoption-simulated-2026-10`."""
        return f"pypi-adoption-{self.run['source']}-{self.run['period']}".lower()

    def file_name(self, name: str) -> str:
        """How a file of the package is called: made-up data say so wherever they are carried, also without the rest."""
        return f"SIMULATED-{name}" if self.is_simulated else name

    @property
    def title(self) -> str:
        """The title, which says first when the data are made up."""
        title = f"Two-factor authentication and Trusted Publishing on PyPI, {self.run['period']}"
        return f"SIMULATED DATA: {title}" if self.is_simulated else title

    @property
    def description(self) -> str:
        """What it holds, made when and by what."""
        run = self.run
        what = (
            f"Tables of pypi-adoption {run['code_version']}, schema version {run['schema_version']}, made from the "
            f"source {run['source']} for {run['period']}, observed on {run['observed_on']}. "
            "NULL means not observed, never no."
        )
        return (
            f"SIMULATED: the index is a fictitious one, and nothing about projects and accounts is real. {what}"
            if self.is_simulated
            else what
        )

    @property
    def keywords(self) -> list[str]:
        """Those of the project; made-up data have one more."""
        return [*self.citation.keywords, *(["simulated data"] if self.is_simulated else [])]

    @property
    def created(self) -> datetime:
        """When the run began (UTC); two exports of one file are the same to the byte."""
        started: datetime = self.run["started_at"]
        return started


def citation_of(identity: Identity) -> str:
    """CITATION.cff of the package: it is data, under the licence of data."""
    return identity.citation.of_data(
        title=identity.title,
        abstract=identity.description,
        version=str(identity.run["code_version"]),
        licence=DATA_LICENCE["name"],
        released=identity.created,
        keywords=identity.keywords,
    )


def read_identity(connection: duckdb.DuckDBPyConnection, database: Path, citation: Path) -> Identity:
    """Say what an open published file is.

    Args:
        connection: The open file.
        database: Where it lies, for messages.
        citation: CITATION.cff of this project.

    Raises:
        BuildError: the file is not one of this project, or of another schema version.
        ExportError: CITATION.cff is missing, or cannot be read.
    """
    rows = connection.execute(
        "select source, period, name, sha256 from main.inputs order by source, period, kind, name"
    ).fetchall()
    return Identity(read_run(connection, database), read_citation(citation), tuple(Input(*row) for row in rows))
