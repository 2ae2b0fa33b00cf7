"""A collection: many projects at once, within bounds, continuing where it was stopped."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from pipeline.errors import SourceError
from pipeline.files import replace_file
from pipeline.sources.pypi.answers import Answers, Kept
from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import Kind
from pipeline.sources.pypi.observe import Observation, observe
from pipeline.sources.web import Validators, Web, WebError

Page = TypeVar("Page", bound=BaseModel)

PROJECTS_UNDER_WAY = 8
"""Projects begun at the same time for each body that may be under way: enough that cheap questions never wait."""


GRACE_SECONDS = 5.0
ENOUGH_TO_TELL = 50
"""Where the index has none of the first so many projects, it is another index, or none."""


def collection_of(scratch: Path) -> str:
    """The name of the collection that a scratch folder holds; a new one where there is none, or a torn one."""
    path = scratch / "collection"
    with suppress(OSError, ValueError):
        return str(uuid.UUID(path.read_text(encoding="ascii")).hex)
    name = uuid.uuid4().hex
    replace_file(path, name)
    return name


class Collector:
    """Asks the index about projects, and keeps every answer as it comes."""

    def __init__(
        self, web: Web, answers: Answers, endpoints: Endpoints, *, concurrency: int, now: Callable[[], datetime]
    ) -> None:
        self._web = web
        self._answers = answers
        self._endpoints = endpoints
        self._width = concurrency * PROJECTS_UNDER_WAY
        self._now = now

    async def ask(self, kind: Kind[Page], address: str) -> Page:
        """The document at an address, asked for only where this collection does not have it yet.

        Raises:
            WebError: there is no such document to be had.
        """
        kept = self._answers.find(address)
        if kept is None or not kept.is_current:
            return await self._ask_index(kind, address, kept)
        if kept.content is None:
            raise WebError("HTTP 404", is_missing=True)
        return kind.read(kept.content)

    async def _ask_index(self, kind: Kind[Page], address: str, kept: Kept | None) -> Page:
        content = kept.content if kept else None
        try:
            answer = await self._web.get(address, kind.media_types, kept.validators if kept else Validators())
        except WebError as error:
            if error.is_missing:
                self._answers.keep(address, None, Validators(), self._now())
            raise
        if answer.body is not None:
            page = kind.read(answer.body)
            self._answers.keep(address, kind.kept(page, answer.body), answer.validators, self._now())
            return page
        if content is None:
            raise WebError("said to be unchanged, but never given")
        page = kind.read(content)
        self._answers.confirm(address, self._now())
        return page

    async def _observe(self, project: str) -> Observation:
        observation = await observe(project, self._endpoints, self.ask, self._now())
        asked_at = self._answers.checked_at(self._endpoints.simple_page(project))
        return replace(observation, observed_at=asked_at) if asked_at else observation

    async def observations(self, projects: Sequence[str], max_failure_share: float) -> AsyncIterator[Observation]:
        """Every project, in the order given.

        Raises:
            SourceError: more than that share of the projects could not be read, or none is there at all; what was
                read is kept.
        """
        waiting = iter(projects)
        under_way: deque[asyncio.Task[Observation]] = deque()
        tally = _Tally(len(projects), max_failure_share)
        try:
            while True:
                while len(under_way) < self._width and (project := next(waiting, None)) is not None:
                    under_way.append(asyncio.create_task(self._observe(project)))
                if not under_way:
                    return
                observation = await under_way.popleft()
                if reason := tally.reason_to_stop(observation):
                    await _let_finish(under_way)
                    raise reason
                yield observation
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)


class _Tally:
    """Counts what could not be read, to say when going on makes no sense."""

    def __init__(self, project_count: int, max_failure_share: float) -> None:
        self._project_count = project_count
        self._max_share = max_failure_share
        self._failures: Counter[str] = Counter()
        self._done = self._missing = 0

    def reason_to_stop(self, seen: Observation) -> SourceError | None:
        """Take one more project into account."""
        self._done += 1
        self._missing += seen.is_missing
        if self._missing == self._done == min(self._project_count, ENOUGH_TO_TELL):
            return SourceError(
                f"The index has none of the first {self._done} projects.",
                way_out="Check --index-url: it is the address that pip would take, ending in /simple/.",
            )
        if seen.failure is None or not seen.failure.is_counted:
            return None
        self._failures[seen.failure.reason] += 1
        failed = self._failures.total()
        if failed <= self._max_share * self._project_count:
            return None
        most_often, _ = self._failures.most_common(1)[0]
        return SourceError(
            f"{failed} of {self._project_count} projects could not be read, more than {self._max_share:.0%} of them; "
            f"most often: {most_often}.",
            way_out="What was read is kept: the same command continues there. --max-failure-share allows more.",
        )


async def _let_finish(tasks: Collection[asyncio.Task[Observation]]) -> None:
    """Give what is under way a moment, so that no answer is lost that the index has given already."""
    if tasks:
        await asyncio.wait(tasks, timeout=GRACE_SECONDS)
