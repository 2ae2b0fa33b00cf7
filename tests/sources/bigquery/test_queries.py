"""The one rule: a query on the download log goes out with whole days as bounds, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlglot
from sqlglot import exp

from pipeline.errors import SourceError
from pipeline.sources.bigquery.bounds import refuse_unbounded
from pipeline.sources.bigquery.queries import FOLDER, load
from pipeline.sources.bigquery.shape import DISTRIBUTION_METADATA_SCHEMA, FILE_DOWNLOADS_SCHEMA, KINDS, TABLES, flat
from pipeline.sources.bigquery.statement import Query

DAY = (date(2026, 10, 1), date(2026, 10, 1))
DAYS = {"first_instant": datetime(2026, 10, 1, tzinfo=UTC), "end_instant": datetime(2026, 10, 2, tzinfo=UTC)}
LOG = "`bigquery-public-data.pypi.file_downloads`"
BOUNDED = f"select project from {LOG} where timestamp >= @first_instant and timestamp < @end_instant"


@pytest.mark.parametrize("kind", KINDS)
def test_every_query_of_the_project_keeps_the_rule(kind: str) -> None:
    projects = ["a"] if kind == "critical" else None
    load(KINDS[kind].query, *DAY, variant=KINDS[kind].variant, projects=projects)


def test_every_file_is_a_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == {kind.query for kind in KINDS.values()}


@pytest.mark.parametrize(
    "sql",
    [
        f"select project from {LOG}",
        f"select project from {LOG} where project = 'x'",
        f"select project from {LOG} where timestamp >= @first_instant",
        f"select project from {LOG} where timestamp >= @first_instant or timestamp < @end_instant",
        f"select project from {LOG} where timestamp >= current_timestamp() and timestamp < @end_instant",
        f"select project from {LOG} where timestamp > @first_instant and timestamp < @end_instant",
        f"select project from {LOG} where date(timestamp) >= @first_instant and date(timestamp) < @end_instant",
        f"select 1 from ({BOUNDED}) cross join {LOG}",
        f"{BOUNDED} union all select project from {LOG}",
        f"with log as (select * from {LOG}) select project from log where timestamp >= @first_instant",
    ],
)
def test_a_query_without_a_partition_filter_is_refused(sql: str) -> None:
    with pytest.raises(SourceError, match="without whole days as bounds, so it is not sent"):
        refuse_unbounded(Query("bad", sql, DAYS))


def test_a_bound_within_a_day_is_refused() -> None:
    values = DAYS | {"end_instant": datetime(2026, 10, 2, 0, 0, 1, tzinfo=UTC)}
    with pytest.raises(SourceError, match="whole days"):
        refuse_unbounded(Query("bad", BOUNDED, values))


def test_a_bounded_query_and_one_on_other_tables_pass() -> None:
    refuse_unbounded(Query("good", f"{BOUNDED} and project = 'x'", DAYS))
    refuse_unbounded(Query("good", "select name from `bigquery-public-data.pypi.distribution_metadata`"))


def test_the_hash_tells_texts_days_and_projects_apart() -> None:
    one = load("downloads_daily_critical", *DAY, projects=["a", "b"])
    others = [
        load("downloads_daily", *DAY),
        load("downloads_daily", *DAY, variant="distributions"),
        load("downloads_daily_critical", date(2026, 10, 2), date(2026, 10, 2), projects=["a", "b"]),
        load("downloads_daily_critical", *DAY, projects=["ab"]),
    ]
    assert len({query.sha256 for query in (one, *others)}) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_comment_written_anew_is_no_other_query(kind: str) -> None:
    projects = ["a"] if kind == "critical" else None
    query = load(KINDS[kind].query, *DAY, variant=KINDS[kind].variant, projects=projects)
    lines = [line for line in query.sql.splitlines() if not line.startswith("--")]
    assert len(lines) < len(query.sql.splitlines())
    assert replace(query, sql="-- Said in other words.\n" + "\n  ".join(lines)).sha256 == query.sha256
    literals = [literal.this for literal in sqlglot.parse_one(query.sql, read="bigquery").find_all(exp.Literal)]
    assert not [literal for literal in literals if "--" in literal]


def test_metadata_files_are_left_out_by_two_lines_that_are_not_sent_otherwise() -> None:
    counted, left_out = (load("downloads_daily", *DAY, variant=variant).sql for variant in ("", "distributions"))
    assert "file.filename" not in counted
    more = [line.strip() for line in left_out.splitlines() if line not in counted.splitlines()]
    assert more == [
        f"and not ends_with(coalesce(file.filename, ''), '.{ending}') -- only distributions"
        for ending in ("metadata", "asc")
    ]
    assert [line for line in left_out.splitlines() if line.strip() not in more] == counted.splitlines()


def test_what_the_queries_read_is_in_the_expected_schemas() -> None:
    for kind in KINDS.values():
        assert set(kind.reads) <= set(flat(TABLES[kind.table]))


def test_flat_names_leaves_by_their_paths() -> None:
    assert flat(FILE_DOWNLOADS_SCHEMA)["details.distro.libc.version"] == "STRING"
    assert flat(FILE_DOWNLOADS_SCHEMA)["details.ci"] == "BOOLEAN"
    assert flat(DISTRIBUTION_METADATA_SCHEMA)["requires_dist"] == "STRING REPEATED"
    assert flat(DISTRIBUTION_METADATA_SCHEMA)["upload_time"] == "TIMESTAMP"
