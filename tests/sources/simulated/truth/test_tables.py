"""The truth tables of whole worlds: their shape, what must occur in them, and how they agree with each other."""

from __future__ import annotations

import time
from datetime import date

import polars as pl
import pyarrow as pa
import pytest

from pipeline.sources.simulated import REFERENCE_DAY, AdoptionModel, make_world, truth_tables
from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.truth.columns import TRUTH_TABLES, schema_of


def frame(table: pa.Table) -> pl.DataFrame:
    converted = pl.from_arrow(table)
    assert isinstance(converted, pl.DataFrame)
    return converted


@pytest.fixture(scope="module")
def projects(large_truth) -> pl.DataFrame:
    return frame(large_truth["projects"])


def test_every_column_has_its_type_and_its_meaning(large_truth):
    assert set(large_truth) | {"changes"} == set(TRUTH_TABLES)
    for name, table in large_truth.items():
        assert table.schema.equals(schema_of(name), check_metadata=True)
        assert table.num_rows
        assert all(meaning.endswith((".", ":")) for _, meaning in TRUTH_TABLES[name].values())


def test_every_class_of_evidence_occurs(projects):
    def classes(column):
        return set(projects[column].drop_nulls())

    assert classes("two_factor_evidence") == {"trusted_publisher", "enforced", "announced", "none", "unknown"}
    assert classes("publishing_evidence") == {
        "attested", "partly_attested", "not_attested", "predates_attestations", "unobserved",
    }  # fmt: skip
    assert classes("newest_release_kind") == {"stable", "prerelease", "yanked", "invalid"}
    assert classes("true_status") == {"active", "archived", "deprecated", "quarantined"}
    assert classes("publisher_kind") == set(m.PUBLISHER_KINDS)
    for column in ("has_regressed", "has_repository_changed", "has_workflow_changed", "has_single_owner"):
        assert set(projects[column]) == {True, False, None}


def test_every_oddity_occurs(projects, large):
    assert projects.filter(pl.col("organization").is_not_null(), pl.col("role_holder_count") == 0).height
    assert large.roles.group_by("project_id", "account").len().filter(pl.col("len") == 2).height
    assert projects.filter(pl.col("newest_upload_at").is_null()).height
    assert projects.filter(pl.col("newest_version").is_null(), pl.col("newest_upload_at").is_not_null()).height
    assert projects["unknown_requirement_count"].sum()
    assert projects["unparsable_requirement_count"].sum()
    by_publisher = pl.col("true_newest_is_by_publisher"), pl.col("publishing_evidence") == "not_attested"
    assert projects.filter(*by_publisher).height
    own = large.requirements.join(large.projects, "project_id").filter(
        pl.col("requirement").str.to_lowercase().str.contains(pl.col("name").str.slice(0, 9))
    )
    assert own.height


def test_a_project_in_a_cycle_does_not_count_itself(large_truth, projects):
    edges: dict[str, list[str]] = {}
    for row in large_truth["dependency_edges"].to_pylist():
        edges.setdefault(row["project"], []).append(row["dependency"])
        assert row["project"] != row["dependency"]
    in_cycle = [name for name in edges if any(name in reached(edges, needed) | {needed} for needed in edges[name])]
    assert in_cycle
    sizes = dict(projects.select("project", "closure_size").iter_rows())
    for name in in_cycle:
        assert sizes[name] == len(reached(edges, name) - {name})


def reached(edges: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for needed in edges.get(waiting.pop(), ()):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return seen


def test_the_tables_agree_with_each_other(large_truth, projects, large):
    edges, accounts = frame(large_truth["dependency_edges"]), frame(large_truth["accounts"])
    assert projects["dependents_direct"].sum() == edges.height
    assert projects["dependents_transitive"].sum() == projects["closure_size"].sum()
    assert projects["role_holder_count"].sum() == accounts["project_count"].sum()
    monthly = frame(large_truth["adoption_monthly"])
    total, tiers = monthly.filter(pl.col("tier") == "all"), monthly.filter(pl.col("tier") != "all")
    summed = tiers.group_by("month").agg(pl.col("^.*_count$").sum()).sort("month")
    assert summed.equals(total.drop("tier"))
    assert total["first_attested_project_count"].sum() == projects["first_attested_at"].is_not_null().sum()
    assert projects["first_attested_month"].min() == date(2024, 10, 1)
    listed = large.files.join(large.projects, "project_id").filter(
        ~pl.col("is_deleted"), pl.col("status") != "quarantined"
    )
    since = listed.filter(pl.col("uploaded_at") >= m.midnight(2023, 1, 1))
    assert total["file_count"].sum() == since.height
    assert total["attested_file_count"].sum() == since["is_attested"].sum()


def test_the_rule_that_shows_a_second_factor_errs_rarely_and_only_through_publishers(large_truth):
    accounts = frame(large_truth["accounts"])
    shown = accounts.filter("shown_two_factor")
    assert shown.height > 500
    assert shown["true_has_two_factor"].mean() > 0.98
    assert accounts["true_has_two_factor"].mean() < 1
    assert accounts["true_enrolled_at"].is_not_null().equals(accounts["true_has_two_factor"])


def test_the_law_is_written_out(large_truth):
    rows = {(row["parameter"], row["level"]): row["value"] for row in large_truth["adoption_model"].to_pylist()}
    law = AdoptionModel()
    assert rows["hazard_in_default_wave", ""] == law.hazard_in_default_wave > rows["hazard_afterwards", ""]
    assert rows["log_ratio_tier", "top_100"] == law.log_ratio_tier["top_100"]
    assert rows["log_ratio_host", "gitlab"] < 0


@pytest.mark.parametrize("projects", [1, 2, 7])
def test_the_smallest_worlds_have_a_truth(world_of, projects):
    truth = truth_tables(world_of(projects, 1))
    assert truth["projects"].num_rows == projects


def test_the_truth_of_four_thousand_projects_takes_less_than_ten_seconds():
    world = make_world(4_000, 1, REFERENCE_DAY)
    begun = time.process_time()
    truth_tables(world)
    assert time.process_time() - begun < 10
