"""The HTTP client by itself: what the collection's own tests (tests/sources/pypi) do not reach."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.errors import SourceError
from pipeline.sources.toplist import read_toplist
from pipeline.sources.web import Limits, Validators, Web, WebError, check_address, client, origin_of

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
QUICK = Limits(idle_seconds=1, total_seconds=0.5, attempts=2, first_wait_seconds=0.01, max_wait_seconds=5)
LIST = b"download_count,project\n3,flask\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers[min(len(self.server.asked), len(self.server.answers)) - 1]
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name == "Content-Length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        served.asked, served.answers = [], []
        served.address = f"http://127.0.0.1:{served.server_port}/list"
        thread = threading.Thread(target=served.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield served
        served.shutdown()
        thread.join(5)


def get(server, *answers, validators=Validators()):  # noqa: B008 - frozen
    server.answers = list(answers)

    async def ask():
        async with Web(contact="a@b.c", concurrency=1, now=lambda: NOW, limits=QUICK) as web:
            return await web.get(server.address, ["text/csv"], validators)

    return asyncio.run(ask())


CSV = [("Content-Type", "text/csv; charset=utf-8")]


def test_validators_come_back_as_a_conditional_request(server):
    given = [*CSV, ("ETag", '"x"'), ("Last-Modified", "Fri, 20 Nov 2026 00:00:00 GMT")]
    answer = get(server, (200, given, LIST))
    assert answer.validators == Validators('"x"', "Fri, 20 Nov 2026 00:00:00 GMT")
    assert get(server, (304, [], b""), validators=answer.validators).body is None
    headers = server.asked[-1][1]
    assert headers["If-None-Match"] == '"x"'
    assert headers["If-Modified-Since"] == "Fri, 20 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize("validators", [Validators(), Validators('"old"')])
def test_so_many_bodies_are_read_at_once_however_they_were_asked_for(server, monkeypatch, validators):
    under_way, counts = 0, []
    read_body = client.read_body

    async def counted(*arguments):
        nonlocal under_way
        under_way += 1
        counts.append(under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return await read_body(*arguments)

    monkeypatch.setattr(client, "read_body", counted)
    server.answers = [(200, CSV, LIST)]

    async def ask():
        async with Web(contact="a@b.c", concurrency=2, now=lambda: NOW, limits=Limits()) as web:
            await asyncio.gather(*(web.get(server.address, ["text/csv"], validators) for _ in range(12)))

    asyncio.run(ask())
    assert len(counts) == 12
    assert max(counts) == 2


def test_a_question_whether_something_changed_does_not_wait_for_a_body(server, monkeypatch):
    async def ask():
        async with Web(contact="a@b.c", concurrency=1, now=lambda: NOW, limits=QUICK) as web:
            is_reading, is_answered = asyncio.Event(), asyncio.Event()

            async def read_body(*_):
                is_reading.set()
                await is_answered.wait()
                return LIST

            monkeypatch.setattr(client, "read_body", read_body)
            server.answers = [(200, CSV, LIST), (304, [], b"")]
            body = asyncio.ensure_future(web.get(server.address, ["text/csv"], Validators()))
            await is_reading.wait()
            unchanged = await web.get(server.address, ["text/csv"], Validators('"x"'))
            is_answered.set()
            return unchanged.body, (await body).body

    assert asyncio.run(ask()) == (None, LIST)


def test_validators_that_cannot_be_sent_back_are_not_kept(server):
    odd = [*CSV, ("ETag", "\u00e9" * 5), ("Last-Modified", "x" * 2000)]
    assert get(server, (200, odd, LIST)).validators == Validators()
    assert get(server, (200, [*CSV, ("ETag", '"a\x01b"')], LIST)).validators == Validators()


def test_retry_after_may_be_a_date(server):
    later = [("Retry-After", "Fri, 20 Nov 2026 12:00:01 GMT")]
    started = time.monotonic()
    assert get(server, (503, later, b""), (200, CSV, LIST)).body == LIST
    assert time.monotonic() - started >= 1


def test_retry_after_beyond_the_longest_wait_ends_it(server):
    with pytest.raises(WebError, match="HTTP 429, not to be asked again for 86400 s"):
        get(server, (429, [("Retry-After", "Sat, 21 Nov 2026 12:00:00 GMT")], b""))
    assert len(server.asked) == 1


def test_a_retry_after_of_many_digits_is_a_long_time(server):
    with pytest.raises(WebError, match="HTTP 429, not to be asked again for 1000000000 s"):
        get(server, (429, [("Retry-After", "9" * 400)], b""))


@pytest.mark.parametrize(
    "proxy", ["http://[bad", "proxy", "http://a:99999999", "http://:80", "socks5://a", f"http://{'a' * 64}"]
)
def test_a_proxy_that_is_no_address_is_said_so_before_anything_is_asked(server, monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(SourceError, match="The proxy for https that the environment names is no address"):
        get(server, (200, CSV, LIST))
    assert server.asked == []


@pytest.mark.parametrize("text", ["soon", "", "-5", "\u0661"])
def test_a_retry_after_that_says_nothing_is_as_none(server, text):
    assert get(server, (503, [("Retry-After", text)] if text.isascii() else [], b""), (200, CSV, LIST)).body == LIST


@pytest.mark.parametrize(
    "location", ["http://[::1", "javascript:alert(1)", "//192.0.2.1/x", "ftp://localhost/", "http://a@localhost"]
)
def test_a_redirect_to_an_address_that_may_not_be_asked_is_not_followed(server, location):
    with pytest.raises(WebError, match="sent to an address that is not followed"):
        get(server, (302, [("Location", location)], b""))
    assert len(server.asked) == 1


def test_an_encoding_that_was_not_asked_for(server):
    with pytest.raises(WebError, match="encoding that was not asked for"):
        get(server, (200, [*CSV, ("Content-Encoding", "br")], b"x"))


def test_gzip_that_is_none_or_is_cut_off(server):
    with pytest.raises(WebError, match="not the gzip"):
        get(server, (200, [*CSV, ("Content-Encoding", "gzip")], b"x" * 50))
    with pytest.raises(WebError, match="cut off"):
        get(server, (200, [*CSV, ("Content-Encoding", "gzip")], b""))


def test_a_body_that_never_ends_is_ended_by_the_clock(server):
    with pytest.raises(WebError, match="timed out"):
        get(server, (200, [*CSV, ("Content-Length", "100")], b"x"))


def test_a_top_list_from_an_address(server):
    server.answers = [(302, [("Location", "/elsewhere")], b""), (200, CSV, LIST)]
    top = read_toplist(server.address, contact="a@b.c", now=lambda: NOW)
    assert top.projects == ["flask"]
    assert top.inputs == ()
    assert server.asked[1][0] == "/elsewhere"


def test_a_top_list_that_is_not_there(server):
    server.answers = [(404, [], b"")]
    with pytest.raises(SourceError, match="cannot be read: HTTP 404"):
        read_toplist(server.address, contact="a@b.c", now=lambda: NOW)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x",
        "https://[2001:db8::1]:8443/",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://localhost/",
    ],
)
def test_addresses_that_may_be_asked(address):
    assert check_address(address, "It") == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "http://localhost.example.org/",
        "http://127.0.0.1.example.org/",
        "https://me@example.org/",
        "https://example.org:port/",
        "https://[::1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://exam\nple.org/",
        "https://example.org/\x1b[2J",
        "example.org",
        "",
    ],
)
def test_addresses_that_may_not(address):
    with pytest.raises(SourceError) as caught:
        check_address(address, "It")
    assert str(caught.value).isprintable()


def test_an_origin_is_scheme_host_and_port():
    assert origin_of("https://Example.org/a") == origin_of("https://example.org/b")
    assert origin_of("https://example.org/") != origin_of("https://example.org:8443/")
    assert origin_of("https://example.org/") != origin_of("https://example.org.evil.net/")
