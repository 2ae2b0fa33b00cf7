"""Verification of attestations: what holds, what does not, and what cannot be checked."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from pipeline.errors import UsageError
from pipeline.sources.pypi import Manners, PypiSource, Selection
from pipeline.sources.pypi import verify as verification
from pipeline.sources.pypi.formats import INTEGRITY, Publisher
from pipeline.sources.pypi.observe import PublishedFile
from pipeline.sources.pypi.releases import ListedFile
from pipeline.sources.pypi.verify import Sample, Verification, verify

NAME = "simulated-1.0.tar.gz"
SHA256 = "9b" * 32


def published(filename, sha256, address="genuine"):
    file = ListedFile("1.0", filename, "sdist", datetime(2026, 1, 1, tzinfo=UTC), 1, False, True, address, sha256)
    return PublishedFile(file, Publisher(kind="GitHub"))


def encoded(content):
    return base64.b64encode(json.dumps(content).encode()).decode()


def document(kind="GitHub", repository="simulated--org/simulated"):
    """A provenance object in the shape of PEP 740, whose signature nobody made."""
    subject = {"name": NAME, "digest": {"sha256": SHA256}}
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject],
        "predicateType": "https://example.org/simulated",
        "predicate": None,
    }
    attestation = {
        "version": 1,
        "verification_material": {"certificate": encoded("none"), "transparency_entries": [{"logIndex": "1"}]},
        "envelope": {"statement": encoded(statement), "signature": encoded("none")},
    }
    publisher = {"kind": kind, "repository": repository, "workflow": "release.yml", "environment": None}
    bundle = {"publisher": publisher, "attestations": [attestation]}
    return json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()


@pytest.fixture
def needs_library(tmp_path, monkeypatch):
    pytest.importorskip("pypi_attestations")
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))


@pytest.fixture
def signed(needs_library, monkeypatch):
    """Puts a signature of NAME with SHA256 by its repository in the place of the library's cryptography."""
    library = pytest.importorskip("pypi_attestations")

    def check(self, publisher, distribution, *, offline):
        assert offline, "nobody is asked"
        if distribution.digest != SHA256:
            raise library.AttestationError("subject does not match distribution digest")
        if publisher.repository != "simulated--org/simulated":
            raise library.AttestationError("certificate's repository is not the publisher's")

    monkeypatch.setattr(library.Attestation, "verify", check)


def test_the_publisher_of_a_provenance_object():
    publisher = INTEGRITY.read(document()).attestation_bundles[0].publisher
    found = (publisher.kind, publisher.source_repository(), publisher.workflow_file(), publisher.environment)
    assert found == ("GitHub", "simulated--org/simulated", "release.yml", None)


@pytest.mark.usefixtures("signed")
def test_what_holds_is_said_to_hold():
    result = verify([published(NAME, SHA256)], lambda _: document())
    assert result == Verification(verified=[NAME])
    assert result.summary().startswith(
        "Attestations of 1 sampled files were checked: 1 hold. Trust root: that of sigstore"
    )


@pytest.mark.usefixtures("signed")
def test_an_attestation_does_not_hold_for_another_file_or_publisher():
    wrong_file = verify([published(NAME, "0" * 64)], lambda _: document())
    assert "digest" in wrong_file.refuted[NAME]
    wrong_publisher = verify([published(NAME, SHA256)], lambda _: document(repository="somebody/else"))
    assert list(wrong_publisher.refuted) == [NAME]
    assert "1 do not hold (for instance" in wrong_publisher.summary()


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("bundles", [0, 1])
def test_where_nothing_is_attested_nothing_holds(bundles):
    content = json.loads(document())
    content["attestation_bundles"] = content["attestation_bundles"][:bundles]
    for bundle in content["attestation_bundles"]:
        bundle["attestations"] = []
    result = verify([published(NAME, SHA256)], lambda _: json.dumps(content).encode())
    assert result == Verification(refuted={NAME: "holds no attestation"})


@pytest.mark.usefixtures("needs_library")
def test_a_signature_that_nobody_made_never_holds():
    """The library's own cryptography, on a document that only looks like an attestation."""
    result = verify([published(NAME, SHA256)], lambda _: document())
    assert result.verified == []
    assert [*result.refuted, *result.unchecked] == [NAME]


@pytest.mark.usefixtures("needs_library")
def test_what_the_library_does_not_know_could_not_be_checked():
    documents = {"unknown": document(kind="Forge of 2031")}
    result = verify([published(NAME, SHA256, "unknown"), published("x.zip", "", "nowhere")], documents.get)
    assert "Forge of 2031" in result.unchecked[NAME]
    assert list(result.unchecked) == [NAME, "x.zip"]
    assert "2 could not be checked" in result.summary()


def test_the_sample_depends_on_names_only():
    files = [published(f"f-{number}", "") for number in range(50)]
    one, other = Sample(5), Sample(5)
    one.offer(files)
    for file in reversed(files):
        other.offer([file])
    assert [each.file.filename for each in one.files()] == [each.file.filename for each in other.files()]
    assert len(one.files()) == 5


def test_without_the_library_verification_is_refused_before_anything_is_asked(small, tmp_path, monkeypatch):
    monkeypatch.setattr(verification.importlib.util, "find_spec", lambda name: None)
    selection = Selection([], small.tables()["index"])
    with pytest.raises(UsageError, match=r"requirements/verify\.txt"):
        PypiSource(selection, Manners("a@b.c", verify=3), kept_answers=tmp_path / "a", now=datetime.now, console=None)
