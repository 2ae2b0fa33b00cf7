"""The manifest of a landing: what was fetched, from where, when and at which price, and the checksum of every file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import LandingError
from pipeline.files import sha256_of
from pipeline.untrusted import Moment

MANIFEST = "manifest.json"
"""The name of the file, in the folder of the files that it names."""
MOST_BYTES = 64 * 2**20
"""The longest manifest that is read; the queries in it are a few thousand letters each."""

FileName = Annotated[str, Field(pattern=r"^[^/\\\x00]{1,255}$")]
"""The name of a file in the folder of its manifest, and never a path out of it."""

Day = Annotated[date, Field(ge=date(1991, 1, 1), lt=date(3000, 1, 1))]
"""A day on which an index may have been looked at."""


TableName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,60}$")]
"""The name of a landing table, which becomes a name in SQL."""

Count = Annotated[int, Field(ge=0, lt=2**63)]
"""A number of rows or bytes."""


class InputFile(BaseModel):
    """A local file that a source read."""

    model_config = ConfigDict(frozen=True)

    name: str
    size_bytes: Count
    sha256: str


class LandedTable(BaseModel):
    """One Parquet file of the landing, and what its source says about it."""

    model_config = ConfigDict(frozen=True)

    file: FileName
    row_count: Count
    size_bytes: Count
    sha256: str
    is_observed: bool
    note: str
    query: str | None = None
    query_sha256: str | None = None
    bytes_billed: Count | None = None
    observed_on: Day | None = None
    """Where it is another day than that of the fetch."""


class Manifest(BaseModel):
    """One complete fetch of one source for one period."""

    model_config = ConfigDict(frozen=True)

    source: str
    period: str
    observed_on: Day
    fetched_at: Moment
    is_simulated: bool
    code_version: str
    parameters: dict[str, str]
    inputs: list[InputFile]
    tables: dict[TableName, LandedTable]


class Landing:
    """A complete fetch on disk."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    def path(self, table: str) -> Path:
        """Where the Parquet file of a landing table lies."""
        return self.folder / self.manifest.tables[table].file

    def verify_files(self) -> None:
        """Compare every file with the checksum that the manifest holds.

        Raises:
            LandingError: a file is missing, torn or was changed.
        """
        for name, table in self.manifest.tables.items():
            path = self.path(name)
            if not path.is_file() or sha256_of(path) != table.sha256:
                raise LandingError(
                    f"{path} is missing, or is not the file that was landed.",
                    way_out=f"Remove {self.folder} and run `pypi-adoption fetch` again.",
                )
