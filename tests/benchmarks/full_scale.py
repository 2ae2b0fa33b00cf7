"""All that docs/performance.md tells, measured in one run: `make benchmark`, or `python full_scale.py [--scale 0.02]`.

A generated index of PyPI's size is landed in five sizes and built into a published file by the real code; the largest
file is asked, the month is replaced, and the core of the transformation runs beside programs in polars and pandas. At
full size that is about ten minutes, 5 GB of disk and 6 GB of memory.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from processes import ROOT, ProgramError, measure

SHARES = (1 / 100, 1 / 30, 1 / 10, 1 / 3, 1)
"""The sizes, as parts of the full one."""
SMALL_LIMIT = "500MB"
"""What DuckDB may hold in the second build, so that the whole process stays within about 1 GB."""
LIBRARIES = ("duckdb", "polars", "pandas", "pyarrow", "numpy")
CORE_LIMIT = "1GB"
"""What DuckDB may hold in one of the two cores that it runs."""
PROGRAMS = {
    "scan": ("core_scan.py",),
    "arrow_scan": ("core_arrow_scan.py",),
    "duckdb": ("core_duckdb.py",),
    "duckdb_limited": ("core_duckdb.py", CORE_LIMIT),
    "polars": ("core_polars.py",),
    "pandas": ("core_pandas.py",),
}
"""By name, a program of this folder and what it is told besides the landing and the place of its answers."""
ROUNDS = {name: 1 if name == "pandas" else 3 for name in PROGRAMS}


def full_scale(scale: float, folder: Path) -> dict[str, Any]:
    """Measure everything.

    Args:
        scale: Full size; 1 is PyPI's of 2026.
        folder: Where the landings and files go; it should be empty.

    Returns:
        The figures; `differences` is empty when all programs gave the same answers.
    """
    figures: dict[str, Any] = {"scale": scale, "machine": machine(), "landings": [], "builds": []}
    for share in SHARES:
        size = {"scale": scale * share}
        place = folder / f"{share:.4f}"
        say(f"Scale {scale * share:g}")
        landed = measure("land_index.py", place / "landing", scale * share, 1)
        figures["landings"].append(size | landed)
        built = measure("build_index.py", place / "landing", made(place / "file") / "adoption.duckdb")
        figures["builds"].append(size | {name: landed[name] for name in ("rows", "landing_bytes")} | built)
    say(f"Scale {scale:g} again, with {SMALL_LIMIT}")
    limited = made(folder / "limited")
    figures["limited"] = measure("build_index.py", place / "landing", limited / "adoption.duckdb", SMALL_LIMIT)
    shutil.rmtree(limited)
    say("Questions")
    figures["questions"] = measure("ask_file.py", place / "file" / "adoption.duckdb")
    figures |= measure_core(place / "landing", folder / "answers")
    say("The same month with other downloads")
    measure("land_index.py", place / "landing", scale, 2)
    figures["replacement"] = measure("build_index.py", place / "landing", place / "file" / "adoption.duckdb")
    return figures


def measure_core(landing: Path, answers: Path) -> dict[str, Any]:
    """The programs in turn, several times, so that what disturbs the machine disturbs all of them."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in PROGRAMS}
    for round_number in range(max(ROUNDS.values())):
        for name, (program, *words) in PROGRAMS.items():
            if round_number < ROUNDS[name]:
                say(f"Core: {name}, {round_number + 1} of {ROUNDS[name]}")
                runs[name].append(measure(program, landing, made(answers / name), *words))
    differences = measure("compare_answers.py", answers)["differences"]
    sizes = {name: runs[name][0]["sizes"] for name in ("duckdb", "polars", "pandas")}
    if len({json.dumps(size) for size in sizes.values()}) != 1:
        differences.append(f"The tables differ: {sizes}")
    return {
        "core": {name: summary(of) for name, of in runs.items()},
        "core_limit": CORE_LIMIT,
        "differences": differences,
    }


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians over the runs of a program; its seconds without what the programs share."""
    own = [run["seconds"] - run["shared_seconds"] for run in runs]
    names = ("shared_seconds", "cpu_seconds", "peak_bytes")
    medians = {name: statistics.median(run[name] for run in runs) for name in names}
    return {"seconds": statistics.median(own), "runs": own, **medians}


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} on {platform.machine()}",
        "versions": {"Python": platform.python_version()}
        | {library: importlib.metadata.version(library) for library in LIBRARIES},
    }


def made(folder: Path) -> Path:
    """The folder, which may be new."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def say(line: str) -> None:
    """One line of talk, with the time since the start."""
    sys.stderr.write(f"[{time.monotonic() - STARTED:6.0f} s] {line}\n")


@contextmanager
def workplace(given: Path | None) -> Iterator[Path]:
    """The given folder, which stays, or one beside the data that goes."""
    if given is not None:
        yield made(given)
        return
    with tempfile.TemporaryDirectory(prefix=".benchmark-", dir=ROOT / "data") as folder:
        yield Path(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="full size; 1 is PyPI's (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where to work; kept (default: one that is removed)")
    parser.add_argument("--out", type=Path, help="where the page goes (default: docs at scale 1, or reports/benchmark)")
    arguments = parser.parse_args()
    out = made(arguments.out or ROOT / ("docs" if arguments.scale == 1 else "reports/benchmark"))
    try:
        with workplace(arguments.folder) as folder:
            figures = full_scale(arguments.scale, folder)
        path = out / "performance.json"
        path.write_text(json.dumps(rounded(figures), indent=1) + "\n", encoding="utf-8")
        page = measure("performance_page.py", path)["page"]
    except ProgramError as error:
        say(f"Failed: {error}")
        return 1
    for difference in figures["differences"]:
        say(difference)
    sys.stdout.write(f"{page}\n")
    return 1 if figures["differences"] else 0


def rounded(value: Any) -> Any:
    """Floating-point numbers to five significant digits."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


STARTED = time.monotonic()

if __name__ == "__main__":
    sys.exit(main())
