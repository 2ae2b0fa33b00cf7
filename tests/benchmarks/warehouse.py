"""What a build wants to be told besides its landings, for an index that nobody observed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.manifest import Landing
from pipeline.settings import Settings
from pipeline.warehouse.build import Facts
from pipeline.warehouse.catalog import Table
from pipeline.warehouse.history import read_history


def facts_of(landing: Landing, catalog: Sequence[Table], settings: Settings) -> Facts:
    """The run of a benchmark, without a history."""
    manifest = landing.manifest
    record = {
        "run_id": "benchmark",
        "started_at": datetime.now(UTC),
        "code_version": "benchmark",
        "schema_version": 0,
        "announced_from": settings.cuts.announced_from,
        "enforced_from": settings.cuts.enforced_from,
        "provenance_from": settings.cuts.provenance_from,
        **manifest.model_dump(include={"source", "period", "observed_on", "is_simulated", "parameters"}),
    }
    month = {"source": manifest.source, "period": manifest.period, "is_simulated": manifest.is_simulated}
    return Facts(record, read_history(Path("nowhere.duckdb"), catalog, **month))
