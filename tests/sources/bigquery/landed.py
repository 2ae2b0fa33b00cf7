"""What a source yields, as tables that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from pipeline.sources.bigquery.source import BigQuerySource

MakeSource = Callable[..., BigQuerySource]


def tables_of(source: BigQuerySource, scratch: Path) -> dict[str, pa.Table]:
    """All that a source yields, one table a landing table."""
    batches: dict[str, list[pa.RecordBatch]] = {}
    for table, batch in source.batches(scratch):
        batches.setdefault(table, []).append(batch)
    return {table: pa.Table.from_batches(found) for table, found in batches.items()}


def sorted_rows(table: pa.Table) -> list[tuple]:
    """The rows of a table in an order that does not depend on how they came."""
    return sorted((tuple(row.values()) for row in table.to_pylist()), key=repr)
