"""The command as a user runs it, on a small copy of the project: what it makes, and what it leaves when it fails."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).parent.parent
RUN_TABLES = {"runs", "inputs"}
"""Tables that tell of the run itself: its number and its times."""


class SmallProject:
    """A copy of the package with a snapshot of 400 projects."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "data" / "reference", folder / "data" / "reference")
        (folder / "data" / "snapshot").mkdir()
        self.snapshot = folder / "data" / "snapshot" / "index-2026-10.parquet"
        self.database = folder / "data" / "adoption.duckdb"
        self.report = folder / "reports" / "2026-10" / "index.html"
        months = [date(2019 + n % 8, 1 + n % 9, 1) for n in range(400)]
        self.write_snapshot({"newest_release_month": months, "download_rank": [*range(1, 151), *[None] * 250]})

    def write_snapshot(self, columns: dict[str, list], *, card: bool = True) -> None:
        names = [f"simulated-{n:03}" for n in range(400)]
        types = {"newest_release_month": pa.date32(), "download_rank": pa.uint16()}
        arrays = {"project": pa.array(names)} | {k: pa.array(v, types[k]) for k, v in columns.items()}
        pq.write_table(pa.table(arrays), self.snapshot)
        if card:
            self.write_card()

    def write_card(self) -> None:
        path = ROOT / "data" / "snapshot" / "index-2026-10.yml"
        content = yaml.safe_load(path.read_text())
        content["sha256"] = hashlib.sha256(self.snapshot.read_bytes()).hexdigest()
        self.snapshot.with_suffix(".yml").write_text(yaml.safe_dump(content))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-W", "error", "-m", "pipeline", *words]

    def run(self, *words: str, preexec=None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=preexec,
            check=False,
        )

    def hashes(self) -> dict[str, str]:
        """A hash of the sorted content of every table, whatever its schema, those about the run itself apart."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() "
                "where not internal and schema_name <> 'build' order by all"
            ).fetchall()
            return {
                f"{schema}.{table}": connection.execute(
                    f"select md5(string_agg(t::varchar, '\n' order by t::varchar)) from {schema}.{table} as t"
                ).fetchall()[0][0]
                for schema, table in tables
                if table not in RUN_TABLES
            }

    def published(self) -> tuple[bytes, bytes]:
        return self.database.read_bytes(), self.report.read_bytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallProject, subprocess.CompletedProcess[str]]:
    """A project in which one run has ended well. Tests copy it before they change anything."""
    project = SmallProject(tmp_path_factory.mktemp("made"))
    return project, project.run("run")


@pytest.fixture
def project(made, tmp_path: Path) -> SmallProject:
    original, _ = made
    folder = tmp_path / "project"
    shutil.copytree(original.folder, folder)
    copy = object.__new__(SmallProject)
    copy.folder = folder
    for name in ("snapshot", "database", "report"):
        setattr(copy, name, folder / getattr(original, name).relative_to(original.folder))
    return copy


def assert_one_line(result: subprocess.CompletedProcess[str], exit_code: int, *words: str) -> None:
    assert result.returncode == exit_code, result.stderr
    assert "Traceback" not in result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("pypi-adoption: ")
    for word in words:
        assert word in last, last
    assert sum(line.startswith("pypi-adoption: ") for line in result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_the_path_of_the_report_is_the_last_line_of_stdout(made) -> None:
    project, result = made
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == str(project.report)
    assert project.report.read_text().startswith("<!doctype html>")
    assert project.database.exists()
    assert not list(project.folder.glob("data/.*building")), "left-overs"


def test_what_was_landed_must_be_what_is_built(project: SmallProject) -> None:
    before = project.published()
    landed = next((project.folder / "data" / "landing" / "snapshot" / "2026-10").glob("index*.parquet"))
    content = bytearray(landed.read_bytes())
    content[len(content) // 2] ^= 1
    landed.write_bytes(content)
    assert_one_line(project.run("build"), 1, landed.name)
    assert project.published() == before


def test_a_second_run_gives_the_same_tables(project: SmallProject) -> None:
    before = project.hashes()
    assert project.run("run").returncode == 0
    assert project.hashes() == before


def test_the_steps_one_at_a_time_give_the_same_tables(project: SmallProject) -> None:
    before = project.hashes()
    project.database.unlink()
    shutil.rmtree(project.folder / "data" / "landing")
    fetched = project.run("fetch")
    assert fetched.returncode == 0, fetched.stderr
    assert all(Path(line, "manifest.json").exists() for line in fetched.stdout.splitlines())
    built = project.run("build")
    assert built.stdout.splitlines() == [str(project.database)]
    assert project.hashes() == before
    checked = project.run("check", "--json")
    assert checked.returncode == 0
    assert {row["status"] for row in json.loads(checked.stdout)} <= {"passed", "not_applicable"}
    assert project.run("report").stdout.splitlines() == [str(project.report)]


def test_schema_describes_every_published_table(project: SmallProject) -> None:
    listed = project.run("schema").stdout
    with duckdb.connect(str(project.database), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("show tables").fetchall()]
    assert [line.split("\t")[0] for line in listed.splitlines()[1:]] == sorted(tables)
    one = json.loads(project.run("schema", "projects", "--json").stdout)
    project_column = {"name": "project", "type": "VARCHAR", "description": "Name normalised by PEP 503."}
    assert project_column in one[0]["columns"]
    project.database.unlink()
    untyped = json.loads(project.run("schema", "projects", "--json").stdout)
    assert project_column | {"type": None} in untyped[0]["columns"]
    assert_one_line(project.run("schema", "nothing"), 2, "no table nothing", "pypi-adoption schema")


def test_every_table_and_column_has_a_comment_and_show_tables_lists_the_marts_only(project: SmallProject) -> None:
    with duckdb.connect(str(project.database), read_only=True) as connection:
        without = connection.execute(
            "select table_name from duckdb_tables() where not internal and coalesce(comment, '') = '' "
            "union all select table_name || '.' || column_name from duckdb_columns() "
            "where not internal and coalesce(comment, '') = ''"
        ).fetchall()
        assert without == []
        marts = {path.stem for path in (ROOT / "pipeline" / "sql" / "marts").glob("*.yml")}
        assert {name for (name,) in connection.execute("show tables").fetchall()} == marts


OLDEST = Path(sys.prefix) / "oldest-duckdb"


@pytest.mark.skipif(not (OLDEST / "duckdb").exists(), reason="DuckDB 1.2 is not installed (make test installs it)")
def test_duckdb_1_2_reads_the_published_file(project: SmallProject) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import duckdb; assert duckdb.__version__ == '1.2.0'; "
        "c = duckdb.connect(sys.argv[2], read_only=True); "
        "print(c.execute('select count(*) from projects').fetchall()[0][0])"
    )
    words = [sys.executable, "-c", code, str(OLDEST), str(project.database)]
    assert subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout == "400\n"


@pytest.mark.parametrize("damage", ["truncated", "garbage", "gone", "no card", "column", "kind"])
def test_a_bad_snapshot_is_one_line_and_loses_nothing(project: SmallProject, damage: str) -> None:
    before = project.published()
    content = project.snapshot.read_bytes()
    words = [project.snapshot.name]
    if damage == "truncated":
        project.snapshot.write_bytes(content[: len(content) // 2])
    elif damage == "garbage":
        project.snapshot.write_bytes(b"not parquet at all")
        project.write_card()
    elif damage == "gone":
        project.snapshot.unlink()
        words = ["index-YYYY-MM.parquet"]
    elif damage == "no card":
        project.snapshot.with_suffix(".yml").unlink()
        words = ["data card"]
    elif damage == "column":
        project.write_snapshot({"newest_release_month": [None] * 400})
        words.append("download_rank")
    else:
        pq.write_table(
            pa.table({"project": ["a"], "newest_release_month": ["x"], "download_rank": [1]}), project.snapshot
        )
        project.write_card()
    assert_one_line(project.run("run"), 1, *words, "Restore")
    assert project.published() == before


def test_a_reference_file_without_a_column_is_one_line_and_loses_nothing(project: SmallProject) -> None:
    before = project.published()
    path = project.folder / "data" / "reference" / "incidents.csv"
    path.write_text(path.read_text().replace("vector", "victor", 1))
    assert_one_line(project.run("run"), 1, "incidents.csv", "the column vector is missing")
    assert project.published() == before


def test_a_reference_file_with_a_wrong_value_is_one_line(project: SmallProject) -> None:
    path = project.folder / "data" / "reference" / "milestones.csv"
    path.write_text(path.read_text().replace("2019-05-04", "the 4th of May", 1))
    assert_one_line(project.run("run"), 1, "milestones.csv", "the 4th of May")


def test_a_failed_check_publishes_nothing(project: SmallProject) -> None:
    before = project.published()
    card = project.folder / "pipeline" / "sql" / "marts" / "projects.yml"
    card.write_text(
        card.read_text().replace("bound: '<= 0.01'", "bound: '< 0'").replace("severity: warn", "severity: fail")
    )
    assert_one_line(project.run("run"), 1, "Check failed", "Nothing was published")
    assert project.published() == before


def test_a_failed_warning_is_said_and_published(project: SmallProject) -> None:
    card = project.folder / "pipeline" / "sql" / "marts" / "projects.yml"
    card.write_text(card.read_text().replace("bound: '<= 0.01'", "bound: '< 0'"))
    result = project.run("run")
    assert result.returncode == 0
    assert "Warning: main.projects: share of projects without a known newest upload" in result.stderr


@pytest.mark.parametrize("option", ["--db", "--reports", "--landing"])
def test_a_place_that_cannot_be_written_is_one_line(project: SmallProject, option: str) -> None:
    before = project.published()
    place = "/proc/nowhere/adoption.duckdb" if option == "--db" else "/proc/nowhere"
    assert_one_line(project.run("run", option, place), 1, "/proc/nowhere")
    assert project.published() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_without_permission_is_one_line(project: SmallProject, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert_one_line(project.run("run", "--db", str(closed / "a.duckdb")), 1, "closed", "ermission")


@pytest.mark.parametrize("limit_bytes", [0, 1_000, 1_500_000])
def test_a_full_disk_is_one_line_and_loses_nothing(project: SmallProject, limit_bytes: int) -> None:
    before = project.published()

    def limit() -> None:
        # No file may grow beyond the limit: writing then fails as it does on a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    (project.folder / "data" / "landing").rename(project.folder / "kept")
    words = ["run", "--reports", str(project.folder / "reports")]
    result = project.run(*words, preexec=limit)
    assert_one_line(result, 1, "Make room on the disk", "data/")
    assert project.published() == before
    shutil.rmtree(project.folder / "data" / "landing", ignore_errors=True)
    if limit_bytes:
        assert project.run("run").returncode == 0


def test_two_runs_at_once(project: SmallProject) -> None:
    before = project.published()
    with FileLock(project.database.with_name(".adoption.duckdb.lock")):
        assert_one_line(project.run("run"), 1, "Another run", "adoption.duckdb")
    assert project.published() == before


def test_two_real_runs_at_once_leave_one_good_file(project: SmallProject) -> None:
    both = [
        subprocess.Popen(
            project.command("run"), cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert 0 in [code for _, code in ended], ended
    for (_, err), code in ended:
        assert code == 0 or "Another run" in err
    assert project.hashes()


def test_a_reader_keeps_its_file_while_a_new_one_is_published(project: SmallProject) -> None:
    with duckdb.connect(str(project.database), read_only=True) as reader:
        old = reader.execute("select run_id from runs").fetchall()
        assert project.run("run").returncode == 0
        assert reader.execute("select run_id from runs").fetchall() == old
    with duckdb.connect(str(project.database), read_only=True) as reader:
        assert reader.execute("select run_id from runs").fetchall() != old


def test_a_program_that_writes_into_the_published_file_stops_publication(project: SmallProject) -> None:
    report = project.report.read_bytes()
    with duckdb.connect(str(project.database)) as writer:
        writer.execute("create table main.mine as select 1 as x")
        assert_one_line(project.run("run"), 1, "adoption.duckdb", "Close the program")
        assert writer.execute("select x from mine").fetchall() == [(1,)]
        assert_one_line(project.run("report"), 1, "adoption.duckdb", "open for writing")
    assert project.report.read_bytes() == report
    assert project.run("run").returncode == 0


def test_a_damaged_database_is_one_line(project: SmallProject) -> None:
    project.database.write_bytes(b"no database")
    assert_one_line(project.run("report"), 1, "adoption.duckdb", "pypi-adoption run")
    assert_one_line(project.run("run"), 1, "adoption.duckdb", "move the file away")
    project.database.unlink()
    assert project.run("run").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--sauce", "snapshot"], "--sauce"),
        (["run", "--source", "nowhere"], "nowhere"),
        (["run", "--period", "2026-13"], "2026-13"),
        (["walk"], "walk"),
    ],
)
def test_wrong_usage(project: SmallProject, words: list[str], said: str) -> None:
    before = project.published()
    assert_one_line(project.run(*words), 2, said)
    assert project.published() == before


def test_a_period_that_is_not_landed_is_one_line(project: SmallProject) -> None:
    assert_one_line(project.run("build", "--period", "2020-01"), 1, "2020-01", "pypi-adoption fetch")


def test_the_snapshot_stands_for_its_own_month_only(project: SmallProject) -> None:
    assert_one_line(project.run("run", "--period", "2020-01"), 1, "2026-10", "2020-01")


def test_debug_shows_the_traceback(project: SmallProject) -> None:
    result = project.run("--debug", "build", "--period", "2020-01")
    assert "Traceback" in result.stderr
    assert result.returncode == 1


def test_killed_at_any_moment_the_published_file_is_whole(project: SmallProject) -> None:
    chance = random.Random(20261122)
    started = time.monotonic()
    assert project.run("run").returncode == 0
    whole = time.monotonic() - started
    for _ in range(10):
        process = subprocess.Popen(
            project.command("run"), cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.1, whole))
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        with duckdb.connect(str(project.database), read_only=True) as connection:
            assert connection.execute("select count(*) from projects").fetchall() == [(400,)]
            assert connection.execute("select count(*) from runs").fetchall() == [(1,)]
        assert project.report.read_text().rstrip().endswith("</html>")
    assert project.run("run").returncode == 0
    assert not list((project.folder / "data").glob(".*building"))
