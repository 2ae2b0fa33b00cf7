"""Two published files for the notebooks: a real-shaped one, of which little was observed, and a simulated one."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from filelock import FileLock

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import SNAPSHOT_FOLDER, Settings
from pipeline.sources import registry

sys.path.insert(0, str(Path(__file__).parent))


def run_once(settings: Settings) -> None:
    run(Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter()))


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """Make a file once for all workers of a test run; the others wait for it."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"notebooks-{name}"
    with FileLock(f"{folder}.lock"):
        path = folder / "path.txt"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(str(make(folder)), encoding="utf-8")
    return Path(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def simulated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared(tmp_path_factory, "simulated", make_simulated)


@pytest.fixture(scope="session")
def snapshot_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared(tmp_path_factory, "snapshot", make_snapshot)


def make_simulated(folder: Path) -> Path:
    """Two months of one simulated index."""
    places = {"database": folder / "simulated.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    from answers import PROJECTS, SEED  # noqa: PLC0415 - found through the path that this module adds

    for period in ("2026-09", "2026-10"):
        run_once(Settings(source="simulated", projects=PROJECTS, seed=SEED, period=period, **places))
    return places["database"]


def make_snapshot(folder: Path) -> Path:
    """A snapshot of 900 projects in the shape of the bundled one."""
    columns = {
        "project": pa.array([f"project-{number}" for number in range(900)]),
        "newest_release_month": pa.array(
            [date(2012 + n % 15, 1 + n % 10, 1) if n else None for n in range(900)], pa.date32()
        ),
        "download_rank": pa.array([n + 1 if n < 300 else None for n in range(900)], pa.uint16()),
    }
    file = folder / "index-2026-10.parquet"
    pq.write_table(pa.table(columns), file)
    card = yaml.safe_load((SNAPSHOT_FOLDER / "index-2026-10.yml").read_text(encoding="utf-8"))
    card["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_suffix(".yml").write_text(yaml.safe_dump(card), encoding="utf-8")
    places = {"database": folder / "adoption.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "SNAPSHOT_FOLDER", folder)
        run_once(Settings(source="snapshot", **places))
    return places["database"]
