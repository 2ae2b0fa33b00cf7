"""Data cards: what a bundled file is, who made it, and which file exactly is meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import SourceError
from pipeline.files import sha256_of


class CardQuery(BaseModel):
    """A query that a data file rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gives: str
    """The landing table that it filled."""
    sha256: str
    """Of its text."""
    row_count: int
    bytes_billed: int
    """In the fetch that made the file; 0 for what had been paid before."""
    note: str
    """What the source says about the result: bytes ever billed, errors of a sample, known breaks."""


class DataCard(BaseModel):
    """The sibling `.yml` of a bundled data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    producer: str
    citation: str = ""
    """How to name the data in a text; empty where the producer says it all."""
    obtained: str
    """How the file came to be."""
    observed_on: date
    """The day that the file describes, or on which it was last brought up to date."""
    precision: str
    holds_not: str
    """What a reader might expect in it and will not find."""
    licence: str
    origin: Literal["observed", "simulated"] = "observed"
    accessed_on: date | None = None
    """The day on which the data were read, where that is another one than `observed_on`."""
    row_count: int | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    """What each column means, where no other document says it."""
    queries: list[CardQuery] = Field(default_factory=list)
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
    # Bytes that are no UTF-8 and dates that are none are a ValueError, as a ValidationError is.
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
        what = str(error).partition("\n")[0]
        raise SourceError(f"{path} is not a data card: {what}.", way_out="Restore it.") from None


def card_text(card: DataCard) -> str:
    """The text of a card, as `read_card` reads it; what it does not say is left out."""
    content = card.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


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
