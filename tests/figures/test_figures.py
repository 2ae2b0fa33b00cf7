"""Every figure says its grain and its question, and reads marts and nothing else."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from pipeline.figures import FOLDERS, figure_queries

QUERIES = figure_queries(*FOLDERS)


def test_no_two_figures_have_the_same_name() -> None:
    assert len(QUERIES) == sum(len(figure_queries(folder)) for folder in FOLDERS)


@pytest.mark.parametrize("name", QUERIES)
def test_a_figure_says_its_grain_and_question_and_reads_marts_only(name: str, catalog) -> None:
    first, second, *_ = QUERIES[name].splitlines()
    assert first.startswith("-- Grain: one row")
    assert second.startswith("-- Answers: ")
    read = tables_of(QUERIES[name])
    assert read
    assert read <= {table.address for table in catalog if table.address.startswith("main.")}


def test_a_project_counts_in_a_cohort_from_its_first_upload_on() -> None:
    """Each project attests on the day of its first upload, so that in every month all of its cohort have attested."""
    with duckdb.connect() as connection:
        connection.execute("""
            create table runs as select date '2024-10-21' as provenance_from, date '2025-03-31' as observed_on;
            create table projects as select born as first_upload_at, born as first_attested_at,
                'attested' as publishing_evidence
            from (values
                (timestamp '2024-11-30 23:00:00'), (timestamp '2025-01-01 00:00:00'), (timestamp '2025-03-05 00:00:00')
            ) as t (born);
        """)
        rows = connection.sql(QUERIES["cohorts"]).fetchall()
    found = [(cohort, f"{month:%Y-%m}", *counts) for cohort, _, month, *counts in rows]
    young = [(f"2025-0{month}", count, count, 1.0) for month, count in ((1, 1), (2, 1), (3, 2))]
    assert [row[1:] for row in found if row[0] == "2025"] == young
    older = ["2024-11", "2024-12", "2025-01", "2025-02", "2025-03"]
    assert [row for row in found if row[0] != "2025"] == [("2024-10 to 2024-12", month, 1, 1, 1.0) for month in older]


def test_a_closure_that_is_partly_known_stays_in_the_denominator() -> None:
    """Of four projects each needs something that was not followed; in one of them something weak was found."""
    with duckdb.connect() as connection:
        connection.execute("""
            create table dependency_exposure as from (values
                ('top_100', 2, 1, 0, 1, 0), ('top_100', 2, 0, 0, 1, 0),
                ('top_100', 2, 0, 1, 0, 0), ('top_100', 0, 0, 0, 0, 1)
            ) as t (
                tier, closure_size, closure_without_evidence_count, closure_unobserved_count, closure_unfollowed_count,
                closure_unlisted_count
            )
        """)
        columns = "numerator, denominator, unknown_count, share, share_low, share_high"
        weak = "tier = 'all' and evidence = 'some_without'"
        report = connection.sql(QUERIES["exposure"]).filter(weak).select(columns).fetchall()
        notebook = connection.sql(QUERIES["exposed_by_tier"]).filter("tier = 'all'").select(columns).fetchall()
    assert report == notebook == [(1, 4, 3, 0.25, 0.25, 1.0)]


def test_a_project_without_a_date_is_not_one_without_a_later_release() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create table coverage as
            select 'newest_upload' as measure, 1 as observed_count, date '2026-10-31' as observed_on
        """)
        connection.execute("""
            create table projects as from (values
                ('top_100', timestamp '2026-01-05'), ('top_100', null)) as t (tier, newest_upload_at)
        """)
        released = connection.sql(QUERIES["released_after"])
        rows = released.filter("month = date '2025-01-01'").select("numerator, denominator").fetchall()
    assert rows == [(1, 1)]


def test_a_project_of_no_tier_counts_in_all_and_in_no_tier() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create table dependency_exposure as from (values ('top_100', 1, 0, 0, 0), (null, 0, 0, 0, 0)) as t (
                tier, closure_without_evidence_count, closure_unobserved_count, closure_unfollowed_count,
                closure_unlisted_count
            )
        """)
        rows = connection.sql(QUERIES["exposed_by_tier"]).select("tier, numerator, denominator").fetchall()
    assert rows == [("all", 1, 2), ("top_100", 1, 1)]


def test_classes_by_owners_are_of_all_projects_whose_roles_are_known() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create table projects as from (values
                ('enforced', 'attested', null, 1), ('none', 'attested', null, 1), ('none', 'unobserved', 'an-org', 2),
                ('none', 'attested', null, null)
            ) as t (two_factor_evidence, publishing_evidence, organization, owner_count)
        """)
        rows = connection.sql(QUERIES["classes_by_owners"]).fetchall()
    assert rows == [
        ("publishing", "organization", "unobserved", 1, 1),
        ("publishing", "single", "attested", 2, 2),
        ("two_factor", "organization", "none", 1, 1),
        ("two_factor", "single", "enforced", 1, 2),
        ("two_factor", "single", "none", 1, 2),
    ]


def tables_of(query: str) -> set[str]:
    """What a query reads, apart from its own steps, by DuckDB's own parser; no schema means `main`."""
    ((text,),) = duckdb.execute("select json_serialize_sql($query)", {"query": query}).fetchall()
    tables, steps = set(), set()
    pending: list[Any] = [json.loads(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending.extend(node.values())
            if node.get("type") == "BASE_TABLE":
                tables.add((node["schema_name"], node["table_name"]))
            steps |= {step["key"] for step in node.get("cte_map", {}).get("map", [])}
        elif isinstance(node, list):
            pending.extend(node)
    return {f"{schema or 'main'}.{name}" for schema, name in tables if schema or name not in steps}
