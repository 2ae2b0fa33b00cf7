"""What the collection does when the index misbehaves: right rows and reasons, or one clear line; and it continues."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from index_server import Fault, IndexServer

from pipeline.errors import SourceError

PROJECTS = 40


@pytest.fixture
def tables(small):
    for number in range(PROJECTS):
        name = f"project-{number}"
        small.project(name, roles=[(f"owner-{number}", "Owner")]).file(name, "1.0").file(
            name, "1.1", day=1, provenance=True
        )
    return small.tables()


def failures(collected):
    return {row["project_name"]: row["failure"] for row in collected["observations"] if row["failure"]}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("status", status=503), "Simple API: HTTP 503"),
        (Fault("status", status=403), "Simple API: HTTP 403"),
        (Fault("status", status=429, headers=(("Retry-After", "3600"),)), "HTTP 429, not to be asked again for 3600 s"),
        (Fault("stall"), "Simple API: timed out"),
        (Fault("cut_off"), "Simple API: the connection broke"),
        (Fault("truncated_json"), "Simple API: not in the documented form"),
        (Fault("garbage"), "Simple API: not in the documented form at meta.api-version"),
        (Fault("html"), "Simple API: the answer is not application/vnd.pypi.simple.v1+json"),
        (Fault("wrong_type"), "Simple API: the answer is not application/vnd.pypi.simple.v1+json"),
        (Fault("huge"), "Simple API: larger than 33,554,432 bytes"),
        (Fault("bomb"), "Simple API: larger than 33,554,432 bytes"),
        (Fault("redirect_loop"), "Simple API: more than 5 redirects"),
        (Fault("redirect_out"), "Simple API: sent to an address that is not followed: it is neither https"),
    ],
)
def test_a_project_that_cannot_be_read_is_a_row_with_its_reason_and_the_others_are_whole(
    tables, collect, fault, reason
):
    with IndexServer(tables, faults={"simple/project-3/": [fault]}) as server:
        collected = collect(server, tables, share=0.05)
    assert len(collected["observations"]) == PROJECTS
    assert list(failures(collected)) == ["project-3"]
    assert reason in failures(collected)["project-3"]
    assert {row["project_name"] for row in collected["files"]} == {f"project-{n}" for n in range(PROJECTS)} - {
        "project-3"
    }
    assert len(collected["roles"]) == PROJECTS - 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", times=2, status=503),
        Fault("status", times=2, status=429, headers=(("Retry-After", "0"),)),
        Fault("cut_off", times=2),
        Fault("stall", times=1),
    ],
)
def test_what_passes_after_some_attempts_leaves_no_trace(tables, collect, fault):
    with IndexServer(tables, faults={"project-3/": [fault]}) as server:
        collected = collect(server, tables)
    assert failures(collected) == {}
    assert collected["files"] == tables["files"].to_pylist()


def test_an_index_without_any_of_the_projects_is_the_wrong_one(tables, collect):
    with IndexServer(tables) as server:
        server.index.of.clear()
        with pytest.raises(SourceError, match=r"The index has none of the first 40 projects\. Check --index-url"):
            collect(server, tables)


def test_a_page_of_another_project_is_not_taken_for_this_one(tables, collect):
    with IndexServer(tables) as server:
        page = server.index.page
        server.index.page = lambda path, base: page(path.replace("simple/project-3/", "simple/project-4/"), base)
        collected = collect(server, tables)
    assert failures(collected) == {"project-3": "Simple API: the page is that of another project"}
    assert {row["project_name"] for row in collected["files"]} == {f"project-{n}" for n in range(PROJECTS)} - {
        "project-3"
    }


def test_retry_after_is_waited_for_by_everybody(tables, collect):
    fault = Fault("status", times=1, status=429, headers=(("Retry-After", "1"),))
    with IndexServer(tables, faults={"simple/project-0/": [fault]}) as server:
        started = time.monotonic()
        collected = collect(server, tables, concurrency=1)
        assert time.monotonic() - started >= 1
    assert failures(collected) == {}


def test_a_failing_json_page_costs_the_roles_but_not_the_files(tables, collect):
    with IndexServer(tables, faults={"pypi/project-3/json": [Fault("status", status=500)]}) as server:
        collected = collect(server, tables)
    assert failures(collected) == {"project-3": "JSON API: HTTP 500"}
    assert len(collected["files"]) == 2 * PROJECTS
    row = next(row for row in collected["observations"] if row["project_name"] == "project-3")
    assert not row["roles_observed"]


def test_a_failing_integrity_call_costs_the_publisher_only(tables, collect):
    with IndexServer(tables, faults={"integrity/project-3/": [Fault("html")]}) as server:
        collected = collect(server, tables)
    assert list(failures(collected)) == ["project-3"]
    assert failures(collected)["project-3"].startswith("Integrity API: the answer is not")
    assert len(collected["publishers"]) == PROJECTS - 1


def test_too_many_failures_stop_with_one_line_and_what_was_read_is_not_asked_again(tables, collect):
    faults = {f"simple/project-{number}/": [Fault("status", status=503)] for number in range(30, 33)}
    with IndexServer(tables, faults=faults) as server:
        with pytest.raises(
            SourceError, match=r"3 of 40 projects could not be read, more than 5% .* HTTP 503"
        ) as caught:
            collect(server, tables, share=0.05)
        assert "\n" not in str(caught.value)
        server.faults = {}
        collected = collect(server, tables, share=0.05)
        assert failures(collected) == {}
        assert collected["files"] == tables["files"].to_pylist()
        assert max(server.answered().values()) == 1
        assert len(server.answered()) == 3 * PROJECTS


def test_a_server_that_dies_half_way_loses_nothing_and_no_finished_request_is_repeated(tables, collect):
    server = IndexServer(tables, dies_after=50)
    with server:
        with pytest.raises(SourceError, match=r"could not be read.*(no connection|broke)"):
            collect(server, tables, share=0.05)
        before = server.answered()
        assert sum(before.values()) == 50
    server.dies_after = None
    with server:
        collected = collect(server, tables, share=0.05)
    assert collected["files"] == tables["files"].to_pylist()
    assert failures(collected) == {}
    # An answer may be lost on its way when the server dies; what arrived is never asked for again.
    repeated = {path: count for path, count in server.answered().items() if count > 1}
    assert len(repeated) <= 8
    third = len(server.asked)
    with server:
        collect(server, tables)
    assert len(server.asked) == third


def test_a_second_collection_asks_only_whether_something_changed(tables, collect):
    with IndexServer(tables) as server:
        first = collect(server, tables)
        assert {asked.is_conditional for asked in server.asked} == {False}
        server.forget()
        second = collect(server, tables, scratch="second")
        assert {(asked.is_conditional, asked.status) for asked in server.asked} == {(True, 304)}
    assert first == second


def test_a_changed_page_is_read_anew_in_the_second_collection(tables, small, collect):
    with IndexServer(tables) as server:
        collect(server, tables)
        small.file("project-3", "1.2", day=5)
        changed = IndexServer(small.tables())
        server.index = changed.index
        server.forget()
        second = collect(server, tables, scratch="second")
        assert sorted(asked.path for asked in server.asked if asked.status == 200) == [
            "/pypi/project-3/json",
            "/simple/project-3/",
        ]
    assert ("project-3", "1.2") in {(row["project_name"], row["version"]) for row in second["files"]}


def test_connections_are_used_again_and_bounded_and_the_user_agent_names_a_contact(tables, collect):
    with IndexServer(tables, latency=0.005) as server:
        collect(server, tables, concurrency=4)
        assert len({asked.connection for asked in server.asked}) <= 4
        assert {asked.user_agent for asked in server.asked} == {"pypi-adoption (contact: test@example.org)"}


def test_a_damaged_file_of_answers_is_named_with_the_way_out(tables, collect, tmp_path):
    (tmp_path / "answers.sqlite").write_bytes(b"no database at all" * 1000)
    with (
        IndexServer(tables) as server,
        pytest.raises(SourceError, match=r"answers\.sqlite cannot be used.*remove the file"),
    ):
        collect(server, tables)


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import pyarrow.parquet as pq
from rich.console import Console
from pipeline.sources.pypi import Manners, PypiSource, Selection, top_projects
index = pq.read_table(sys.argv[1] + "/index.parquet")
source = PypiSource(
    Selection(top_projects(index, 1000), index), Manners("a@b.c", sys.argv[2], concurrency=2),
    kept_answers=Path(sys.argv[1]) / "answers.sqlite", now=lambda: datetime.now(UTC), console=Console(quiet=True),
)
scratch = Path(sys.argv[1]) / "first"
scratch.mkdir(exist_ok=True)
for _ in source.batches(scratch):
    pass
"""


def test_a_killed_collection_continues_without_asking_again(tables, collect, tmp_path):
    import pyarrow.parquet as pq  # noqa: PLC0415 - only here

    pq.write_table(tables["index"], tmp_path / "index.parquet")
    with IndexServer(tables, latency=0.02) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), server.simple], cwd=Path(__file__).parents[3]
        )
        deadline = time.monotonic() + 30
        while len(server.asked) < 30 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        asked = len(server.asked)
        assert 30 <= asked < 3 * PROJECTS
        collected = collect(server, tables)
        assert collected["files"] == tables["files"].to_pylist()
        # What was under way when it was killed (at most 2 bodies) is asked again, nothing else.
        assert len(server.asked) <= 3 * PROJECTS + 2
