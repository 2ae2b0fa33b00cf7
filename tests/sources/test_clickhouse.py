"""Download counts from a ClickHouse mirror: a fake of its HTTP interface on this machine."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pytest

from pipeline.errors import SourceError
from pipeline.sources.clickhouse import NEWEST_DAY_QUERY, TOTALS_QUERY, read_downloads
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.web import Limits

QUICK = Limits(idle_seconds=1, total_seconds=2, attempts=2, first_wait_seconds=0.01, max_wait_seconds=1)
NEWEST = date(2026, 11, 19)


def now():
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


class Mirror(ThreadingHTTPServer):
    """Answers the two queries out of `(day, project, count)` rows, with strings as binary as older servers do."""

    def __init__(self, rows):
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows = rows
        self.forms: list[dict[str, str]] = []
        self.answer = None
        self.status = 200

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/?user=demo"

    def select(self, form):
        projects = form["param_projects"].strip("[]").replace("'", "").split(",")
        first = date.fromisoformat(form["param_first_day"])
        last = date.fromisoformat(form.get("param_last_day", "9999-12-31"))
        rows = [row for row in self.rows if row[1] in projects and first <= row[0] <= last]
        if form["query"] == NEWEST_DAY_QUERY:
            newest = max((row[0] for row in rows), default=date(1970, 1, 1))
            return pa.table({"newest_day": pa.array([newest.isoformat().encode()])})
        assert form["query"] == TOTALS_QUERY
        totals: dict[str, int] = {}
        for _, project, count in rows:
            totals[project] = totals.get(project, 0) + count
        names = sorted(totals)
        return pa.table(
            {"project": pa.array([name.encode() for name in names]), "download_count": [totals[name] for name in names]}
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Mirror

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        parts = message_from_bytes(f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode() + body)
        form = {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
            for part in parts.get_payload()
        }
        self.server.forms.append(form)
        answer = self.server.answer
        content = stream(self.server.select(form)) if answer is None else answer(form)
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror():
    days = [NEWEST - timedelta(days=back) for back in range(40)]
    rows = [(day, project, count) for day in days for project, count in (("boto3", 100), ("flask", 7))]
    with Mirror(rows) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)


def read(server, projects):
    return read_downloads(projects, contact="a@b.c", now=now, mirror=server.address, limits=QUICK)


def test_totals_are_those_of_the_thirty_newest_whole_days(mirror):
    counts = read(mirror, ["boto3", "flask", "not-in-the-mirror"])
    assert counts.table.schema.equals(LANDING_TABLES["download_totals"])
    assert counts.table.to_pylist() == [
        {"project_name": "boto3", "download_count": 3000},
        {"project_name": "flask", "download_count": 210},
    ]
    assert mirror.forms[1]["param_first_day"] == "2026-10-20"
    assert mirror.forms[1]["param_last_day"] == "2026-11-18"
    assert "over the 30 days to 2026-11-18" in counts.notes.note
    assert "does not tell CI" in counts.notes.note
    assert counts.notes.query == TOTALS_QUERY


def test_values_are_bound_and_many_projects_are_asked_for_in_parts(mirror):
    projects = ["flask"] + [f"project-{number}" for number in range(1001)]
    assert read(mirror, projects).table.num_rows == 1
    assert len(mirror.forms) == 1 + 3
    assert {form["query"] for form in mirror.forms} == {NEWEST_DAY_QUERY, TOTALS_QUERY}
    assert mirror.forms[3]["param_projects"] == "['project-999','project-1000']"


def test_a_mirror_without_recent_downloads_is_out_of_order(mirror):
    mirror.rows = [(date(2026, 1, 1), "flask", 3)]
    with pytest.raises(SourceError, match="no downloads of these projects since 2026-09-21"):
        read(mirror, ["flask"])


def other(**columns):
    return lambda form: stream(
        pa.table({"newest_day": ["2026-11-19"]}) if form["query"] == NEWEST_DAY_QUERY else pa.table(columns)
    )


@pytest.mark.parametrize(
    "answer",
    [
        lambda form: b"Code: 307. DB::Exception: Limit for rows or bytes to read exceeded",
        lambda form: stream(pa.table({"newest_day": ["tomorrow"]})),
        lambda form: stream(pa.table({"newest_day": pa.array([], pa.string())})),
        lambda form: stream(pa.table({"newest_day": [None]})),
        lambda form: stream(pa.table({"newest_day": ["2026-11-19"]}))[:-100],
        other(project=["flask"]),
        other(project=["flask", "flask"], download_count=[1, 2]),
        other(project=["somebody-else"], download_count=[1]),
        other(project=["flask"], download_count=[-1]),
        other(project=["flask"], download_count=pa.array([None], pa.int64())),
        other(project=[b"\xff"], download_count=[1]),
        other(project=["flask"], download_count=["many"]),
    ],
)
def test_another_answer_than_asked_for_is_one_clear_line(mirror, answer):
    mirror.answer = answer
    with pytest.raises(SourceError, match="answers something else than asked for") as caught:
        read(mirror, ["flask"])
    assert "\n" not in str(caught.value)


def test_a_refusal_is_one_clear_line_with_a_way_out(mirror):
    mirror.status = 403
    with pytest.raises(SourceError, match=r"cannot be asked: HTTP 403\. Leave --downloads out"):
        read(mirror, ["flask"])


@pytest.mark.parametrize("name", ["a'] or 1=1 --", "Flask", ""])
def test_a_name_that_is_none_is_never_sent(mirror, name):
    with pytest.raises(SourceError, match="no project name"):
        read(mirror, [name])
    assert mirror.forms == []


def test_no_project_and_no_address():
    with pytest.raises(SourceError, match="no project"):
        read_downloads([], contact="a@b.c", now=now)
    with pytest.raises(SourceError, match="neither https nor on this machine"):
        read_downloads(["a"], contact="a@b.c", now=now, mirror="http://example.org/")
