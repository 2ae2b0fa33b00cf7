"""What a run knows about itself, as Arrow tables: the run, the files it read, the tables it landed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipeline.manifest import Landing, Manifest
from pipeline.settings import CutDates

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
        ("bytes_billed", pa.int64()),
    ]
)

LANDING_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("period", pa.string()),
        ("landing_table", pa.string()),
        ("observed_on", pa.date32()),
        ("is_observed", pa.bool_()),
        ("note", pa.string()),
    ]
)


def run_facts(
    manifest: Manifest, cuts: CutDates, *, started_at: datetime, code_version: str, schema_version: int
) -> dict[str, Any]:
    """What is recorded of a run that builds what a manifest names.

    Args:
        manifest: Of the landing of the month.
        cuts: The dates at which the meaning of an upload changes.
        started_at: When the run began.
        code_version: Of the program that builds.
        schema_version: Of the file that is built.
    """
    return {
        "run_id": str(uuid.uuid4()),
        "started_at": started_at,
        "source": manifest.source,
        "period": manifest.period,
        "observed_on": manifest.observed_on,
        "is_simulated": manifest.is_simulated,
        "code_version": code_version,
        "schema_version": schema_version,
        "announced_from": cuts.announced_from,
        "enforced_from": cuts.enforced_from,
        "provenance_from": cuts.provenance_from,
        "parameters": manifest.parameters,
    }


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
                "bytes_billed": table.bytes_billed,
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
                "observed_on": table.observed_on or landing.manifest.observed_on,
                **table.model_dump(include={"is_observed", "note"}),
            }
            for landing in landings
            for name, table in landing.manifest.tables.items()
        ],
        LANDING_SCHEMA,
    )
