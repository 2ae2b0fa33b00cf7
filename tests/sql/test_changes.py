"""What counts as a change between two months, and that the figures of both months agree with the list of changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import pipeline
from pipeline.figures import figure_queries

CHANGES = (Path(pipeline.__file__).parent / "sql" / "marts" / "changes.sql").read_text()
FIGURES = figure_queries("report")
THEN, NOW = "2026-09", "2026-10"
SEEN = {
    "two_factor_evidence": "enforced",
    "publishing_evidence": "not_attested",
    "newest_upload_precision": "second",
    "publisher_kind": None,
    "publisher_repository": None,
    "status": "active",
    "organization": None,
    "owner_count": 1,
    "download_rank": 1,
}
UNSEEN = {"publishing_evidence": "unobserved", "status": None, "owner_count": None}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def compare(connection: duckdb.DuckDBPyConnection, was: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple]:
    """By what changed, before and after, of one project seen in two months."""
    place = {"source": "given", "project": "p"}
    history = pl.DataFrame(
        [{**place, "period": THEN, **SEEN, **was}, {**place, "period": NOW, **SEEN, **now}],
        schema_overrides={name: pl.Int64 if name in {"owner_count", "download_rank"} else pl.String for name in SEEN},
    )
    connection.register("history", history)
    connection.execute("create table project_history as from history")
    connection.execute("create table runs as select 'given' as source, $now as period", {"now": NOW})
    columns = "source varchar, period varchar, project varchar, account varchar, role varchar"
    connection.execute(f"create table role_history ({columns})")
    connection.execute(f"create table changes as {CHANGES}")
    rows = connection.execute("select what, before, after from changes").fetchall()
    return {what: (before, after) for what, before, after in rows}


def in_both_months(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """Of the projects of both months, how many of them a measure held for then, and now."""
    both = connection.sql(FIGURES["changed_figures"]).pl().filter(scope="all", population="both")
    return {row["measure"]: (row["before_numerator"], row["now_numerator"]) for row in both.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        ({"two_factor_evidence": "none"}, {}, ("none", "enforced")),
        ({"two_factor_evidence": "unknown", "newest_upload_precision": None}, {}, None),
        # The month is all that was known, and now the second is.
        ({"two_factor_evidence": "announced", "newest_upload_precision": "month"}, {}, None),
        # A file of an earlier release of this project did not say how exactly it was known.
        ({"two_factor_evidence": "none", "newest_upload_precision": None}, {}, None),
        # The page was read for the first time, and the same upload is attested.
        (UNSEEN, {"two_factor_evidence": "trusted_publisher", "publishing_evidence": "attested"}, None),
        # It could no longer be read.
        ({"two_factor_evidence": "trusted_publisher", "publishing_evidence": "attested"}, UNSEEN, None),
        # The page was read in both months, and only one of them could show provenance.
        (
            {"publishing_evidence": "not_observable"},
            {"two_factor_evidence": "trusted_publisher", "publishing_evidence": "attested"},
            None,
        ),
        (
            {"two_factor_evidence": "trusted_publisher", "publishing_evidence": "attested"},
            {"publishing_evidence": "not_observable"},
            None,
        ),
        # A log of uploads holds a deleted file, and a page does not: neither is compared with the other.
        (UNSEEN | {"two_factor_evidence": "none"}, {}, None),
        (UNSEEN, {"two_factor_evidence": "none"}, None),
        (UNSEEN, UNSEEN | {"two_factor_evidence": "none"}, ("enforced", "none")),
        (
            {},
            {"two_factor_evidence": "trusted_publisher", "publishing_evidence": "attested"},
            ("enforced", "trusted_publisher"),
        ),
    ],
)
def test_evidence_changes_only_where_both_months_saw_it_alike(connection, was, now, change) -> None:
    assert compare(connection, was, now).get("two_factor_evidence") == change
    figures = in_both_months(connection).get("two_factor_shown", (0, 0))
    shown = {"enforced", "trusted_publisher"}
    assert figures[1] - figures[0] == (0 if change is None else (change[1] in shown) - (change[0] in shown))


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"publisher_repository": "Foo/Bar"}, {"publisher_repository": "foo/bar"}, {}),
        (
            {"publisher_repository": "foo/bar"},
            {"publisher_repository": "foo/baz"},
            {"publisher_repository": ("foo/bar", "foo/baz")},
        ),
        ({"status": None}, {"status": "archived"}, {}),
        ({"status": "active"}, {"status": "archived"}, {"status": ("active", "archived")}),
        # None, where roles were observed, is no organization.
        ({}, {"organization": "an-org"}, {"organization": (None, "an-org")}),
        ({"owner_count": None}, {"organization": "an-org"}, {}),
    ],
)
def test_what_else_changes(connection, was, now, expected) -> None:
    assert compare(connection, was, now) == expected


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({}, {}, (1, 0)),
        (UNSEEN, {}, (0, 0)),
        ({"publisher_kind": "GitHub"}, {"publisher_kind": "GitLab"}, (1, 1)),
        ({"publisher_kind": "GitHub"}, {}, (1, 0)),
    ],
)
def test_status_and_publisher_are_compared_where_both_months_know_them(connection, was, now, expected) -> None:
    compare(connection, was, now)
    assert connection.sql(FIGURES["compared"]).select("status, publisher").fetchall() == [expected]


def test_a_month_is_compared_with_the_one_before_of_the_same_source(connection) -> None:
    months = [("given", "2026-07", "active"), ("given", THEN, "archived"), ("given", NOW, "active")]
    months += [("other", "2026-08", "quarantined")]
    rows = [
        SEEN | {"source": source, "period": period, "project": "p", "status": status}
        for source, period, status in months
    ]
    history = pl.DataFrame(rows)
    connection.register("history", history)
    connection.execute("create table project_history as from history")
    held = [("given", THEN, "ann"), ("given", NOW, "ann"), ("given", NOW, "ben"), ("other", NOW, "cat")]
    roles = pl.DataFrame(
        [(*one, "p", "Owner") for one in held], ["source", "period", "account", "project", "role"], orient="row"
    )
    connection.register("roles", roles)
    connection.execute("create table role_history as from roles")
    found = connection.sql(f"select period, previous_period, what, before, after from ({CHANGES})").fetchall()
    assert found == [
        (THEN, "2026-07", "Owner", None, "ann"),
        (THEN, "2026-07", "status", "active", "archived"),
        (NOW, THEN, "Owner", None, "ben"),
        (NOW, THEN, "status", "archived", "active"),
    ]


@pytest.mark.parametrize(("was", "now"), [(None, 1), (1, None)])
def test_roles_change_only_where_both_months_observed_them(connection, was: int | None, now: int | None) -> None:
    rows = [SEEN | {"source": "given", "period": THEN, "project": "p", "owner_count": was}]
    rows += [SEEN | {"source": "given", "period": NOW, "project": "p", "owner_count": now}]
    history = pl.DataFrame(rows)
    connection.register("history", history)
    connection.execute("create table project_history as from history")
    connection.execute(f"""
        create table role_history as
        select 'given' as source, '{THEN if was else NOW}' as period, 'p' as project, 'ann' as account, 'Owner' as role
    """)
    assert connection.sql(f"from ({CHANGES})").fetchall() == []
