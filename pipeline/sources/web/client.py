"""One careful HTTP client for every source that reads the web.

It asks politely (a named User-Agent, few connections that are used again, `Retry-After`, backoff with jitter) and
trusts nothing that comes back: size, time, redirects, encoding and content type are bounded or checked, and an address
must be https unless it is this machine's own.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import aiohttp
import tenacity
import truststore
from yarl import URL

from pipeline.sources.web.addresses import check_proxies, problem_of
from pipeline.sources.web.bodies import finish, read_body
from pipeline.sources.web.exchange import Answer, Limits, Validators, WebError

PROJECT_NAME = "pypi-adoption"
PATIENCE_WITH_UNCHANGED = 6
"""So many requests that only ask whether something changed weigh as much as one that brings a body."""
LONGEST_VALIDATOR = 1024
LONGEST_WAIT_TOLD = 1e9
"""Seconds; a server may send a number of any length."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class _Question:
    method: str
    address: str
    media_types: tuple[str, ...]
    headers: Mapping[str, str]
    form: Mapping[str, str] | None = None
    is_conditional: bool = False
    """Whether an answer without a body is expected, so that none of the bodies under way is counted for it yet."""

    def data(self) -> aiohttp.FormData | None:
        """The form as it is sent; made anew for every attempt, because sending it uses it up."""
        if self.form is None:
            return None
        data = aiohttp.FormData(default_to_multipart=True)
        for name, value in self.form.items():
            data.add_field(name, value)
        return data


class Web(AbstractAsyncContextManager["Web"]):
    """Connections that are opened once and used again, and never more than `concurrency` bodies under way."""

    def __init__(self, *, contact: str, concurrency: int, now: Callable[[], datetime], limits: Limits) -> None:
        self.limits = limits
        self._headers = {"User-Agent": f"{PROJECT_NAME} (contact: {contact})", "Accept-Encoding": "gzip"}
        self._now = now
        self._bodies = asyncio.Semaphore(concurrency)
        self._comparisons = asyncio.Semaphore(concurrency * PATIENCE_WITH_UNCHANGED)
        self._quiet_until = 0.0

    async def __aenter__(self) -> Self:
        """Open the session; connections are opened as they are needed.

        Raises:
            SourceError: the environment names a proxy by what is no address.
        """
        check_proxies()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(
                total=self.limits.total_seconds,
                sock_connect=self.limits.idle_seconds,
                sock_read=self.limits.idle_seconds,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=True,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._session.close()

    async def get(self, address: str, media_types: Collection[str], validators: Validators) -> Answer:
        """Read one address.

        Args:
            address: Where to.
            media_types: The content types that are read, best first.
            validators: Those of an answer that is at hand, to ask only whether it has changed.

        Raises:
            WebError: after all attempts there is no complete answer of such a type within the limits.
        """
        headers = {"Accept": ", ".join(media_types), **validators.headers()}
        is_conditional = bool(validators.headers())
        async with self._comparisons if is_conditional else self._bodies:
            return await self._try(
                _Question("GET", address, tuple(media_types), headers, is_conditional=is_conditional)
            )

    async def post(self, address: str, media_types: Collection[str], form: Mapping[str, str]) -> Answer:
        """Send a form as `multipart/form-data` and read the answer.

        Raises:
            WebError: as for `get`.
        """
        async with self._bodies:
            return await self._try(_Question("POST", address, tuple(media_types), {}, form))

    async def _try(self, question: _Question) -> Answer:
        """Ask until there is an answer, no hope, or no attempt left."""
        retrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self.limits.attempts),
            wait=self._wait,
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, WebError) and error.is_transient),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await self._keep_quiet()
                try:
                    return await self._ask(question)
                except TimeoutError as error:
                    raise WebError("timed out", is_transient=True) from error
                except aiohttp.ClientConnectorError as error:
                    raise WebError("no connection", is_transient=True) from error
                except ValueError as error:  # among them aiohttp.InvalidURL, and a host that no server could look up
                    raise WebError("no address") from error
                except aiohttp.ClientError as error:
                    raise WebError("the connection broke", is_transient=True) from error
        raise AssertionError("tenacity reraises the last failure")

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Seconds before the next attempt: what the server asks for, or longer each time, and a random part."""
        first = self.limits.first_wait_seconds
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.retry_after if isinstance(error, WebError) else None
        longer = tenacity.wait_exponential(multiplier=first, max=self.limits.max_wait_seconds)(state)
        return (longer if asked_for is None else asked_for) + tenacity.wait_random(0, first)(state)

    async def _keep_quiet(self) -> None:
        """Wait while a server that was asked too often wants nobody to ask."""
        seconds = self._quiet_until - asyncio.get_running_loop().time()
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def _ask(self, question: _Question) -> Answer:
        """One attempt, along its redirects. A redirect is followed by hand, so that every address is looked at."""
        address = _url(question.address)
        for _ in range(self.limits.max_redirects + 1):
            problem = problem_of(str(address))
            if problem:
                raise WebError(f"sent to an address that is not followed: {problem}")
            asking = self._session.request(
                question.method, address, headers=question.headers, data=question.data(), allow_redirects=False
            )
            async with asking as response:
                if response.status not in REDIRECTS or "Location" not in response.headers:
                    return await self._read(response, question)
                await finish(response)
                address = response.url.join(_url(response.headers["Location"]))
        raise WebError(f"more than {self.limits.max_redirects} redirects")

    async def _read(self, response: aiohttp.ClientResponse, question: _Question) -> Answer:
        given = response.headers
        validators = Validators(_plain(given.get("ETag")), _plain(given.get("Last-Modified")))
        if response.status != HTTPStatus.OK:
            await finish(response)
        if response.status == HTTPStatus.NOT_MODIFIED:
            return Answer(None, validators)
        if response.status != HTTPStatus.OK:
            raise self._refusal(response)
        media_type = given.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type not in question.media_types:
            raise WebError(f"the answer is not {' or '.join(question.media_types)}")
        # What has changed after all waits its turn; the connection holds back what does not fit into its buffer.
        async with self._bodies if question.is_conditional else nullcontext():
            return Answer(await read_body(response, self.limits.max_bytes), validators)

    def _refusal(self, response: aiohttp.ClientResponse) -> WebError:
        status = response.status
        reason = f"HTTP {status}"
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return WebError(reason, is_missing=True)
        if status not in TRANSIENT_STATUSES:
            return WebError(reason)
        seconds = self._retry_after(response.headers.get("Retry-After", ""))
        if seconds is not None and seconds > self.limits.max_wait_seconds:
            return WebError(f"{reason}, not to be asked again for {seconds:.0f} s")
        if seconds is not None:
            quiet_until = asyncio.get_running_loop().time() + seconds
            self._quiet_until = max(self._quiet_until, quiet_until)
        return WebError(reason, is_transient=True, retry_after=seconds)

    def _retry_after(self, text: str) -> float | None:
        """Seconds that a `Retry-After` asks for, which may be a number or a date (RFC 9110, 10.2.3)."""
        if text.isascii() and text.isdigit():
            return min(float(text), LONGEST_WAIT_TOLD)
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (aware - self._now()).total_seconds())


def _url(text: str) -> URL:
    try:
        return URL(text)
    except ValueError as error:
        raise WebError("sent to an address that is not followed: it is no address") from error


def _plain(header: str | None) -> str | None:
    """A header that can be sent back; a stranger's may hold anything."""
    is_plain = header is not None and header.isascii() and header.isprintable() and len(header) <= LONGEST_VALIDATOR
    return header if header and is_plain else None
