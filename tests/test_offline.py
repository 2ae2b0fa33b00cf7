"""Everything but asking the index and the service works without any network.

The commands run in one process in which no socket but a local one (AF_UNIX) can be made, no name can be looked up and
no program but git can be started: an audit hook stands below every library written in Python. What libraries do in
their own machine code is beyond it; where the system allows it, the process therefore also has no network at all, not
even loopback (`unshare --net`).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.cli import cli
from pipeline.settings import SNAPSHOT_FOLDER

ROOT = Path(__file__).parent.parent
ASKS_THE_INDEX = {"audit"}
"""Commands that are nothing without a network, besides the sources `pypi` and `bigquery`."""

CHILD = """
import os, socket, sys
LOOKS_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}
def refuse(event, arguments):
    if event == "socket.__new__" and arguments[1] != socket.AF_UNIX:
        # urllib3 makes one when it is imported, to see whether the machine has IPv6, and takes a failure for a no.
        if sys._getframe(2).f_globals["__name__"] == "urllib3.util.connection":
            raise OSError("no network")
    elif not (event in LOOKS_UP or event in STARTS and "git" not in str(arguments[0])):
        return
    os.write(2, f"NETWORK: {event} {arguments}\\n".encode())
    os._exit(99)
sys.addaudithook(refuse)
import json
from pathlib import Path
from pipeline import cli, open_database
from pipeline.sources import registry
registry.SNAPSHOT_FOLDER = Path(sys.argv[1])
for words in json.loads(sys.argv[2]):
    print("$", *words, flush=True)
    if words[0] == "open":
        adoption = open_database(Path(words[1]))
        print(adoption.describe(), adoption._repr_html_()[:20])
        print(adoption.tables().height, adoption.figure("tiers").height)
        continue
    try:
        cli.main(words)
    except SystemExit as end:
        if end.code:
            sys.exit(f"{words} ended with {end.code}")
"""


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A bundled snapshot of few projects."""
    folder = tmp_path / "snapshot"
    folder.mkdir()
    (card,) = SNAPSHOT_FOLDER.glob("*.yml")
    names = pa.array([f"simulated-{number:03}" for number in range(60)])
    months = pa.array([date(2019 + number % 8, 1 + number % 9, 1) for number in range(60)], pa.date32())
    ranks = pa.array([*range(1, 41), *[None] * 20], pa.int32())
    path = folder / f"{card.stem}.parquet"
    pq.write_table(pa.table({"project": names, "newest_release_month": months, "download_rank": ranks}), path)
    content = yaml.safe_load(card.read_text()) | {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".yml").write_text(yaml.safe_dump(content))
    return folder


def commands(folder: Path) -> list[list[str]]:
    """Every command that needs no network, in an order in which each finds what it reads."""
    landing, reports = ["--landing", str(folder / "landing")], ["--reports", str(folder / "reports")]
    real, simulated, files = (str(folder / name) for name in ("real.duckdb", "simulated.duckdb", "datasets"))
    made_up = ["--source", "simulated", "--db", simulated]
    return [
        ["run", *landing, *reports, "--db", real],
        ["fetch", *made_up, *landing, "--projects", "60"],
        ["build", *made_up, *landing, *reports],
        ["check", "--db", simulated],
        ["report", *made_up, *reports],
        ["schema", "--db", real],
        ["query", "select count(*) from projects", "--db", real, "--csv"],
        ["export", str(folder / "exported"), "--format", "all", "--db", real],
        ["open", simulated],
        ["simulate", str(folder / "world"), "--projects", "30"],
        ["simulate", files, "--projects", "60", "--bigquery-shape"],
        ["estimate", "--bigquery-files", files, *landing],
        ["estimate", *landing],
        ["fetch", "--source", "bigquery", "--bigquery-files", files, *landing, "--db", simulated],
    ]


def test_every_command_that_needs_no_network_makes_no_socket(snapshot: Path, tmp_path: Path) -> None:
    wanted = commands(tmp_path)
    result = run(snapshot, wanted)
    assert "NETWORK" not in result.stderr, result.stderr
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    assert result.stdout.count("\n$ ") + 1 == len(wanted)
    assert {words[0] for words in wanted} - {"open"} == cli.commands.keys() - ASKS_THE_INDEX - {"snapshot"}


@pytest.mark.parametrize(
    "code",
    ["import socket; socket.create_connection(('127.0.0.1', 9))", "import socket; socket.gethostbyname('localhost')"],
)
def test_the_block_blocks(code: str) -> None:
    guard = CHILD[: CHILD.index("import json")]
    result = subprocess.run([sys.executable, "-c", f"{guard}\n{code}"], capture_output=True, text=True, check=False)
    assert result.returncode == 99
    assert "NETWORK" in result.stderr


def run(snapshot: Path, wanted: list[list[str]]) -> subprocess.CompletedProcess[str]:
    alone = ["unshare", "--net"] if os.geteuid() == 0 and _can_be_alone() else []
    words = [*alone, sys.executable, "-W", "error", "-c", CHILD, str(snapshot), json.dumps(wanted)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def _can_be_alone() -> bool:
    try:
        return subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
