"""What the audit finds on an index whose five projects were written by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from audited_set import Tables, the_index
from index_server import Fault, IndexServer

from pipeline.audit.conditions import CONDITIONS, AuditConditionError, fail_on
from pipeline.errors import SourceError


def fields(audited, *names):
    return {one.project: tuple(getattr(one, name) for name in names) for one in audited.dependencies}


def test_evidence_and_publisher_of_each(found):
    assert fields(found, "two_factor_evidence", "publishing_evidence", "publisher_repository") == {
        "data-kit": ("enforced", "not_attested", None),
        "deep": ("enforced", "not_attested", "acme/deep"),
        "old-one": ("announced", "predates_attestations", None),
        "tiny-lib": ("none", "predates_attestations", None),
        "webby": ("trusted_publisher", "attested", "acme/webby"),
    }
    webby = found.dependencies[-1]
    assert webby.newest_upload_at == datetime(2026, 2, 3, tzinfo=UTC)
    assert (webby.newest_version, webby.publisher_kind) == ("2.0", "GitHub")


def test_owners_and_what_one_account_could_reach(found):
    names = ("owner_count", "account_count", "has_single_owner", "is_reachable_by_one_account", "organization")
    assert fields(found, *names) == {
        "data-kit": (0, 0, None, None, "acme"),
        "deep": (1, 1, True, True, None),
        "old-one": (2, 2, False, True, None),
        "tiny-lib": (1, 1, True, True, None),
        "webby": (1, 2, True, True, None),
    }
    shown = {one.project: [(held.account, held.roles) for held in one.accounts] for one in found.dependencies}
    assert shown["webby"] == [("ann", ["Owner"]), ("ben", ["Maintainer"])]
    assert shown["data-kit"] == []


def test_status_regression_and_the_way_to_each(found):
    assert fields(found, "status", "has_regressed") == {
        "data-kit": ("active", False),
        "deep": ("active", True),
        "old-one": ("archived", False),
        "tiny-lib": ("active", False),
        "webby": ("active", False),
    }
    assert fields(found, "reached_through") == {
        "data-kit": (["data-kit"],),
        "deep": (["webby", "old-one", "deep"],),
        "old-one": (["webby", "old-one"],),
        "tiny-lib": (["data-kit", "tiny-lib"],),
        "webby": (["webby"],),
    }


def test_the_answer_in_numbers(found):
    """Ann (webby, old-one), ben, zoe (tiny-lib, old-one), carl; carl alone can have uploaded deep 4.2 in 2025."""
    told = found.summary
    assert told.dependency_count == 5
    assert (told.reachable_count, told.reachability_unknown_count) == (4, 1)
    assert (told.account_count, told.accounts_shown_two_factor_count, told.largest_account_reach) == (4, 1, 2)
    assert told.exposed == ["old-one", "tiny-lib"]
    assert told.exposed_account_count == 2
    assert told.single_owner_count == 3
    assert sum(told.two_factor_evidence.values()) == sum(told.publishing_evidence.values()) == 5


def test_what_the_closures_hold_and_what_is_not_listed(found):
    assert fields(found, "closure_size", "closure_without_evidence_count") == {
        "data-kit": (1, 1),
        "deep": (0, 0),
        "old-one": (1, 0),
        "tiny-lib": (0, 0),
        "webby": (3, 2),
    }
    assert found.not_listed == ["elsewhere"]


def test_accounts_are_not_named_unless_asked_for(lists, audit):
    with IndexServer(the_index()) as server:
        told = audit(server, lists / "uv.lock").model_dump_json()
    assert "zoe" not in told
    assert '"accounts":null' in told


def test_an_index_below_1_3_says_nothing_of_attestations(lists, audit):
    with IndexServer(the_index(api_version="1.1")) as server:
        audited = audit(server, lists / "uv.lock")
    assert set(fields(audited, "publishing_evidence", "has_regressed").values()) == {("not_observable", None)}
    webby = audited.dependencies[-1]
    assert (webby.two_factor_evidence, webby.publishing_evidence) == ("enforced", "not_observable")
    fail_on(audited, ["not-attested", "regressed", "unknown"])


def test_a_project_that_cannot_be_read_is_a_row_with_its_reason(lists, audit):
    faults = {"/simple/deep/": [Fault("html")], "/pypi/webby/": [Fault("status", status=410)]}
    with IndexServer(the_index(), faults=faults) as server:
        audited = audit(server, lists / "uv.lock")
    rows = {one.project: one for one in audited.dependencies}
    assert rows["deep"].two_factor_evidence == "unknown"
    assert rows["deep"].failure.startswith("Simple API: ")
    assert (rows["deep"].owner_count, rows["deep"].is_reachable_by_one_account) == (None, None)
    assert rows["webby"].two_factor_evidence == "trusted_publisher"
    assert rows["webby"].has_single_owner is None
    assert audited.summary.unreadable_count == 2
    fail_on(
        audited,
        set(CONDITIONS) - {"unknown", "none", "announced", "exposed", "single-owner", "archived"} - {"not-attested"},
    )
    with pytest.raises(AuditConditionError, match="unknown: deep, webby"):
        fail_on(audited, ["unknown"])


def test_an_index_without_any_of_the_projects_is_the_wrong_one(lists, audit):
    with IndexServer(Tables().tables()) as server, pytest.raises(SourceError, match="has none of the first 5 projects"):
        audit(server, lists / "uv.lock")


def test_an_index_that_answers_nothing_useful_stops_the_audit(lists, audit):
    faults = {"/simple/": [Fault("html")]}
    wrong = pytest.raises(SourceError, match="Nothing could be read of any of the 5 projects")
    with IndexServer(the_index(), faults=faults) as server, wrong:
        audit(server, lists / "uv.lock")


def test_nothing_to_audit_asks_nothing(tmp_path, audit):
    (tmp_path / "requirements.txt").write_text("-e .\n")
    with IndexServer(the_index()) as server:
        audited = audit(server, tmp_path / "requirements.txt")
        assert server.asked == []
    assert (audited.summary.dependency_count, audited.summary.skipped_count) == (0, 1)


def test_too_many_projects_are_refused_before_anything_is_asked(tmp_path, audit):
    (tmp_path / "requirements.txt").write_text("\n".join(f"p{number}" for number in range(5001)))
    with IndexServer(the_index()) as server:
        with pytest.raises(SourceError, match="lists 5001 projects, more than 5000"):
            audit(server, tmp_path / "requirements.txt")
        assert server.asked == []


@pytest.mark.parametrize(
    ("condition", "projects"),
    [
        ("none", "tiny-lib"),
        ("announced", "old-one"),
        ("exposed", "old-one, tiny-lib"),
        ("single-owner", "deep, tiny-lib, webby"),
        ("not-attested", "data-kit, deep"),
        ("regressed", "deep"),
        ("archived", "old-one"),
        ("quarantined", None),
        ("repository-changed", None),
        ("unknown", None),
    ],
)
def test_each_condition_is_met_by_what_was_observed(found, condition, projects):
    assert condition in CONDITIONS
    if projects is None:
        fail_on(found, [condition])
    else:
        with pytest.raises(AuditConditionError) as error:
            fail_on(found, [condition])
        assert str(error.value) == f"The audit fails on {condition}: {projects}."
        assert error.value.exit_code == 3


def test_several_conditions_are_told_together(found):
    with pytest.raises(AuditConditionError, match=r"none: tiny-lib; archived: old-one\."):
        fail_on(found, ["none", "quarantined", "archived"])


def test_quarantine_a_changed_repository_and_needs_that_are_listed_but_skipped(tmp_path, audit):
    tables = Tables()
    tables.project("held", [], status="quarantined")
    tables.project("needy", [("1.0", "2025-01-01", False)], needs=["vcs-one", "missing"])
    tables.project("moved", [("1.0", "2025-01-01", True), ("2.0", "2025-02-01", True)])
    tables.rows["publishers"][0]["publisher_repository"] = "before/moved"
    (tmp_path / "requirements.txt").write_text("held\nmoved\nneedy\nVcs.One @ git+https://example.org/x.git\n")
    with IndexServer(tables.tables()) as server:
        audited = audit(server, tmp_path / "requirements.txt")
    assert audited.not_listed == ["missing"]
    with pytest.raises(AuditConditionError, match="quarantined: held; repository-changed: moved; unknown: held"):
        fail_on(audited, ["quarantined", "repository-changed", "unknown"])


def test_one_that_is_held_and_one_that_failed_are_still_a_result(tmp_path, audit):
    tables = Tables().project("held", [], status="quarantined").project("torn", [("1.0", "2025-01-01", False)])
    (tmp_path / "requirements.txt").write_text("held\ntorn\n")
    with IndexServer(tables.tables(), faults={"/simple/torn/": [Fault("html")]}) as server:
        audited = audit(server, tmp_path / "requirements.txt")
    assert fields(audited, "two_factor_evidence", "status") == {
        "held": ("unknown", "quarantined"),
        "torn": ("unknown", None),
    }
