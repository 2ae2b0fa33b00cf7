from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import UsageError
from pipeline.sources.simulated import changes_between, truth_tables
from pipeline.sources.simulated.truth.changes import COMPARED

EARLIER, LATER = date(2026, 8, 31), date(2026, 10, 31)


@pytest.fixture(scope="module")
def both(world_of):
    return world_of(2_000, 4, EARLIER), world_of(2_000, 4, LATER)


@pytest.fixture(scope="module")
def truths(both):
    return [{row["project"]: row for row in truth_tables(world)["projects"].to_pylist()} for world in both]


def test_the_changes_lead_from_one_truth_to_the_other(both, truths):
    before, after = truths
    told = changes_between(*both).to_pylist()
    assert {row["project"] for row in told if row["what"] == "project"} == set(after) - set(before)
    for name, row in before.items():
        expected = {
            (what, None if row[what] is None else str(row[what]), None if value is None else str(value))
            for what in COMPARED
            if row[what] != (value := after[name][what])
        }
        found = {(c["what"], c["before"], c["after"]) for c in told if c["project"] == name and c["what"] in COMPARED}
        assert {change[0] for change in found} == {change[0] for change in expected}
        assert all(change in expected for change in found if change[0] != "first_attested_at")
    assert {"first_attested_at", "has_regressed", "Owner", "Maintainer", "status", "two_factor_evidence"} <= {
        row["what"] for row in told
    }


def test_role_changes_are_those_of_the_roles(both, truths):
    earlier, later = both
    held = []
    for world in both:
        named = world.roles.join(world.projects, "project_id")
        held.append(set(named.select("name", "role", "account").iter_rows()))
    comparable = set.intersection(
        *({name for name, row in truth.items() if row["owner_count"] is not None} for truth in truths)
    )
    told = [row for row in changes_between(earlier, later).to_pylist() if row["what"] in ("Owner", "Maintainer")]
    gained = {(row["project"], row["what"], row["after"]) for row in told if row["after"]}
    lost = {(row["project"], row["what"], row["before"]) for row in told if row["before"]}
    assert gained == {row for row in held[1] - held[0] if row[0] in comparable}
    assert lost == {row for row in held[0] - held[1] if row[0] in comparable}
    assert gained
    assert lost


def test_only_two_days_of_one_world_are_compared(both, world_of):
    earlier, later = both
    with pytest.raises(UsageError, match="two different worlds"):
        changes_between(world_of(300, 1, EARLIER), later)
    with pytest.raises(UsageError, match="earlier"):
        changes_between(later, earlier)
