"""What a run knows about itself, as Arrow tables: the run, the files it read, the tables it landed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.manifest import Landing

_TIMESTAMP = pa.timestamp("us", tz="UTC")

RUN_SCHEMA = pa.schema(
    [
        ("run_id", pa.string()),
        ("started_at", _TIMESTAMP),
        ("source", pa.string()),
        ("period", pa.string()),
        ("observed_on", pa.date32()),
        ("is_simulated", pa.bool_()),
        ("code_version", pa.string()),
        ("schema_version", pa.int32()),
        ("announced_from", pa.date32()),
        ("enforced_from", pa.date32()),
        ("provenance_from", pa.date32()),
        ("parameters", pa.string()),
    ]
)

INPUT_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("period", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("row_count", pa.int64()),
        ("size_bytes", pa.int64()),
        ("sha256", pa.string()),
        ("fetched_at", _TIMESTAMP),
        ("query", pa.string()),
        ("query_sha256", pa.string()),
        ("billed_bytes", pa.int64()),
    ]
)

LANDING_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("period", pa.string()),
        ("landing_table", pa.string()),
        ("row_count", pa.int64()),
        ("is_observed", pa.bool_()),
        ("note", pa.string()),
    ]
)


def run_record(run: Mapping[str, Any]) -> pa.Table:
    """The one row of the mart `runs`."""
    return pa.Table.from_pylist([{**run, "parameters": json.dumps(run["parameters"], sort_keys=True)}], RUN_SCHEMA)


def input_records(landings: Sequence[Landing]) -> pa.Table:
    """The rows of the mart `inputs`: local files that a source read (`file`), and Parquet files landed (`landing`)."""
    rows: list[dict[str, Any]] = []
    for landing in landings:
        manifest = landing.manifest
        head = {"source": manifest.source, "period": manifest.period, "fetched_at": manifest.fetched_at}
        rows += [{**head, "kind": "file", **file.model_dump()} for file in manifest.inputs]
        rows += [
            {
                **head,
                "kind": "landing",
                "name": name,
                "row_count": table.row_count,
                "size_bytes": table.size_bytes,
                "sha256": table.sha256,
                "query": table.query,
                "query_sha256": table.query_sha256,
                "billed_bytes": table.bytes_billed,
            }
            for name, table in manifest.tables.items()
            if table.is_observed
        ]
    return pa.Table.from_pylist(rows, INPUT_SCHEMA)


def landing_records(landings: Sequence[Landing]) -> pa.Table:
    """One row per landing and landing table, with what its source says about it."""
    return pa.Table.from_pylist(
        [
            {
                "source": landing.manifest.source,
                "period": landing.manifest.period,
                "landing_table": name,
                **table.model_dump(include={"row_count", "is_observed", "note"}),
            }
            for landing in landings
            for name, table in landing.manifest.tables.items()
        ],
        LANDING_SCHEMA,
    )
