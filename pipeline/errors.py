"""Errors that a user can act on: one line that says what happened, where, and what to do."""

from __future__ import annotations


class PipelineError(Exception):
    """A failure with a way out; the command line prints it as one line and exits with `exit_code`."""

    exit_code = 1

    def __init__(self, problem: str, *, way_out: str = "") -> None:
        self.problem = problem
        self.way_out = way_out
        super().__init__(f"{problem} {way_out}".strip())


class UsageError(PipelineError):
    """The command was called with options that cannot be meant."""

    exit_code = 2


class SourceError(PipelineError):
    """An outside system, or the bundled data, cannot be read as it should."""


class LandingError(PipelineError):
    """What was fetched cannot be written to, or read back from, the landing folder."""


class BuildError(PipelineError):
    """The warehouse cannot be built from what was landed."""


class CheckError(PipelineError):
    """A check of severity `fail` did not hold, so nothing was published."""


class PublishError(PipelineError):
    """The new database or report cannot take the place of the published one."""


class ReportError(PipelineError):
    """The report cannot be made from the published file."""


class QueryError(PipelineError):
    """The SQL of a user is wrong, or asks for more than reading the published file."""


class ExportError(PipelineError):
    """The published file cannot be written out as a package."""
