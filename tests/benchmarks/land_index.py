"""Land the generated index and the reference facts: `python land_index.py FOLDER SCALE DOWNLOADS_SEED`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from generated import GeneratedIndex

from pipeline.landing import land
from pipeline.settings import REFERENCE_FOLDER
from pipeline.sources.reference import ReferenceSource

NOW = datetime(2026, 11, 3, tzinfo=UTC)


def main(folder: Path, scale: float, downloads_seed: int) -> None:
    """Land both, and tell the rows and bytes of the index."""
    sources = (GeneratedIndex(scale, downloads_seed=downloads_seed), ReferenceSource(REFERENCE_FOLDER))
    index, _ = (
        land(source, folder, now=lambda: NOW, code_version="benchmark", advance=lambda _: None) for source in sources
    )
    tables = index.manifest.tables
    told = {
        "rows": {name: table.row_count for name, table in tables.items() if table.row_count},
        "landing_bytes": sum(table.size_bytes for table in tables.values()),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
