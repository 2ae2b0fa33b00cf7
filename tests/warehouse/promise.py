"""What docs/schema.md promises of the published tables, as data: columns with their types, keys, accepted codes.

`PYTHONPATH=. .venv/bin/python tests/warehouse/promise.py` writes promise.json anew, after something was added, or for
another schema version.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.documents.dictionary import Types, types_of
from pipeline.warehouse.catalog import Table, load_catalog
from pipeline.warehouse.published import SCHEMA_VERSION

PROMISE = Path(__file__).with_name("promise.json")


def promised(catalog: Sequence[Table], types: Types) -> dict[str, Any]:
    """What the code of today makes."""
    tables = {
        table.name: {
            "key": list(table.card.unique),
            "columns": {name: types[table.address, name] for name in table.columns},
            "codes": {name: sorted(codes) for name, codes in sorted(table.codes.items())},
        }
        for table in sorted(catalog, key=lambda table: table.name)
        if table.layer == "marts"
    }
    return {"schema_version": SCHEMA_VERSION, "tables": tables}


if __name__ == "__main__":
    tables = load_catalog()
    PROMISE.write_text(json.dumps(promised(tables, types_of(tables)), indent=1) + "\n", encoding="utf-8")
