"""500 projects of a simulated index, asked through its APIs: the same rows as the simulation gives itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_index import Builder

from pipeline.sources.simulated import as_pypi, make_world, observe

PROJECTS = 500
LATENCY = 0.05
SERVER = Path(__file__).parent / "index_server.py"

CLIENT = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.pypi import Manners, PypiSource, Selection, top_projects
folder, server, name, top = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
index = pq.read_table(folder / "index.parquet")
source = PypiSource(
    Selection(top_projects(index, top), index), Manners("a@b.c", server + "/simple/", concurrency=5),
    kept_answers=folder / "answers.sqlite", now=lambda: datetime.fromisoformat(sys.argv[5]),
    console=Console(stderr=True),
)
scratch = folder / name
scratch.mkdir()
started = time.monotonic()
batches = {}
for table, batch in source.batches(scratch):
    if name != "memory":
        batches.setdefault(table, []).append(batch)
seconds = time.monotonic() - started
for table, parts in batches.items():
    pq.write_table(pa.Table.from_batches(parts), scratch / f"{table}.parquet")
status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the test process that forked this one
peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
print(json.dumps({"seconds": seconds, "peak_mib": peak}))
"""


@pytest.fixture
def serve(tmp_path):
    """Start a server of its own process on a folder; gives its address and a way to ask what it was asked."""
    started = []

    def start(folder, latency):
        process = subprocess.Popen(
            [sys.executable, str(SERVER), str(folder), str(latency)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)

        def asked():
            process.stdin.write("\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        return process.stdout.readline().strip(), asked

    yield start
    for process in started:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def run_client(folder, address, name, top, now):
    command = [sys.executable, "-c", CLIENT, str(folder), address, name, str(top), now.isoformat()]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3], timeout=300
    )
    return json.loads(done.stdout)


def in_order(table: pa.Table) -> list[dict]:
    return sorted(table.to_pylist(), key=repr)


@pytest.mark.slow
def test_the_same_tables_as_the_simulation_with_three_requests_a_project_and_a_warm_second_time(tmp_path, serve):
    world = make_world(3000, 11, date(2026, 10, 31))
    expected = as_pypi(world, PROJECTS)
    for name, table in expected.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    pq.write_table(observe(world)["index"], tmp_path / "index.parquet")
    now = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    address, asked = serve(tmp_path, LATENCY)

    cold = run_client(tmp_path, address, "cold", PROJECTS, now)
    requests = asked()
    assert requests["conditional"] == 0
    assert requests["asked"] / PROJECTS <= 3.0
    for name in ("observations", "files", "publishers", "roles", "project_urls", "requirements"):
        collected = pq.read_table(tmp_path / "cold" / f"{name}.parquet")
        assert in_order(collected) == in_order(expected[name]), name

    seconds = []
    while len(seconds) < 2 and not any(
        taken < cold["seconds"] / 3 for taken in seconds
    ):  # once more if it was disturbed
        seconds.append(run_client(tmp_path, address, f"warm-{len(seconds)}", PROJECTS, now)["seconds"])
        assert asked() == {**requests, "conditional": requests["paths_found"]}  # what is not there cannot be compared
    assert min(seconds) < cold["seconds"] / 3
    for name in ("observations", "files", "publishers", "roles", "project_urls", "requirements"):
        one, other = (pq.read_table(tmp_path / run / f"{name}.parquet") for run in ("cold", "warm-0"))
        assert one.equals(other), name


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_memory_stays_under_400_mib_for_5000_projects_one_of_them_with_8000_files(tmp_path, serve):
    builder = Builder()
    for number in range(5000):
        name = f"project-{number}"
        builder.project(name, roles=[(f"owner-{number}", "Owner")])
        for version in range(10):
            builder.file(name, f"1.{version}", day=version, provenance=version > 7 and number % 3 == 0)
    for version in range(2000):
        for build in range(4):
            filename = f"project_7-2.{version}-cp31{build}-cp31{build}-manylinux_2_28_x86_64.whl"
            builder.file("project-7", f"2.{version}", filename=filename, kind="bdist_wheel", provenance=True)
    for name, table in builder.tables().items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    address, asked = serve(tmp_path, 0)
    result = run_client(tmp_path, address, "memory", 5000, datetime(2026, 11, 20, tzinfo=UTC))
    assert asked()["asked"] >= 10_000
    assert result["peak_mib"] < 400
