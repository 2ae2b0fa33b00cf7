"""Documents of strangers: read within bounds of size, kind and number of mistakes."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from pipeline.untrusted import MOST_MISTAKES, Named, Several, read_bounded, validated, validated_json

MANY = 200_000


class Document(BaseModel):
    """The kinds of fields that a stranger could fill with mistakes."""

    rows: Several[int] = []
    maybe: Several[int] | None = None
    by_name: Named[int] = {}
    nested: Named[Several[int]] = {}


WRONG = {
    "list": {"rows": ["x"] * MANY},
    "list that may be none": {"maybe": ["x"] * MANY},
    "mapping": {"by_name": {str(number): "x" for number in range(MANY)}},
    "mapping of lists": {"nested": {str(number): ["x"] for number in range(MANY)}},
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_mistakes_without_end_take_no_memory_in_proportion(content: dict) -> None:
    as_text = json.dumps(content)
    for refuse in (lambda: validated_json(Document, as_text), lambda: validated(Document, content)):
        tracemalloc.start()
        with pytest.raises(ValidationError) as refused:
            refuse()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert refused.value.error_count() <= MOST_MISTAKES + 1
        assert peak < 16 * 2**20


def test_what_is_right_is_read_whatever_its_length() -> None:
    content = {"rows": [1] * 5000, "maybe": None, "by_name": {str(n): n for n in range(5000)}, "nested": {"a": [1, 2]}}
    assert validated(Document, content).model_dump() == content
    assert validated_json(Document, json.dumps(content)).model_dump() == content


def test_few_mistakes_are_all_told_with_their_places() -> None:
    with pytest.raises(ValidationError) as refused:
        validated_json(Document, '{"by_name": {"a": "x", "b": 1, "c": "y"}}')
    assert [error["loc"] for error in refused.value.errors()] == [("by_name", "a"), ("by_name", "c")]


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 2**20)
    assert len(read_bounded(path, 2**20)) == 2**20
    path.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(OSError, match="it is longer than 1 MiB"):
        read_bounded(path, 2**20)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="it is no regular file"):
        read_bounded(tmp_path / "pipe", 10)
