"""The files of a project as its two pages list them, and which of its releases is asked for more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from packaging.version import Version
from pypi_simple import UnparsableFilenameError, parse_filename

from pipeline.sources.pypi.formats import PROVENANCE_SINCE, JsonPage, ReleaseFile, SimplePage

NO_EARLIER = datetime(1991, 2, 20, tzinfo=UTC)
"""The day on which Python was first released; whoever says to have uploaded before says nothing."""
CLOCKS_DIFFER = timedelta(days=1)
"""What an upload may be later than the moment of asking."""

PACKAGETYPES = {
    "sdist": "sdist",
    "wheel": "bdist_wheel",
    "egg": "bdist_egg",
    "wininst": "bdist_wininst",
    "dumb": "bdist_dumb",
    "msi": "bdist_msi",
    "rpm": "bdist_rpm",
}
"""What `pypi-simple` reads from a file name, in the words of the index."""


@dataclass(frozen=True)
class ListedFile:
    """One file of a project."""

    version: str
    filename: str
    packagetype: str | None
    uploaded_at: datetime
    size_bytes: int | None
    is_yanked: bool
    has_provenance: bool | None
    """None where the index answers with a version of the Simple API that has no such field."""
    provenance_url: str | None
    sha256: str | None


def list_files(simple: SimplePage, page: JsonPage | None, observed_at: datetime) -> tuple[list[ListedFile], int]:
    """Join the two pages of a project.

    The Simple page knows provenance; the JSON page knows the version of a file for certain. Where only the Simple page
    lists a file, its version is read from its name.

    Returns:
        The files, and the number of those left out because no page tells their version, or an upload time that can be.
    """
    described = {file.filename: (version, file) for version, files in _releases(page) for file in files}
    can_have_provenance = simple.meta.version() >= PROVENANCE_SINCE
    listed: dict[str, ListedFile] = {}
    left_out = 0
    for file in simple.files:
        version, packagetype, described_file = _identify(file.filename, simple.name, described)
        uploaded_at = file.upload_time or (described_file.upload_time_iso_8601 if described_file else None)
        if version is None or uploaded_at is None or not NO_EARLIER < uploaded_at < observed_at + CLOCKS_DIFFER:
            left_out += 1
            continue
        listed[file.filename] = ListedFile(
            version=version,
            filename=file.filename,
            packagetype=packagetype,
            uploaded_at=uploaded_at,
            size_bytes=file.size,
            is_yanked=file.yanked is not False,
            has_provenance=file.provenance is not None if can_have_provenance else None,
            provenance_url=file.provenance if can_have_provenance else None,
            sha256=file.hashes.get("sha256"),
        )
    return list(listed.values()), left_out


def _releases(page: JsonPage | None) -> Iterable[tuple[str, list[ReleaseFile]]]:
    return page.releases.items() if page else ()


def _identify(
    filename: str, project: str, described: dict[str, tuple[str, ReleaseFile]]
) -> tuple[str | None, str | None, ReleaseFile | None]:
    """Version and kind of a file: as the JSON page tells, else from its name."""
    if filename in described:
        version, file = described[filename]
        return version, file.packagetype, file
    try:
        _, parsed, kind = parse_filename(filename, project)
    except UnparsableFilenameError:
        return None, None, None
    return parsed, PACKAGETYPES.get(kind), None


def newest_release(files: Sequence[ListedFile]) -> str | None:
    """The release that a user would install: the newest stable one that is not yanked, by the order of PEP 440.

    Where there is none, the newest pre-release, then the newest yanked release, then of the versions that PEP 440 does
    not know the one uploaded last. A release is yanked when all of its files are.
    """
    releases = _by_version(files)
    return max(releases, key=lambda version: _preference(version, releases[version]), default=None)


def _preference(version: str, files: Sequence[ListedFile]) -> tuple[int, tuple[int, Version | str], datetime]:
    newest_upload = max(file.uploaded_at for file in files)
    order = order_of(version)
    if not isinstance(order[1], Version):
        return 0, (0, ""), newest_upload
    if all(file.is_yanked for file in files):
        return 1, order, newest_upload
    return 2 if order[1].is_prerelease else 3, order, newest_upload


def attested_ends(files: Sequence[ListedFile]) -> list[ListedFile]:
    """One file of the first attested release by upload time, and one of the newest by version, where that is another.

    Of a release, it is the file with provenance that was uploaded first, and among equals the first by name.
    """
    releases = _by_version([file for file in files if file.provenance_url])
    if not releases:
        return []
    earliest = {version: min(members, key=_by_time) for version, members in releases.items()}
    first = min(earliest.values(), key=_by_time)
    newest = earliest[max(earliest, key=order_of)]
    return [first] if newest is first else [first, newest]


def is_same_version(one: str, other: str) -> bool:
    """Whether two spellings name the same version (PEP 440)."""
    return order_of(one) == order_of(other)


def order_of(version: str) -> tuple[int, Version | str]:
    """A key that puts versions in the order of PEP 440, and before them those that it does not know, by their text."""
    try:
        return 1, Version(version)
    except ValueError:  # beside InvalidVersion, a number of more digits than Python reads (CVE-2020-10735)
        return 0, version


def _by_version(files: Iterable[ListedFile]) -> dict[str, list[ListedFile]]:
    releases = defaultdict(list)
    for file in files:
        releases[file.version].append(file)
    return dict(releases)


def _by_time(file: ListedFile) -> tuple[datetime, str]:
    return file.uploaded_at, file.filename
