"""Reading a stranger's file: within bounds, into a model, and with the place where it is wrong."""

from __future__ import annotations

import errno
import re
import tomllib
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import SourceError
from pipeline.text import visible
from pipeline.untrusted import read_bounded, validated, validated_json

MOST_BYTES = 32 * 2**20
"""The longest file that is read. Lock files of thousands of packages have a tenth of it."""
MOST_CHARACTERS_TOLD = 200

_LONG_KEY = re.compile(rb"""(?:^|[\[{,])\s*(?:[\w"'-]+[ \t]*\.[ \t]*){100}""", re.MULTILINE)
"""A key of more than 100 parts, for which the parser takes memory in proportion to the square of their number."""
_LINE = re.compile(r"\(?\bat line (\d+)(?:,? column \d+)?\)?")

Model = TypeVar("Model", bound=BaseModel)


class Part(BaseModel):
    """A part of a document; fields that the audit does not need are dropped."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        SourceError: there is no such file, it cannot be read, or it is too long.
    """
    # It is read more than once, and a pipe is empty the second time: nothing would be listed, and nothing refused.
    try:
        return read_bounded(path, MOST_BYTES)
    except OSError as error:
        way_out = "Write what is to be audited into a file first." if error.errno == errno.EINVAL else ""
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.", way_out=way_out) from None


def read_document(path: Path) -> bytes:
    """The content of a TOML or JSON file, without the mark with which some editors begin UTF-8.

    Raises:
        SourceError: as for `read_bytes`.
    """
    return read_bytes(path).removeprefix(BOM_UTF8)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML document.

    Raises:
        SourceError: it is none; the message says in which line.
    """
    content = read_document(path)
    if _LONG_KEY.search(content):
        malformed(path, "", "its parts are nested too deeply")
    try:
        return tomllib.loads(content.decode())
    except RecursionError:
        malformed(path, "", "its parts are nested too deeply")
    except ValueError as error:
        last_line = content.count(b"\n") + 1
        _malformed_text(path, str(error).replace("at end of document", f"at line {last_line}"), "TOML")


def read_toml_model(path: Path, model: type[Model]) -> Model:
    """A TOML document of a known form.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    try:
        return validated(model, read_toml(path))
    except ValidationError as error:
        _malformed_model(path, error)


def read_json_model(path: Path, model: type[Model]) -> Model:
    """A JSON document of a known form.

    Raises:
        SourceError: it is none; the message says at which place.
    """
    try:
        return validated_json(model, read_document(path))
    except ValidationError as error:
        _malformed_model(path, error)


def malformed(path: Path, place: str, cause: str) -> NoReturn:
    """Say where a file is wrong.

    Args:
        path: The file.
        place: A line (`:3`), or the path in the document (`: package.3.name`).
        cause: What is wrong there, without the full stop.

    Raises:
        SourceError: always.
    """
    told = visible(" ".join(f"{place}: {cause.rstrip('.')}".split()))
    raise SourceError(f"{visible(str(path))}{told[:MOST_CHARACTERS_TOLD]}.")


def _malformed_text(path: Path, said: str, form: str) -> NoReturn:
    """What a parser says, with the line that it names where lines stand."""
    found = _LINE.search(said)
    cause = _LINE.sub("", said).strip().rstrip(".")
    malformed(path, f":{found[1]}" if found else "", f"no {form}: {_within_a_sentence(cause)}")


def _malformed_model(path: Path, error: ValidationError) -> NoReturn:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        _malformed_text(path, first["msg"].removeprefix("Invalid JSON: "), "JSON")
    place = ".".join(str(part) for part in first["loc"])
    cause = first["msg"].removeprefix("Value error, ")
    malformed(path, f": {place}" if place else "", _within_a_sentence(cause))


def _within_a_sentence(cause: str) -> str:
    """With a small letter first, unless it begins with a word in capitals (`EOF while parsing`)."""
    return cause if cause[1:2].isupper() else cause[:1].lower() + cause[1:]
