"""The documents of the index APIs, as far as they are read.

The models take what the documents define and ignore the rest, so that an answer can be kept in the same form with only
these fields. They are not those of `pypi-simple` and `pypi-attestations`: there a status marker, a kind of publisher
or an address that is not known yet makes the whole page unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError
from pypi_simple import ACCEPT_JSON_ONLY

from pipeline.sources.web import WebError
from pipeline.untrusted import Named, Several, validated_json

PROVENANCE_SINCE = (1, 3)
"""The version of the Simple API that brought the provenance field (PEP 740)."""
MAJOR_VERSION = 1


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC) if moment.utcoffset() else moment
    except OverflowError as error:
        raise ValueError("beyond the years that can be told") from error


Page = TypeVar("Page", bound=BaseModel)
Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Document(BaseModel):
    """A part of an answer; fields that are not read are dropped."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class SimpleMeta(Document):
    """What a Simple page says about itself."""

    api_version: str = Field(alias="api-version", pattern=r"^[0-9]{1,4}\.[0-9]{1,4}$")

    def version(self) -> tuple[int, int]:
        """Major and minor version of the Simple API."""
        major, minor = self.api_version.split(".")
        return int(major), int(minor)


class ProjectStatus(Document):
    """The status marker of a project (PEP 792)."""

    status: str | None = None
    reason: str | None = None


class SimpleFile(Document):
    """One file of a Simple page (PEP 691, 700 and 740)."""

    filename: str
    upload_time: Moment | None = Field(None, alias="upload-time")
    size: int | None = Field(None, ge=0, lt=2**63)
    yanked: StrictBool | str = False
    provenance: str | None = None
    hashes: Named[str] = Field(default_factory=dict)


class SimplePage(Document):
    """The page of a project in the Simple API."""

    meta: SimpleMeta
    name: str
    project_status: ProjectStatus = Field(default_factory=ProjectStatus, alias="project-status")
    files: Several[SimpleFile]

    def slim(self) -> SimplePage:
        """The page without the checksums that nobody will compare: those of files without provenance."""
        files = [file if file.provenance else file.model_copy(update={"hashes": {}}) for file in self.files]
        return self.model_copy(update={"files": files})


class Role(Document):
    """What an account may do with a project."""

    role: str
    user: str


class Ownership(Document):
    """Who may change a project: direct roles only, without the members of an organization."""

    roles: Several[Role]
    organization: str | None = None


class Info(Document):
    """The metadata of the release that a JSON page describes."""

    version: str
    requires_dist: Several[str] | None = None
    project_urls: Named[str | None] | None = None


class ReleaseFile(Document):
    """One file of a release in the JSON API."""

    filename: str
    packagetype: str | None = None
    upload_time_iso_8601: Moment | None = None


class JsonPage(Document):
    """The JSON page of a project or of one of its versions."""

    info: Info
    ownership: Ownership | None = None
    releases: Named[Several[ReleaseFile]] = Field(default_factory=dict)


class Publisher(Document):
    """Who published a file. Kinds differ in what they tell; a kind that is not known yet keeps its name."""

    kind: str
    repository: str | None = None
    workflow: str | None = None
    workflow_filepath: str | None = None
    environment: str | None = None
    vcs_origin: str | None = None

    def source_repository(self) -> str | None:
        """The repository that publishes, where the kind has one (Google tells a service account instead)."""
        return self.repository or self.vcs_origin

    def workflow_file(self) -> str | None:
        """The file of the workflow that publishes, where the kind has one."""
        return self.workflow or self.workflow_filepath


class AttestationBundle(Document):
    """Attestations of one publisher about one file."""

    publisher: Publisher


class Provenance(Document):
    """The provenance object of a file (PEP 740), as the Integrity API gives it."""

    attestation_bundles: Several[AttestationBundle] = Field(min_length=1)


@dataclass(frozen=True)
class Kind(Generic[Page]):
    """One of the documents: which content types carry it, and what of it is kept."""

    name: str
    """As it stands in reasons of failure."""
    model: type[Page]
    media_types: tuple[str, ...]

    def read(self, body: bytes) -> Page:
        """Parse an answer, fresh or kept.

        Raises:
            WebError: it is not in the documented form.
        """
        try:
            page = validated_json(self.model, body)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_url=False, include_input=False)[0]["loc"])
            raise WebError(f"not in the documented form{f' at {printable(where)}' if where else ''}") from error
        if isinstance(page, SimplePage) and page.meta.version()[0] != MAJOR_VERSION:
            raise WebError(f"answers with version {page.meta.api_version} of the Simple API")
        return page

    def kept(self, page: Page, body: bytes) -> bytes:
        """What is kept of an answer: the fields that are read, and all of what is signed."""
        if isinstance(page, Provenance):
            return body
        slim = page.slim() if isinstance(page, SimplePage) else page
        return slim.model_dump_json(by_alias=True, exclude_defaults=True).encode()


SIMPLE = Kind("Simple API", SimplePage, (ACCEPT_JSON_ONLY,))
JSON = Kind("JSON API", JsonPage, ("application/json",))
INTEGRITY = Kind("Integrity API", Provenance, ("application/vnd.pypi.integrity.v1+json", "application/json"))


def printable(text: str, length: int = 80) -> str:
    """A stranger's text cut short and without anything that a terminal would act on."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:length])
