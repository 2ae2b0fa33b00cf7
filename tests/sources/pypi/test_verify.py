"""Verification with real attestations (data/README.md says where they come from) and the library's own trust root."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.sources.pypi import Manners, PypiSource, Selection
from pipeline.sources.pypi import verify as verification
from pipeline.sources.pypi.formats import INTEGRITY, Publisher
from pipeline.sources.pypi.observe import PublishedFile
from pipeline.sources.pypi.releases import ListedFile
from pipeline.sources.pypi.verify import Sample, Verification, verify

DATA = Path(__file__).parent / "data"
GITHUB = "pypi_attestations-0.0.19.tar.gz"
GITHUB_SHA256 = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"
GOOGLE = "gcb_attestation_test-0.0.0.tar.gz"
GOOGLE_SHA256 = "461317362419124b6012e855423a9078d6de8aed3e74fa78cc74d669b23dc6cf"


def published(filename, sha256, address="github"):
    file = ListedFile("1.0", filename, "sdist", datetime(2026, 1, 1, tzinfo=UTC), 1, False, True, address, sha256)
    return PublishedFile(file, Publisher(kind="GitHub"))


def document(kind):
    return (DATA / f"provenance-{kind}.json").read_bytes()


@pytest.fixture
def needs_library(tmp_path, monkeypatch):
    pytest.importorskip("pypi_attestations")
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("github", ("GitHub", "trailofbits/pypi-attestations", "release.yml", None)),
        ("google", ("Google", None, None, None)),
        ("circleci", ("CircleCI", "github.com/CircleCI-Public/sign-and-publish-examples", None, None)),
    ],
)
def test_publishers_of_real_provenance_objects(kind, expected):
    publisher = INTEGRITY.read(document(kind)).attestation_bundles[0].publisher
    assert (
        publisher.kind,
        publisher.source_repository(),
        publisher.workflow_file(),
        publisher.environment,
    ) == expected


@pytest.mark.usefixtures("needs_library")
def test_real_attestations_hold_for_their_files():
    files = [published(GITHUB, GITHUB_SHA256, "github"), published(GOOGLE, GOOGLE_SHA256, "google")]
    result = verify(files, document)
    assert result == Verification(verified=[GITHUB, GOOGLE])
    assert result.summary().startswith(
        "Attestations of 2 sampled files were checked: 2 hold. Trust root: that of sigstore"
    )


@pytest.mark.usefixtures("needs_library")
def test_an_attestation_does_not_hold_for_another_file_or_publisher():
    other = json.loads(document("github"))
    other["attestation_bundles"][0]["publisher"]["repository"] = "somebody/else"
    documents = {"github": document("github"), "other": json.dumps(other).encode()}
    wrong_file = verify([published(GITHUB, "0" * 64)], documents.get)
    assert "digest" in wrong_file.refuted[GITHUB]
    wrong_publisher = verify([published(GITHUB, GITHUB_SHA256, "other")], documents.get)
    assert list(wrong_publisher.refuted) == [GITHUB]
    assert "1 do not hold (for instance" in wrong_publisher.summary()


@pytest.mark.usefixtures("needs_library")
def test_what_the_library_does_not_know_could_not_be_checked():
    unknown = json.loads(document("github"))
    unknown["attestation_bundles"][0]["publisher"]["kind"] = "Forge of 2031"
    documents = {"unknown": json.dumps(unknown).encode()}
    result = verify([published(GITHUB, GITHUB_SHA256, "unknown"), published("x.zip", "", "nowhere")], documents.get)
    assert "Forge of 2031" in result.unchecked[GITHUB]
    assert list(result.unchecked) == [GITHUB, "x.zip"]
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
    with pytest.raises(UsageError, match="extra `verify`"):
        PypiSource(selection, Manners("a@b.c", verify=3), kept_answers=tmp_path / "a", now=datetime.now, console=None)
