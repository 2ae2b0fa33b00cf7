"""The simulated index as a source like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from pipeline.sources.contract import OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.observed import QUARANTINED_FAILURE, RANKED_PROJECTS, observed_tables
from pipeline.sources.simulated.world import check_request, make_world

BATCH_ROWS = 131_072

_REMARKS = {
    "index": f"Ranks are those of the first {RANKED_PROJECTS:,} projects by downloads_30d.",
    "observations": f"Of quarantined projects: {QUARANTINED_FAILURE}. Projects without a listed file show no roles.",
    "files": "Deleted files are is_listed FALSE; of quarantined projects nobody could look, which is NULL.",
    "publishers": "One file of the first attested release by upload, one of the newest by version.",
    "requirements": "Of the newest release; of quarantined projects of the greatest version ever uploaded.",
    "downloads_daily": "On days 12 to 20 of each month one runaway client downloads one project without end.",
    "download_totals": f"Sums of 30 days without mirrors, of the first {RANKED_PROJECTS:,} projects.",
}


class SimulatedSource:
    """A fictitious index of `projects` projects, drawn from `seed`, as it looks on `observed_on`."""

    def __init__(self, projects: int, seed: int, observed_on: date = REFERENCE_DAY) -> None:
        self.projects = projects
        self.seed = seed
        self.observed_on = observed_on

    def describe(self) -> Description:
        """Simulated, for the month of the day of observation.

        Raises:
            UsageError: such an index cannot be drawn.
        """
        check_request(self.projects, self.seed, self.observed_on)
        return Description(
            source="simulated",
            period=f"{self.observed_on:%Y-%m}",
            observed_on=self.observed_on,
            is_simulated=True,
            parameters={"projects": str(self.projects), "seed": str(self.seed)},
        )

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:  # noqa: ARG002 - nothing to continue
        """Draw the index and yield every observed landing table, one after the other."""
        world = make_world(self.projects, self.seed, self.observed_on)
        for name, table in observed_tables(world):
            for batch in table.to_batches(max_chunksize=BATCH_ROWS):
                yield name, batch

    def notes(self) -> Mapping[str, TableNotes]:
        """Everything is observed, and everything is fictitious."""
        return {
            table: TableNotes(
                is_observed=True, note=f"SIMULATED, nothing here is real. {_REMARKS.get(table, '')}".strip()
            )
            for table in OBSERVED_TABLES
        }
