"""Nothing but reading: every value of the columns that the core needs, looked at once by DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from core import READ, landings_of, run

from pipeline.settings import Settings


def scan(root: Path, _: Path) -> dict[str, Any]:
    """A hash over every value of each column; the greatest value, say, would be told by the statistics of the file."""
    settings = Settings()
    landing = landings_of(root)[0]
    with duckdb.connect(config={"memory_limit": settings.memory_limit, "threads": settings.threads}) as connection:
        for table, columns in READ.items():
            hashes = ", ".join(f"bit_xor(hash({column}))" for column in columns)
            query = f"select {hashes} from read_parquet($file)"
            connection.execute(query, {"file": str(landing.path(table))}).fetchall()
    return {"shared_seconds": 0.0}


if __name__ == "__main__":
    run(scan)
