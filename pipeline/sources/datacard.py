"""Data cards: what a bundled file is, who made it, and which file exactly is meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import SourceError
from pipeline.landing import sha256_of


class DataCard(BaseModel):
    """The sibling `.yml` of a bundled data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    producer: str
    obtained: str
    """How the file came to be."""
    observed_on: date
    """The day that the file describes, or on which it was last brought up to date."""
    precision: str
    holds_not: str
    """What a reader might expect in it and will not find."""
    licence: str
    sha256: str


def read_card(data_file: Path) -> DataCard:
    """Read the card beside a data file.

    Raises:
        SourceError: there is no card, or it does not have the fields of a card.
    """
    path = data_file.with_suffix(".yml")
    try:
        return DataCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SourceError(f"{data_file} has no data card {path.name} beside it.", way_out="Restore it.") from None
    except (yaml.YAMLError, ValidationError) as error:
        what = str(error).splitlines()[0]
        raise SourceError(f"{path} is not a data card: {what}.", way_out="Restore it.") from None


def verify(data_file: Path, card: DataCard) -> None:
    """Hold a data file against the checksum of its card.

    Raises:
        SourceError: the file is another one than the card describes.
    """
    if sha256_of(data_file) != card.sha256:
        raise SourceError(
            f"{data_file} is not the file that its data card describes (the SHA-256 differs).",
            way_out=f"Restore it, or bring {data_file.with_suffix('.yml').name} up to date if the change is meant.",
        )
