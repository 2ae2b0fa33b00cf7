"""What is sent and what comes back: limits, validators, answers and failures."""

from __future__ import annotations

from dataclasses import dataclass


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
