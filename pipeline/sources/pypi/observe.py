"""What is asked about one project, and what is made of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from packaging.utils import canonicalize_name
from pydantic import BaseModel

from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import INTEGRITY, JSON, SIMPLE, JsonPage, Kind, Ownership, Provenance, Publisher
from pipeline.sources.pypi.releases import ListedFile, attested_ends, is_same_version, list_files, newest_release
from pipeline.sources.web import WebError

Page = TypeVar("Page", bound=BaseModel)


class Ask(Protocol):
    """Gives the document at an address, from the web or from what is kept."""

    async def __call__(self, kind: Kind[Page], address: str) -> Page:
        """Read one address.

        Raises:
            WebError: there is no such document to be had.
        """


@dataclass(frozen=True)
class Failure:
    """Why something about a project could not be read."""

    reason: str
    is_counted: bool
    """Whether it speaks against the collection. A project that the index no longer shows does not."""


@dataclass(frozen=True)
class PublishedFile:
    """A file and who published it."""

    file: ListedFile
    publisher: Publisher


@dataclass(frozen=True)
class Observation:
    """Everything that was seen of one project."""

    project: str
    observed_at: datetime
    api_version: str | None = None
    status: str | None = None
    ownership: Ownership | None = None
    failure: Failure | None = None
    is_missing: bool = False
    """Whether the index has no page of it."""
    files: list[ListedFile] = field(default_factory=list)
    left_out_files: int = 0
    published: list[PublishedFile] = field(default_factory=list)
    version: str | None = None
    """The release that the requirements are those of."""
    requirements: list[str] = field(default_factory=list)
    project_urls: list[tuple[str, str]] = field(default_factory=list)


async def observe(project: str, endpoints: Endpoints, ask: Ask, observed_at: datetime) -> Observation:
    """Ask the two pages of a project, then who published its first and its newest attested release.

    What cannot be read is left out, and the reason is part of what is given back. Of several reasons it is the first.
    """
    simple, page = await asyncio.gather(
        _or_error(ask(SIMPLE, endpoints.simple_page(project))), _or_error(ask(JSON, endpoints.json_page(project)))
    )
    if isinstance(simple, WebError):
        return Observation(project, observed_at, failure=_failure(SIMPLE, simple), is_missing=simple.is_missing)
    if canonicalize_name(simple.name) != project:
        failure = Failure("Simple API: the page is that of another project", is_counted=True)
        return Observation(project, observed_at, failure=failure)
    json_page = None if isinstance(page, WebError) else page
    files, left_out = list_files(simple, json_page, observed_at)
    failures = [_failure(JSON, page)] if isinstance(page, WebError) and not (page.is_missing and not files) else []
    version, requirements = await _requirements(project, endpoints, ask, json_page, files, failures)
    published = await _published(endpoints, ask, attested_ends(files), failures)
    return Observation(
        project,
        observed_at,
        api_version=simple.meta.api_version,
        status=simple.project_status.status,
        ownership=json_page.ownership if json_page else None,
        failure=failures[0] if failures else None,
        files=files,
        left_out_files=left_out,
        published=published,
        version=version,
        requirements=requirements,
        project_urls=_links(json_page),
    )


async def _or_error(asking: Awaitable[Page]) -> Page | WebError:
    try:
        return await asking
    except WebError as error:
        return error


def _failure(kind: Kind[Page], error: WebError) -> Failure:
    return Failure(f"{kind.name}: {error.reason}", is_counted=not error.is_missing)


async def _requirements(
    project: str,
    endpoints: Endpoints,
    ask: Ask,
    page: JsonPage | None,
    files: list[ListedFile],
    failures: list[Failure],
) -> tuple[str | None, list[str]]:
    """The requirements of the newest release. The page of the project tells those of what the index calls latest."""
    version = newest_release(files)
    if page is None or version is None:
        return None, []
    if not is_same_version(page.info.version, version):
        of_version = await _or_error(ask(JSON, endpoints.json_page(project, version)))
        if isinstance(of_version, WebError):
            failures.append(_failure(JSON, of_version))
            return None, []
        page = of_version
    return version, page.info.requires_dist or []


async def _published(
    endpoints: Endpoints, ask: Ask, files: list[ListedFile], failures: list[Failure]
) -> list[PublishedFile]:
    """Who published each of these files."""
    addresses = [file.provenance_url or "" for file in files]
    own = [address for address in addresses if endpoints.is_own(address)]
    if len(own) < len(files):
        failures.append(Failure("Integrity API: not asked, the address given is on another host", is_counted=False))
    answers = dict(
        zip(own, await asyncio.gather(*(_or_error(ask(INTEGRITY, address)) for address in own)), strict=True)
    )
    failures += [_failure(INTEGRITY, answer) for answer in answers.values() if isinstance(answer, WebError)]
    return [
        PublishedFile(file, answer.attestation_bundles[0].publisher)
        for file, address in zip(files, addresses, strict=True)
        if isinstance(answer := answers.get(address), Provenance)
    ]


def _links(page: JsonPage | None) -> list[tuple[str, str]]:
    links = page.info.project_urls or {} if page else {}
    return [(label, url) for label, url in links.items() if url]
