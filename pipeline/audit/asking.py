"""One audit from the list to the result: read, ask the index, build, judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console

from pipeline.audit.dependencies import DependencySet, Indexes
from pipeline.audit.evidence import Evidence, gather, index_of
from pipeline.audit.exposure import judge
from pipeline.audit.inputs import read_dependencies
from pipeline.audit.inputs.environment import read_environment
from pipeline.audit.result import Audit
from pipeline.errors import SourceError
from pipeline.settings import Settings
from pipeline.sources.pypi import Manners, PypiSource, Selection
from pipeline.sources.pypi.endpoints import Endpoints

MOST_DEPENDENCIES = 5000


@dataclass(frozen=True)
class Question:
    """What is to be audited, and how the index is asked."""

    file: Path | None
    """The list of dependencies; None is this environment."""
    contact: str
    """Told to the index, so that the people who run it can reach who asks."""
    cache: Path
    """Folder of the answers that the index gave to earlier audits; they are only asked for changes."""
    format_name: str | None = None
    """Format of the file, where its name and content do not tell it."""
    index_url: str | None = None
    """Of a Simple API, as pip takes it; None is the package index itself."""
    shows_accounts: bool = False
    """Whether the result names accounts."""


def make_audit(question: Question, now: Callable[[], datetime], console: Console) -> Audit:
    """Read the list, ask the index about exactly its projects, and put both together.

    Args:
        question: What is to be audited.
        now: The clock.
        console: Where progress is told.

    Raises:
        SourceError: the list cannot be read, or the index cannot be asked.
        UsageError: the contact cannot be used.
    """
    index, observed_at = Endpoints.of(question.index_url).simple, now()
    listed = _listed(question, Indexes(index))
    projects = [dependency.project for dependency in listed.dependencies]
    if not projects:
        console.print(f"{question.file or 'This environment'} lists no project of the index: nothing is audited.")
    source = PypiSource(
        Selection(projects, index_of(projects)),
        # A project that cannot be read is a row with its reason; that none could be read is told by `judge`.
        Manners(question.contact, question.index_url, max_failure_share=1.0),
        kept_answers=question.cache / "answers.sqlite",
        now=now,
        console=console,
    )
    return judge(
        listed,
        gather(source, Settings(), observed_at) if projects else Evidence([], [], []),
        audited=question.file.name if question.file else "this environment",
        index=index,
        observed_at=observed_at,
        shows_accounts=question.shows_accounts,
    )


def _listed(question: Question, indexes: Indexes) -> DependencySet:
    if question.file is None:
        listed = read_environment(indexes)
    else:
        listed = read_dependencies(question.file, indexes, question.format_name)
    if len(listed.dependencies) > MOST_DEPENDENCIES:
        raise SourceError(
            f"{question.file or 'The environment'} lists {len(listed.dependencies)} projects, "
            f"more than {MOST_DEPENDENCIES}.",
            way_out="Audit its parts.",
        )
    return listed
