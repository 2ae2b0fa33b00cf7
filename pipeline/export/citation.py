"""How this project is cited, and how a package of its tables is (https://github.com/citation-file-format)."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import ExportError

CITATION = "CITATION.cff"


class Author(BaseModel):
    """A person or an entity."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = ""
    given_names: str = Field(default="", alias="given-names")
    family_names: str = Field(default="", alias="family-names")

    @property
    def title(self) -> str:
        """The name as it is read."""
        return self.name or f"{self.given_names} {self.family_names}".strip()


class Citation(BaseModel):
    """What is needed of the file of this project."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cff_version: str = Field(alias="cff-version")
    title: str
    message: str
    license: str
    authors: list[Author] = Field(min_length=1)
    keywords: list[str] = Field(default_factory=list)

    def of_data(
        self, *, title: str, abstract: str, version: str, licence: str, released: datetime, keywords: list[str]
    ) -> str:
        """The file of a data set that this project has made; the project stands in it as what made it."""
        authors = self.model_dump(by_alias=True, exclude_unset=True, include={"authors"})["authors"]
        software = {
            "type": "software",
            "title": self.title,
            "authors": deepcopy(authors),  # the same list twice would be an anchor and an alias in YAML
            "version": version,
            "license": self.license,
        }
        document = {
            "cff-version": self.cff_version,
            "type": "dataset",
            "message": self.message,
            "title": title,
            "abstract": abstract,
            "authors": authors,
            "version": version,
            "date-released": released.date(),
            "license": licence,
            "keywords": keywords,
            "references": [software],
        }
        text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
        return text


def read_citation(path: Path) -> Citation:
    """Read CITATION.cff of this project.

    Raises:
        ExportError: it is missing, or cannot be read.
    """
    try:
        return Citation.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        what = str(error).splitlines()[0]
        raise ExportError(f"{path} cannot be read: {what}.", way_out="Restore it from the repository.") from error
