"""One careful HTTP client for every source that reads the web.

It asks politely (a named User-Agent, few connections that are used again, `Retry-After`, backoff with jitter) and
trusts nothing that comes back: size, time, redirects, encoding and content type are bounded or checked, and an address
must be https unless it is this machine's own.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx2
import tenacity

from pipeline.sources.addresses import problem_of

PROJECT_NAME = "pypi-adoption"
PATIENCE_WITH_UNCHANGED = 4
"""So many requests that only ask whether something changed weigh as much as one that brings a body."""
UNWANTED_BYTES = 2**16
LONGEST_VALIDATOR = 1024
TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Limits:
    """What one request may cost."""

    max_bytes: int = 32 * 2**20
    """Of the decoded body; the largest page of the package index known has 6.3 MB (2026-10)."""
    idle_seconds: float = 20.0
    """To connect, and between two pieces of the body."""
    total_seconds: float = 120.0
    max_redirects: int = 5
    attempts: int = 5
    first_wait_seconds: float = 0.5
    """Doubled after every attempt, with a random part of the same size."""
    max_wait_seconds: float = 60.0
    """The longest wait between two attempts. A server that asks for more is not asked again."""


@dataclass(frozen=True)
class Validators:
    """What a server gave to ask whether an answer is still the same (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """The headers of a conditional request; empty when there is nothing to compare with."""
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return {name: value for name, value in pairs if value}


@dataclass(frozen=True)
class Answer:
    """A complete answer: the body, or None where the server says that it has not changed."""

    body: bytes | None
    validators: Validators


class WebError(Exception):
    """One request failed for good; `reason` is one line without anything that the server wrote."""

    def __init__(
        self, reason: str, *, is_missing: bool = False, is_transient: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_missing = is_missing
        self.is_transient = is_transient
        self.retry_after = retry_after


class Web(AbstractAsyncContextManager["Web"]):
    """Connections that are opened once and used again, and never more than `concurrency` bodies under way."""

    def __init__(self, *, contact: str, concurrency: int, now: Callable[[], datetime], limits: Limits) -> None:
        self.limits = limits
        self._now = now
        self._bodies = asyncio.Semaphore(concurrency)
        self._comparisons = asyncio.Semaphore(concurrency * PATIENCE_WITH_UNCHANGED)
        self._quiet_until = 0.0
        connections = concurrency * (1 + PATIENCE_WITH_UNCHANGED)
        self._client = httpx2.AsyncClient(
            headers={"User-Agent": f"{PROJECT_NAME} (contact: {contact})", "Accept-Encoding": "gzip"},
            timeout=httpx2.Timeout(limits.idle_seconds, pool=None),
            limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
        )

    async def __aenter__(self) -> Self:
        """Open the client."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._client.__aexit__(kind, error, trace)

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
        slots = self._comparisons if validators.headers() else self._bodies
        async with slots:
            return await self._try("GET", address, media_types, headers, None)

    async def post(self, address: str, media_types: Collection[str], form: Mapping[str, str]) -> Answer:
        """Send a form as `multipart/form-data` and read the answer.

        Raises:
            WebError: as for `get`.
        """
        async with self._bodies:
            return await self._try("POST", address, media_types, {}, form)

    async def _try(
        self,
        method: str,
        address: str,
        media_types: Collection[str],
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
    ) -> Answer:
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
                    async with asyncio.timeout(self.limits.total_seconds):
                        return await self._ask(method, address, media_types, headers, form)
                except (TimeoutError, httpx2.TimeoutException) as error:
                    raise WebError("timed out", is_transient=True) from error
                except httpx2.ConnectError as error:
                    raise WebError("no connection", is_transient=True) from error
                except httpx2.TransportError as error:
                    raise WebError("the connection broke", is_transient=True) from error
                except httpx2.InvalidURL as error:
                    raise WebError("no address") from error
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

    async def _ask(
        self,
        method: str,
        address: str,
        media_types: Collection[str],
        headers: Mapping[str, str],
        form: Mapping[str, str] | None,
    ) -> Answer:
        """One attempt, along its redirects. A redirect is followed by hand: its body is not worth reading."""
        files = {name: (None, value) for name, value in form.items()} if form else None
        request = self._client.build_request(method, address, headers=dict(headers), files=files)
        for _ in range(self.limits.max_redirects + 1):
            problem = problem_of(str(request.url))
            if problem:
                raise WebError(f"sent to an address that is not followed: {problem}")
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await self._read(response, media_types)
                await _finish(response)
                request = response.next_request
            finally:
                await response.aclose()
        raise WebError(f"more than {self.limits.max_redirects} redirects")

    async def _read(self, response: httpx2.Response, media_types: Collection[str]) -> Answer:
        given = response.headers
        validators = Validators(_plain(given.get("etag")), _plain(given.get("last-modified")))
        if response.status_code != HTTPStatus.OK:
            await _finish(response)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return Answer(None, validators)
        if response.status_code != HTTPStatus.OK:
            raise self._refusal(response)
        media_type = given.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in media_types:
            raise WebError(f"the answer is not {' or '.join(media_types)}")
        return Answer(await self._body(response), validators)

    def _refusal(self, response: httpx2.Response) -> WebError:
        status = response.status_code
        reason = f"HTTP {status}"
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return WebError(reason, is_missing=True)
        if status not in TRANSIENT_STATUSES:
            return WebError(reason)
        seconds = self._retry_after(response.headers.get("retry-after", ""))
        if seconds is not None and seconds > self.limits.max_wait_seconds:
            return WebError(f"{reason}, not to be asked again for {seconds:.0f} s")
        if seconds is not None:
            quiet_until = asyncio.get_running_loop().time() + seconds
            self._quiet_until = max(self._quiet_until, quiet_until)
        return WebError(reason, is_transient=True, retry_after=seconds)

    def _retry_after(self, text: str) -> float | None:
        """Seconds that a `Retry-After` asks for, which may be a number or a date (RFC 9110, 10.2.3)."""
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            date = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (aware - self._now()).total_seconds())

    async def _body(self, response: httpx2.Response) -> bytes:
        """The decoded body. It is decoded here, a piece at a time, so that no small answer unfolds to a huge one."""
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding not in {"identity", "gzip"}:
            raise WebError("the answer is in an encoding that was not asked for")
        too_large = WebError(f"larger than {self.limits.max_bytes:,} bytes")
        decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
        body = bytearray()
        try:
            async for chunk in response.aiter_raw():
                room = self.limits.max_bytes - len(body)
                body += decoder.decompress(chunk, room + 1) if decoder else chunk
                if len(body) > self.limits.max_bytes:
                    raise too_large
        except zlib.error as error:
            raise WebError("the answer is not the gzip that it claims to be", is_transient=True) from error
        if decoder and not decoder.eof:
            raise WebError("the answer is cut off", is_transient=True)
        return bytes(body)


def _plain(header: str | None) -> str | None:
    """A header that can be sent back; a stranger's may hold anything."""
    return header if header and header.isascii() and len(header) <= LONGEST_VALIDATOR else None


async def _finish(response: httpx2.Response) -> None:
    """Read what little is left of an answer that is not wanted, so that its connection can be used again."""
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > UNWANTED_BYTES:
            return
