"""The rules of evidence on projects written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.sources.simulated.truth.evidence import evidence_of, newest_release
from pipeline.sources.simulated.truth.records import File, Project, Publisher


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


def file(version, uploaded_at, *, attested: bool | None = False, yanked: bool | None = False, name: str = "") -> File:
    return File(version, name or f"p-{version}-{uploaded_at:%Y%m%d}.whl", uploaded_at, yanked, attested, False)


def project(*files: File, status: str = "active", **more) -> Project:
    same = {file.filename: Publisher("GitHub", "simulated--one/p", "ci.yml") for file in files}
    more = {"publishers": same} | more
    return Project("p", status, None, "individual", -1, "github", "top_100", None, files=list(files), **more)


BEFORE, SINCE = at(2024, 10, 20, 23, 59, 59), at(2024, 10, 21)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([file("1.9.0", BEFORE), file("1.10.0", BEFORE)], ("stable", "1.10.0")),
        ([file("2.0.0", BEFORE), file("1.9.1", SINCE)], ("stable", "2.0.0")),
        ([file("1.0", BEFORE), file("2.0rc1", SINCE)], ("stable", "1.0")),
        ([file("1.0", BEFORE), file("2.0.dev1", SINCE)], ("stable", "1.0")),
        ([file("1.0", BEFORE), file("1.0.post1", BEFORE)], ("stable", "1.0.post1")),
        ([file("1.0", BEFORE), file("2.0", SINCE, yanked=True)], ("stable", "1.0")),
        ([file("2.0", SINCE, yanked=True), file("2.0", SINCE, name="other")], ("stable", "2.0")),
        ([file("1.0a1", BEFORE), file("1.0b1", SINCE)], ("prerelease", "1.0b1")),
        ([file("1.0a1", BEFORE), file("2.0", SINCE, yanked=True)], ("prerelease", "1.0a1")),
        ([file("1.0", BEFORE, yanked=True), file("2.0a1", SINCE, yanked=True)], ("yanked", "2.0a1")),
        ([file("1.0", BEFORE, yanked=True), file("1.0.GA1", SINCE)], ("yanked", "1.0")),
        ([file("9.GA", BEFORE), file("1.GA", SINCE)], ("invalid", "1.GA")),
        ([file("1.0", BEFORE, yanked=None, attested=None)], ("stable", "1.0")),
    ],
)
def test_newest_release(files, expected):
    found = newest_release(files)
    assert found is not None
    assert found[:2] == expected


def test_no_file_no_release():
    assert newest_release([]) is None


@pytest.mark.parametrize(
    ("files", "two_factor", "publishing"),
    [
        ([], "unknown", "unobserved"),
        ([file("1", at(2023, 12, 31, 23, 59, 59))], "none", "predates_attestations"),
        ([file("1", at(2024, 1, 1))], "announced", "predates_attestations"),
        ([file("1", at(2024, 8, 1, 23, 59, 59))], "announced", "predates_attestations"),
        ([file("1", at(2024, 8, 2))], "enforced", "predates_attestations"),
        ([file("1", BEFORE)], "enforced", "predates_attestations"),
        ([file("1", SINCE)], "enforced", "not_attested"),
        ([file("1", BEFORE), file("1", SINCE)], "enforced", "not_attested"),
        ([file("1", SINCE, attested=True)], "trusted_publisher", "attested"),
        ([file("1", SINCE, attested=True), file("1", at(2025, 1, 1))], "trusted_publisher", "partly_attested"),
        ([file("1", BEFORE), file("1", SINCE, attested=True)], "trusted_publisher", "partly_attested"),
        # The newest upload is a pre-release; the newest release is the stable one, which predates everything.
        ([file("1", at(2023, 1, 1)), file("2a1", SINCE, attested=True)], "enforced", "predates_attestations"),
        ([file("2", at(2023, 1, 1)), file("1.1", SINCE)], "enforced", "predates_attestations"),
    ],
)
def test_evidence_of_listed_files(files, two_factor, publishing):
    evidence = evidence_of(project(*files))
    assert (evidence["two_factor_evidence"], evidence["publishing_evidence"]) == (two_factor, publishing)
    assert evidence["is_shown_since_enforcement"] == (two_factor in ("trusted_publisher", "enforced"))
    assert evidence["is_shown_since_announcement"] == (two_factor in ("trusted_publisher", "enforced", "announced"))


def test_deleted_files_date_a_project_only_where_nothing_is_listed():
    gone = at(2025, 1, 1)
    alone = evidence_of(project(deleted_uploads=[gone]))
    assert (alone["newest_upload_at"], alone["two_factor_evidence"]) == (gone, "enforced")
    assert (alone["publishing_evidence"], alone["newest_version"], alone.get("owner_count")) == (
        "unobserved",
        None,
        None,
    )
    beside = evidence_of(project(file("1", at(2023, 1, 1)), deleted_uploads=[gone]))
    assert (beside["newest_upload_at"], beside["two_factor_evidence"]) == (at(2023, 1, 1), "none")
    assert beside["first_upload_at"] == at(2023, 1, 1)


@pytest.mark.parametrize("when", [BEFORE, SINCE])
def test_of_a_quarantined_project_only_the_log_speaks(when):
    unseen = evidence_of(project(file("1", when, attested=None, yanked=None), status="quarantined"))
    assert unseen["publishing_evidence"] == "unobserved"
    assert unseen["two_factor_evidence"] == "enforced"
    assert unseen["status"] is None
    assert unseen["true_status"] == "quarantined"
    assert unseen["newest_release_attested_file_count"] is None


@pytest.mark.parametrize(
    ("files", "regressed"),
    [
        ([file("1", SINCE, attested=True), file("2", at(2025, 1, 1))], True),
        ([file("1", SINCE, attested=True), file("2", at(2025, 1, 1), attested=True)], False),
        ([file("1", SINCE)], False),
        ([file("1", BEFORE)], False),
        ([file("1", SINCE, attested=None)], None),
        # A back-port attested after the newest stable release is no regression of that release.
        ([file("2", SINCE), file("1.1", at(2025, 1, 1), attested=True)], False),
    ],
)
def test_regression(files, regressed):
    assert evidence_of(project(*files))["has_regressed"] is regressed


def test_first_attested_month_and_publisher():
    files = [
        file("1.0", at(2024, 11, 30, 23, 0), attested=True, name="a"),
        file("2.0", at(2025, 1, 1), attested=True, name="c"),
        file("2.0", at(2025, 1, 1), attested=True, name="b"),
        file("1.1", at(2025, 2, 1), attested=True, name="d"),
    ]
    publishers = {
        "a": Publisher("GitHub", "simulated--one/p", "ci.yml"),
        "b": Publisher("GitHub", "simulated--two/p", "ci.yml"),
        "c": Publisher("GitHub", "simulated--three/p", "c.yml"),
        "d": Publisher("GitHub", "simulated--four/p", "d.yml"),
    }
    evidence = evidence_of(project(*files, publishers=publishers))
    assert evidence["first_attested_month"] == date(2024, 11, 1)
    assert evidence["publisher_repository"] == "simulated--two/p"
    assert (evidence["has_repository_changed"], evidence["has_workflow_changed"]) == (True, False)


def test_capitals_do_not_make_another_repository_and_none_is_unknown():
    files = [file("1", SINCE, attested=True, name="a"), file("2", at(2025, 1, 1), attested=True, name="b")]
    same = {"a": Publisher("GitHub", "One/p", "ci.yml"), "b": Publisher("GitHub", "one/P", "ci.yml")}
    none = {"a": Publisher("Google", None, None), "b": Publisher("Google", None, None)}
    assert evidence_of(project(*files, publishers=same))["has_repository_changed"] is False
    assert evidence_of(project(*files, publishers=none))["has_repository_changed"] is None


def test_roles_are_counted_by_account():
    roles = [("ann", "Owner"), ("ann", "Maintainer"), ("bob", "Maintainer")]
    counted = evidence_of(project(file("1", SINCE), roles=roles))
    assert (counted["owner_count"], counted["maintainer_count"], counted["role_holder_count"]) == (1, 2, 2)
    assert counted["has_single_owner"] is True
    of_organization = project(file("1", SINCE), roles=roles)
    of_organization.organization = "simulated-org-00001"
    assert evidence_of(of_organization)["has_single_owner"] is None
    assert evidence_of(project(file("1", SINCE)))["owner_count"] == 0


@pytest.mark.parametrize(
    ("url", "is_supported"),
    [
        ("https://github.com/simulated--x/p", True),
        ("http://www.GitLab.com/simulated--x/p.git", True),
        ("https://pages.example/github.com/x", False),
        ("https://github.com.example/x", False),
        ("https://github.com@evil.example/x", False),
        ("https://codeberg.org/simulated--x/p", False),
    ],
)
def test_the_host_decides_not_the_text(url, is_supported):
    assert evidence_of(project(file("1", SINCE), urls=[url]))["has_supported_url"] is is_supported
