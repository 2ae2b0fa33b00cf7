"""The core of the transformation, done four ways: what the programs beside this module share.

Out of the same landing, each program makes two tables in memory, which a researcher would go on asking: the slim files,
sorted by project and time of upload, and the downloads by project and day. Out of these it gives the same four answers
as Parquet files:

* `projects`: project, download_rank, downloads_30d, tier, first_upload_at, newest_upload_at, newest_release_kind,
  listed_file_count, attested_file_count
* `months`: month, tier, file_count, attested_file_count
* `accounts`: account, project_count, downloads_30d_reachable
* `edges`: project, dependency

Reading versions (PEP 440) and requirements (PEP 508) is left to the library packaging, through the same two functions
of the project in each program; their time is told apart, since it says nothing about the engines.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.computed.requirements import parse_requirements
from pipeline.computed.versions import order_versions
from pipeline.landing import latest_period, open_landing
from pipeline.manifest import Landing

ANSWERS = {
    "projects": ["project"],
    "months": ["month", "tier"],
    "accounts": ["account"],
    "edges": ["project", "dependency"],
}
"""Each answer with the columns that make its rows unique."""

READ = {
    "index": ["project_name", "newest_release_month", "newest_release_day", "download_rank"],
    "observations": ["project_name", "api_version", "observed_at"],
    "files": ["project_name", "version", "is_listed", "is_yanked", "has_provenance", "uploaded_at"],
    "roles": ["project_name", "account", "role"],
    "requirements": ["project_name", "requirement"],
    "downloads_daily": [
        *("project_name", "day", "installer_count", "installer_ci_count", "mirror_count", "other_count"),
        "unknown_count",
    ],
}
"""The columns of the landing that the answers need."""


class Shared:
    """The two functions that every program calls, and the seconds that they took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def order_versions(self, versions: pa.Table) -> pa.Table:
        return self._timed(order_versions, versions)

    def parse_requirements(self, requirements: pa.Table) -> pa.Table:
        return self._timed(parse_requirements, requirements)

    def _timed(self, function: Callable[[pa.Table], pa.Table], table: pa.Table) -> pa.Table:
        started = time.monotonic()
        try:
            return function(table)
        finally:
            self.seconds += time.monotonic() - started


def size_of(files: tuple[int, int], downloads: tuple[int, int]) -> dict[str, list[int]]:
    """Of each of the two tables the number of rows and the sum of the numbers of the projects, to be compared."""
    return {"files": [int(part) for part in files], "downloads": [int(part) for part in downloads]}


def landings_of(root: Path) -> list[Landing]:
    """The generated index and the reference facts."""
    return [open_landing(root / source / latest_period(root, source)) for source in ("generated", "reference")]


def run(program: Callable[[Path, Path], dict[str, Any]]) -> None:
    """Run a program on the folder of a landing; it leaves its answers in another folder, and its figures on stdout."""
    # With its first array pyarrow imports pandas, which takes a second and belongs to none of the programs.
    pa.array([""])
    started = time.monotonic()
    figures = program(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps({"seconds": time.monotonic() - started, **figures}) + "\n")
