"""Reading what a stranger wrote: files within a size, and documents of which some mistakes end the reading.

pydantic collects a note about every mistake, a few hundred bytes each: a file of zeros would take a hundred times its
size. The fields of such documents are therefore `Several` and `Named`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    FailFast,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

Item = TypeVar("Item")
Model = TypeVar("Model", bound=BaseModel)


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """The content of a regular file.

    Raises:
        OSError: there is none, it cannot be read, it is something else (a pipe, a device), or it is longer.
    """
    # A pipe that nobody writes to would be waited for.
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is longer than {most_bytes >> 20} MiB", str(path))
    return content


MOST_MISTAKES = 100
"""Of the entries of a mapping."""


class _TooManyMistakesError(Exception):
    """Ends a validation at once, which an error of pydantic does not."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__(str(error))
        self.error = error


def _counted(value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    try:
        return validate(value)
    except ValidationError as error:
        if info.context is not None:
            info.context["mistakes"] += 1
            if info.context["mistakes"] > MOST_MISTAKES:
                raise _TooManyMistakesError(error) from None
        raise


class _AtFirst(FailFast):
    """The same for a list; pydantic's own cannot be part of `... | None`, since it has no hash."""

    def __hash__(self) -> int:
        return hash(_AtFirst)


Several = Annotated[list[Item], _AtFirst()]
"""A list of which the first wrong entry ends the reading."""
Moment = Annotated[AwareDatetime, Field(ge=datetime(1991, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))]
"""When something may have been fetched or made; beyond, times of other zones are out of the calendar."""
Named = dict[str, Annotated[Item, WrapValidator(_counted)]]
"""A mapping of which `MOST_MISTAKES` wrong entries end the reading."""


def validated_json(model: type[Model], content: bytes | str) -> Model:
    """A JSON document of a known form.

    Raises:
        ValidationError: it is none.
    """
    with _told_as_mistake():
        return model.model_validate_json(content, context={"mistakes": 0})


def validated(model: type[Model], content: Any) -> Model:
    """A document that was parsed already, of a known form.

    Raises:
        ValidationError: it is none.
    """
    with _told_as_mistake():
        return model.model_validate(content, context={"mistakes": 0})


@contextmanager
def _told_as_mistake() -> Iterator[None]:
    """Have the mistake that was one too many told like any other."""
    try:
        yield
    except _TooManyMistakesError as one_too_many:
        raise one_too_many.error from None
