"""Within a schema version nothing of the published tables goes or changes its type (docs/schema.md)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.dictionary import types_of
from pipeline.warehouse.catalog import Table

sys.path.insert(0, str(Path(__file__).parent))

from promise import PROMISE, promised

ANEW = "run `PYTHONPATH=. .venv/bin/python tests/warehouse/promise.py`"


@pytest.fixture(scope="module")
def made(catalog: list[Table]) -> dict[str, Any]:
    return promised(catalog, types_of(catalog))


def broken(promise: dict[str, Any], made: dict[str, Any]) -> list[str]:
    """What was promised and is not so any more."""
    found = []
    for name, table in promise["tables"].items():
        now = made["tables"].get(name)
        if now is None:
            found.append(name)
            continue
        found += [f"{name}: key"] * (now["key"] != table["key"])
        found += [f"{name}.{column}" for column, kind in table["columns"].items() if now["columns"].get(column) != kind]
        found += [
            f"{name}.{column}: {code}"
            for column, codes in table["codes"].items()
            for code in codes
            if code not in now["codes"].get(column, codes)
        ]
    return found


def test_what_was_promised_stays_or_the_version_grows(made) -> None:
    promise = json.loads(PROMISE.read_text(encoding="utf-8"))
    if promise["schema_version"] == made["schema_version"]:
        assert broken(promise, made) == [], "let SCHEMA_VERSION grow, say so in docs/schema.md and CHANGELOG.md"
    assert promise == made, ANEW


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda tables: tables.pop("accounts"), ["accounts"]),
        (lambda tables: tables["projects"]["columns"].pop("tier"), ["projects.tier"]),
        (lambda tables: tables["projects"]["columns"].update(tier="INTEGER"), ["projects.tier"]),
        (lambda tables: tables["projects"]["codes"]["tier"].remove("top_100"), ["projects.tier: top_100"]),
        (lambda tables: tables["projects"].update(key=["tier"]), ["projects: key"]),
        (lambda tables: tables["projects"]["columns"].update(new="INTEGER"), []),
        (lambda tables: tables.update(new={"key": [], "columns": {}, "codes": {}}), []),
    ],
)
def test_what_breaks_the_promise_and_what_only_adds(made, change, said) -> None:
    later = json.loads(json.dumps(made))
    change(later["tables"])
    assert broken(made, later) == said
