"""Laws of single SQL files over drawn rows: names against the reference implementation, evidence by the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

import pipeline

SQL = Path(pipeline.__file__).parent / "sql"
PROJECTS = (SQL / "staging" / "projects.sql").read_text()
SPELLINGS = (SQL / "staging" / "spellings.sql").read_text()
TWO_FACTOR = (SQL / "signals" / "two_factor.sql").read_text()
NAMED = [
    *("raw.observations", "staging.uploaded_names", "raw.publishers", "raw.roles"),
    *("raw.project_urls", "raw.requirements", "raw.downloads_daily", "raw.download_totals"),
]
RANKS = {"none": 0, "announced": 1, "enforced": 2, "trusted_publisher": 3}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create schema raw; create schema staging; create schema signals; set timezone = 'UTC'")
        opened.execute(
            "create table raw.index"
            " (project_name varchar, newest_release_month date, newest_release_day date, download_rank integer)"
        )
        opened.execute(f"create view staging.projects as {PROJECTS}")
        for table in NAMED:
            opened.execute(f"create table {table} (project_name varchar)")
        yield opened


def spelled(connection: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, tuple[str, int]]:
    """By spelling, the project that it means and its number; the index lists every name, others some twice."""
    connection.execute("delete from raw.index; delete from raw.publishers; delete from raw.roles")
    for table, some in (("index", names), ("publishers", names), ("roles", names[::2])):
        given_names = pa.table({"project_name": pa.array(some, pa.string())})
        connection.register("given_names", given_names)
        connection.execute(f"insert into raw.{table} (project_name) from given_names")
    spellings = f"({SPELLINGS}) inner join staging.projects using (project_id)"
    rows = connection.execute(f"select project_name, project, project_id from {spellings}").fetchall()
    assert len(rows) == len(set(names)), "one row a spelling"
    return {name: (project, number) for name, project, number in rows}


# Two letters that no name of an index can hold are lowered otherwise than by Python: U+0130, which Python makes two
# letters of, and the capital sigma, which has a form of its own at the end of a word.
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\u0130\u03a3")
names = st.text(letters, max_size=12) | st.text("aAbB019-_.", min_size=1, max_size=12)


@given(st.lists(names, max_size=30))
def test_names_mean_what_the_reference_implementation_says_and_the_normal_form_means_itself(connection, drawn) -> None:
    found = spelled(connection, drawn)
    assert {name: project for name, (project, _) in found.items()} == {n: canonicalize_name(n) for n in drawn}
    again = spelled(connection, [project for project, _ in found.values()])
    assert all(name == project for name, (project, _) in again.items())


@given(st.lists(names, max_size=20))
def test_spellings_share_a_number_when_and_only_when_they_mean_one_project(connection, drawn) -> None:
    found = list(spelled(connection, drawn).values())
    assert len(set(found)) == len({project for project, _ in found}) == len({number for _, number in found})


@given(st.lists(names, max_size=10), st.lists(names, max_size=10))
def test_a_name_that_the_index_does_not_list_has_no_number_and_moves_none(connection, listed, strangers) -> None:
    found = spelled(connection, listed)
    known = {project for project, _ in found.values()}
    connection.register("strangers", pa.table({"project_name": pa.array(strangers, pa.string())}))
    connection.execute("insert into raw.roles (project_name) from strangers")
    numbers = dict(connection.execute(f"select project_name, project_id from ({SPELLINGS})").fetchall())
    assert numbers.keys() == found.keys() | {name for name in strangers if canonicalize_name(name) in known}
    assert all(numbers[name] == number for name, (_, number) in found.items())


days = st.dates(date(2008, 1, 1), date(2030, 12, 31))
cuts = st.tuples(days, days).map(sorted)
seconds = st.integers(0, 86_399)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def evidence(connection, moments: list[datetime], precision: str, cut: list[date]) -> list[str]:
    """The class of each moment of upload, all of them without provenance."""
    announced, enforced = cut
    uploads = pa.table(
        {
            "project_id": pa.array(range(len(moments)), pa.int64()),
            "newest_upload_at": pa.array(moments, pa.timestamp("us")),
            "newest_upload_precision": pa.array([precision] * len(moments)),
        }
    )
    connection.register("drawn_uploads", uploads)
    connection.execute("create or replace view signals.uploads as from drawn_uploads")
    connection.execute(
        "create or replace view signals.publishing as select project_id, false as has_provenance from signals.uploads"
    )
    values = {"enforced_from": enforced, "announced_from": announced}
    query = f"select two_factor_evidence, evidence_rank from ({TWO_FACTOR}) order by project_id"
    rows = connection.execute(query, values).fetchall()
    assert all(RANKS[name] == rank for name, rank in rows)
    return [name for name, _ in rows]


def expected(moment: datetime, cut: list[date]) -> str:
    """The class of an upload whose second is known."""
    announced, enforced = map(midnight, cut)
    return "enforced" if moment >= enforced else "announced" if moment >= announced else "none"


@given(st.lists(st.tuples(days, seconds), min_size=1, max_size=20), cuts)
def test_a_second_is_judged_by_the_calendar_and_later_is_never_weaker(connection, drawn, cut) -> None:
    moments = sorted(midnight(day) + timedelta(seconds=second) for day, second in drawn)
    found = evidence(connection, moments, "second", cut)
    assert found == [expected(moment, cut) for moment in moments]
    assert [RANKS[name] for name in found] == sorted(RANKS[name] for name in found)


@given(st.lists(days, min_size=1, max_size=20), cuts)
def test_a_month_is_judged_as_its_weakest_second_and_that_of_a_cut_as_the_weaker_class(connection, drawn, cut) -> None:
    months = sorted({midnight(day.replace(day=1)) for day in drawn})
    found = evidence(connection, months, "month", cut)
    assert [RANKS[name] for name in found] == sorted(RANKS[name] for name in found)
    for month, name in zip(months, found, strict=True):
        assert RANKS[name] <= RANKS[expected(month, cut)], "no stronger than its first second"
        for rank, day in enumerate(cut, start=1):
            if (month.year, month.month) == (day.year, day.month):
                assert RANKS[name] < rank


@given(st.lists(days, min_size=1, max_size=20), cuts, st.integers(0, 800), st.sampled_from(["second", "day", "month"]))
def test_a_later_cut_never_makes_evidence_stronger(connection, drawn, cut, later, precision) -> None:
    moments = [midnight(day.replace(day=1) if precision == "month" else day) for day in drawn]
    before = evidence(connection, moments, precision, cut)
    after = evidence(connection, moments, precision, [day + timedelta(days=later) for day in cut])
    assert all(RANKS[one] <= RANKS[other] for one, other in zip(after, before, strict=True))
