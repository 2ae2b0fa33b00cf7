"""A collection: many projects at once, within bounds, continuing where it was stopped."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
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


ENOUGH_TO_TELL = 50
"""Where the index has none of the first so many projects, it is another index, or none."""


def collection_of(scratch: Path) -> str:
    """The name of the collection that a scratch folder holds; a new one where it is empty."""
    path = scratch / "collection"
    if not path.exists():
        replace_file(path, uuid.uuid4().hex)
    return path.read_text(encoding="utf-8")


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
        failures: Counter[str] = Counter()
        done = missing = 0
        try:
            while True:
                while len(under_way) < self._width and (project := next(waiting, None)) is not None:
                    under_way.append(asyncio.create_task(self._observe(project)))
                if not under_way:
                    return
                observation = await under_way.popleft()
                done, missing = done + 1, missing + observation.is_missing
                if missing == done == min(len(projects), ENOUGH_TO_TELL):
                    raise SourceError(
                        f"{self._endpoints.simple} has none of the first {done} projects.",
                        way_out="Check --index-url: it is the address that pip would take, ending in /simple/.",
                    )
                if observation.failure and observation.failure.is_counted:
                    failures[observation.failure.reason] += 1
                    _stop_if_too_many(failures, len(projects), max_failure_share)
                yield observation
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)


def _stop_if_too_many(failures: Counter[str], project_count: int, max_share: float) -> None:
    failed = failures.total()
    if failed > max_share * project_count:
        reason, _ = failures.most_common(1)[0]
        raise SourceError(
            f"{failed} of {project_count} projects could not be read, more than {max_share:.0%} of them; "
            f"most often: {reason}.",
            way_out="What was read is kept: the same command continues there. --max-failure-share allows more.",
        )
