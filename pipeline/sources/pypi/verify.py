"""Whether attestations are what they claim: signatures, certificates and log entries, checked for a sample of files.

Checked is what PEP 740 promises: that the attestation is about this very file (its SHA-256 as the index lists it), and
that the publisher named beside it signed it. The trust root is the one shipped with the `sigstore` library, so that
nobody else is asked.
"""

from __future__ import annotations

import hashlib
import heapq
import importlib.util
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version

from pydantic import ValidationError

from pipeline.errors import UsageError
from pipeline.sources.pypi.formats import printable
from pipeline.sources.pypi.observe import PublishedFile

LONGEST_REASON = 200


@dataclass(frozen=True)
class Verification:
    """What became of the files sampled. The values are reasons, by file name."""

    verified: list[str] = field(default_factory=list)
    refuted: dict[str, str] = field(default_factory=dict)
    """An attestation does not hold, or the provenance object has none."""
    unchecked: dict[str, str] = field(default_factory=dict)
    """Nothing can be said: a kind of publisher that the library does not know, or a document that it cannot read."""

    def summary(self) -> str:
        """One line for the manifest."""
        count = len(self.verified) + len(self.refuted) + len(self.unchecked)
        told = [f"Attestations of {count} sampled files were checked: {len(self.verified)} hold"]
        for word, reasons in (("do not hold", self.refuted), ("could not be checked", self.unchecked)):
            if reasons:
                name, reason = next(iter(sorted(reasons.items())))
                told.append(f"{len(reasons)} {word} (for instance {printable(name)}: {reason})")
        return f"{', '.join(told)}. Trust root: that of sigstore {version('sigstore')}."


def check_installed() -> None:
    """Make sure that attestations can be verified.

    Raises:
        UsageError: the library is not installed.
    """
    if importlib.util.find_spec("pypi_attestations") is None:
        raise UsageError(
            "Attestations cannot be verified: pypi-attestations is not installed.",
            way_out="Install it with `.venv/bin/python -m pip install --require-hashes --no-deps -r "
            "requirements/verify.txt`, or leave --verify out.",
        )


class Sample:
    """A sample of fixed size that depends on nothing but the file names: those whose SHA-256 is smallest."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._kept: list[tuple[str, PublishedFile]] = []

    def offer(self, published: Iterable[PublishedFile]) -> None:
        """Take these files into account."""
        named = ((hashlib.sha256(each.file.filename.encode()).hexdigest(), each) for each in published)
        self._kept = heapq.nsmallest(self.size, [*self._kept, *named], key=lambda pair: pair[0])

    def files(self) -> list[PublishedFile]:
        """The files sampled, in a fixed order."""
        return [each for _, each in self._kept]


def verify(files: Iterable[PublishedFile], provenance_of: Callable[[str], bytes | None]) -> Verification:
    """Check every attestation of some files.

    Args:
        files: The files, with the SHA-256 that the index lists.
        provenance_of: The provenance object at an address, whole.
    """
    result = Verification()
    with _quiet():
        for published in files:
            filename = published.file.filename
            document = provenance_of(published.file.provenance_url or "")
            try:
                problem = _problem_with(filename, published.file.sha256 or "", document or b"")
            except (ValidationError, OSError) as error:
                result.unchecked[filename] = _reason(error)
                continue
            if problem:
                result.refuted[filename] = problem
            else:
                result.verified.append(filename)
    return result


def _problem_with(filename: str, sha256: str, document: bytes) -> str:
    """Why the attestations of a file do not hold; empty where they do."""
    # An optional extra, and slow to load.
    from pypi_attestations import AttestationError, Distribution, Provenance  # noqa: PLC0415

    distribution = Distribution(name=filename, digest=sha256)
    bundles = Provenance.model_validate_json(document).attestation_bundles
    if not any(bundle.attestations for bundle in bundles):
        return "holds no attestation"
    for bundle in bundles:
        for attestation in bundle.attestations:
            try:
                attestation.verify(bundle.publisher, distribution, offline=True)
            except AttestationError as error:
                return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return printable(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", LONGEST_REASON)
    return printable(str(error), LONGEST_REASON)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warning for every file that it does not refresh its trust root."""
    logger = logging.getLogger("sigstore")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
