"""The live index as a source: its public APIs, asked about the projects that matter, without an account."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from packaging.utils import canonicalize_name, is_normalized_name
from rich.console import Console

from pipeline.errors import SourceError, UsageError
from pipeline.sources.contract import OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.pypi.answers import Answers
from pipeline.sources.pypi.collect import Collector, collection_of
from pipeline.sources.pypi.endpoints import Endpoints
from pipeline.sources.pypi.formats import PROVENANCE_SINCE
from pipeline.sources.pypi.observe import Observation
from pipeline.sources.pypi.progress import CollectionProgress
from pipeline.sources.pypi.tables import Batches
from pipeline.sources.pypi.verify import Sample, Verification, check_installed, verify
from pipeline.sources.web import Limits, Web

INDEX_ROWS_IN_A_BATCH = 100_000
MOST_AT_ONCE = 32


@dataclass(frozen=True)
class Selection:
    """What is known before the index is asked, and which projects it is asked about."""

    projects: Sequence[str]
    """PEP 503 names, the most downloaded first."""
    index: pa.Table
    """All projects of the index with their ranks: the landing table `index`, which the tiers are shares of."""
    index_notes: TableNotes = field(
        default_factory=lambda: TableNotes(is_observed=True, note="As known before the index was asked.")
    )
    downloads: pa.Table | None = None
    """Download counts from elsewhere: the landing table `download_totals`."""
    downloads_notes: TableNotes = field(
        default_factory=lambda: TableNotes(
            is_observed=False,
            note="The index shows no download counts. `--toplist FILE` or `--downloads clickhouse` adds them.",
        )
    )
    inputs: tuple[Path, ...] = ()
    """The local files that all this was read from."""


@dataclass(frozen=True)
class Manners:
    """How the index is asked."""

    contact: str
    """An address at which the people who run the index reach who runs this; part of the User-Agent."""
    index_url: str | None = None
    """Of a Simple API, as pip takes it; None is the package index itself."""
    concurrency: int = 8
    """Bodies under way at the same time; of questions whether something has changed, six times as many."""
    max_failure_share: float = 0.05
    """How many of the projects may fail before the collection counts as failed, 0 to 1."""
    verify: int = 0
    """The number of files whose attestations are checked, as a sample."""
    limits: Limits = field(default_factory=Limits)


def top_projects(index: pa.Table, top: int) -> list[str]:
    """The names of the `top` projects with the lowest `download_rank` of a landing table `index`."""
    ranked = index.filter(pc.is_valid(index["download_rank"]))
    names = ranked.sort_by([("download_rank", "ascending"), ("project_name", "ascending")])["project_name"]
    return [str(name) for name in names.slice(0, top).to_pylist()]


class PypiSource:
    """Asks a package index about each project: two pages, and who published the first and newest attested release."""

    def __init__(
        self,
        selection: Selection,
        manners: Manners,
        *,
        kept_answers: Path,
        now: Callable[[], datetime],
        console: Console,
    ) -> None:
        """Prepare to ask; nothing is asked yet.

        Args:
            selection: What to ask about.
            manners: How to ask.
            kept_answers: An SQLite file with the answers of all collections, made where there is none.
            now: The clock.
            console: Where progress is told.

        Raises:
            SourceError: the address of the index cannot be used.
            UsageError: no contact, a share or a number that cannot be meant, or nothing to verify attestations with.
        """
        _check(manners)
        self.selection = selection
        self.manners = manners
        self.endpoints = Endpoints.of(manners.index_url)
        self.projects = list(dict.fromkeys(_checked_name(name) for name in selection.projects))
        self._kept_answers = kept_answers
        self._now = now
        self._console = console
        self._without_provenance_field = 0
        self._left_out_files = 0
        self.verification: Verification | None = None

    def describe(self) -> Description:
        """The collection stands for the month in which it is made."""
        today = self._now().date()
        names = hashlib.sha256("\n".join(self.projects).encode()).hexdigest()
        return Description(
            source="pypi",
            period=f"{today:%Y-%m}",
            observed_on=today,
            parameters={
                "index": self.endpoints.simple,
                "projects": str(len(self.projects)),
                "projects_sha256": names,
                "downloads": self.selection.downloads_notes.note,
                "verify": str(self.manners.verify),
            },
            inputs=self.selection.inputs,
        )

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield what was known before, then what the index shows, project by project.

        Raises:
            SourceError: too many projects could not be read, or answers cannot be kept. What was read is kept, and
                the next call with the same `scratch` continues there.
        """
        for batch in self.selection.index.to_batches(max_chunksize=INDEX_ROWS_IN_A_BATCH):
            yield "index", batch
        if self.selection.downloads is not None:
            for batch in self.selection.downloads.to_batches():
                yield "download_totals", batch
        self._without_provenance_field = self._left_out_files = 0
        batches, sample = Batches(), Sample(self.manners.verify)
        collection = collection_of(scratch)
        with CollectionProgress(len(self.projects), self._console) as progress:
            for seen in _drain(self._collect(collection)):
                progress.advance(has_failed=seen.failure is not None)
                self._count(seen)
                sample.offer(seen.published)
                yield from batches.add(seen)
        yield from batches.rest()
        if self.manners.verify:
            with Answers(self._kept_answers, collection) as answers:
                self.verification = verify(sample.files(), answers.content)

    async def _collect(self, collection: str) -> AsyncIterator[Observation]:
        manners = self.manners
        web = Web(contact=manners.contact, concurrency=manners.concurrency, now=self._now, limits=manners.limits)
        async with web:
            with Answers(self._kept_answers, collection) as answers:
                collector = Collector(web, answers, self.endpoints, concurrency=manners.concurrency, now=self._now)
                async for seen in collector.observations(self.projects, manners.max_failure_share):
                    yield seen

    def _count(self, seen: Observation) -> None:
        self._left_out_files += seen.left_out_files
        if seen.api_version and tuple(map(int, seen.api_version.split("."))) < PROVENANCE_SINCE:
            self._without_provenance_field += 1

    def notes(self) -> Mapping[str, TableNotes]:
        """What the index shows of each landing table, and what it does not."""
        asked = f"{len(self.projects)} projects were asked about."
        left_out = f" {self._left_out_files} files without a version or a possible upload time were left out."
        below = (
            f" For {self._without_provenance_field} of them the index answers with a Simple API below version 1.3, "
            "which has no provenance field: nothing follows from its absence."
        )
        verified = f" {self.verification.summary()}" if self.verification else ""
        provenance = below if self._without_provenance_field else ""
        observed = {
            "observations": asked,
            "files": asked + provenance + (left_out if self._left_out_files else ""),
            "publishers": "Asked for a file of the first and of the newest attested release of each project."
            + provenance
            + verified,
            "roles": f"{asked} Direct roles of today only: members of organizations and teams are hidden.",
            "project_urls": asked,
            "requirements": f"{asked} Of the newest stable release that is not yanked.",
        }
        unobserved = "The index shows no downloads a day. `pypi-adoption run --source bigquery` observes them."
        notes = {table: TableNotes(is_observed=True, note=note) for table, note in observed.items()}
        notes["index"] = self.selection.index_notes
        notes["downloads_daily"] = TableNotes(is_observed=False, note=unobserved)
        notes["download_totals"] = self.selection.downloads_notes
        return {table: notes[table] for table in OBSERVED_TABLES}


def _check(manners: Manners) -> None:
    if not manners.contact.strip() or not manners.contact.isascii() or not manners.contact.isprintable():
        raise UsageError(
            "The contact for the index is empty or not plain text.", way_out="Give an e-mail or web address."
        )
    if not 1 <= manners.concurrency <= MOST_AT_ONCE:
        raise UsageError(f"The concurrency must be between 1 and {MOST_AT_ONCE}.")
    if not 0 <= manners.max_failure_share <= 1:
        raise UsageError("The share of failures that is allowed must be between 0 and 1.")
    if manners.verify < 0:
        raise UsageError("The number of files to verify must not be negative.")
    if manners.verify:
        check_installed()


def _checked_name(name: str) -> str:
    normalized = canonicalize_name(name)
    if not is_normalized_name(normalized):
        raise SourceError(f"{name!r} is no project name (PEP 503), so the index cannot be asked about it.")
    return str(normalized)


def _drain(observations: AsyncIterator[Observation]) -> Iterator[Observation]:
    """Run an asynchronous iteration a step at a time; between two steps nothing runs, so nothing piles up."""
    arrived: list[Observation] = []

    async def step() -> bool:
        # Handed over in a list, because `asyncio.Runner` makes a text of what a step returns (signal handlers, 3.11).
        seen = await anext(observations, None)
        arrived.extend([seen] if seen else [])
        return seen is not None

    with asyncio.Runner() as runner:
        while runner.run(step()):
            yield arrived.pop()
