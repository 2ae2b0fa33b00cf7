"""What notebooks import: what it opens, what it says, and what it shows of strangers' text."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd
import polars as pl
import pytest

from pipeline import open_database
from pipeline.charts.theme import Look, Words, chart_of, finish
from pipeline.errors import BuildError
from pipeline.notebook.agreement import agree
from pipeline.notebook.shown import Listing, Picture, Sentence

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e`x`"


def make_file(path: Path, *, is_simulated: bool = False) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"""
            create table runs as select 'x' as run_id, 'snapshot' as source, '2026-10' as period,
                '0.1.0' as code_version,
                2 as schema_version, {is_simulated} as is_simulated, date '2026-10-31' as observed_on,
                now() as started_at;
            create table coverage as from (values
                ('roles', 'snapshot', 0, 7, 'No roles. `pypi-adoption run --source pypi` observes it.', null),
                ('files', 'pypi', 3, 7, 'Some.', date '2026-10-31'), ('files', 'clickhouse', 0, 7, 'No files.', null),
                ('account_two_factor', 'pypi', 0, 7, 'Not public.', null)
            ) as t (measure, source, observed_count, total_count, note, observed_on);
            create table projects as select 'a' as project, 'top_100' as tier;
            comment on table projects is 'The projects.';
            create table nothing (x integer);
        """)
    return path


def a_chart(table: pl.DataFrame, look: Look) -> alt.LayerChart:
    words = Words(title="Is it?", denominator="Of all", description="A dot.")
    return finish([chart_of(table).mark_point().encode(x="x:Q", tooltip="name:N")], words, look)


def test_says_what_is_open_and_only_reads(tmp_path: Path) -> None:
    adoption = open_database(make_file(tmp_path / "a.duckdb"))
    assert adoption.describe().startswith(
        "Open: `a.duckdb`, made from the source `snapshot` for 2026-10, observed on 2026-10-31, by pypi-adoption "
        "0.1.0. Not observed in it: roles. "
    )
    assert repr(adoption) == adoption.describe()
    with pytest.raises(duckdb.Error, match="read-only"):
        adoption.connection.execute("create table mine as select 1 as x")


def test_a_closed_file_can_be_written_and_what_was_fetched_stays(tmp_path: Path) -> None:
    path = make_file(tmp_path / "a.duckdb")
    with open_database(path) as adoption:
        fetched = adoption.table("projects").pl()
        with pytest.raises(duckdb.Error):
            duckdb.connect(str(path))
    with duckdb.connect(str(path)) as writing:
        writing.execute("create table mine as select 1 as x")
    assert fetched["project"].to_list() == ["a"]
    with pytest.raises(duckdb.Error, match="closed"):
        adoption.sql("select 1")
    adoption = open_database(path)
    adoption.close()
    adoption.close()


def test_what_a_notebook_keeps_of_a_file_outlives_the_name_of_the_file_and_is_in_utc(tmp_path: Path) -> None:
    relation = open_database(make_file(tmp_path / "a.duckdb")).sql("select current_setting('timezone')")
    assert relation.fetchall() == [("UTC",)]


def test_simulated_is_the_first_word(tmp_path: Path) -> None:
    adoption = open_database(str(make_file(tmp_path / "a.duckdb", is_simulated=True)))
    assert adoption.describe().startswith("SIMULATED: `a.duckdb`")
    assert "only what others published (figures, incidents, milestones) is real" in adoption.describe()
    assert adoption.look.is_simulated


def test_the_environment_names_the_file_where_no_path_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYPI_ADOPTION_DB", str(make_file(tmp_path / "b.duckdb")))
    assert open_database().path == tmp_path / "b.duckdb"
    other = make_file(tmp_path / "c.duckdb")
    assert open_database(other).path == other


def test_missing_file_is_one_line_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        open_database(tmp_path / "none.duckdb")
    assert str(caught.value) == f"There is no database {tmp_path}/none.duckdb. Make it with `pypi-adoption run`."


def test_foreign_and_damaged_files_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no database")
    with duckdb.connect(str(tmp_path / "foreign.duckdb")) as connection:
        connection.execute("create table x as select 1 as y")
    for name in ("text", "foreign"):
        with pytest.raises(BuildError) as caught:
            open_database(tmp_path / f"{name}.duckdb")
        assert "\n" not in str(caught.value)
        assert "pypi-adoption run" in str(caught.value)


def test_tables_come_as_polars_pandas_and_sql_with_bound_values(tmp_path: Path) -> None:
    adoption = open_database(make_file(tmp_path / "a.duckdb"))
    assert adoption.table("projects").pl().to_dicts() == [{"project": "a", "tier": "top_100"}]
    assert adoption.table("projects").df()["project"].to_list() == ["a"]
    assert adoption.sql("select count(*) from projects where tier = $tier", tier="top_100").fetchall() == [(1,)]
    listed = {row["name"]: row for row in adoption.tables().iter_rows(named=True)}
    assert listed["projects"] == {"name": "projects", "rows": 1, "comment": "The projects."}
    assert listed["nothing"]["rows"] == 0


def test_what_was_not_observed_is_a_sentence_with_the_command(tmp_path: Path) -> None:
    adoption = open_database(make_file(tmp_path / "a.duckdb"))
    expected = "Not observed in this file: roles. No roles. `pypi-adoption run --source pypi` observes it."
    assert adoption.not_observed("roles") == expected
    assert adoption.not_observed("files") == ""  # one of its sources observed some
    assert adoption.not_observed("files", "roles") == expected
    with pytest.raises(KeyError, match="moons"):
        adoption.not_observed("moons")


def test_draws_says_and_lists_only_what_was_observed(tmp_path: Path) -> None:
    adoption = open_database(make_file(tmp_path / "a.duckdb"))
    table = pl.DataFrame({"x": [1.0], "name": ["a"]})
    assert isinstance(adoption.draw(a_chart, table, needs="files"), Picture)
    assert str(adoption.draw(a_chart, table, needs="files roles")).startswith("Not observed in this file: roles")
    assert str(adoption.draw(a_chart, table.clear())).startswith("There is none")
    assert str(adoption.say(lambda rows: f"{rows.height} row", table)) == "1 row"
    assert str(adoption.say(lambda rows: "never", table, needs="roles")).startswith("Not observed")
    assert isinstance(adoption.listing(table, {"x": "X"}), Listing)
    assert str(adoption.listing(table.clear(), {"x": "X"})).startswith("There is none")


def test_strangers_text_shows_as_text() -> None:
    table = pl.DataFrame({"x": [1.0], "name": [HOSTILE]})
    for shown in (
        Sentence(HOSTILE),
        Listing(table, {"name": HOSTILE}, caption=HOSTILE),
        Picture(a_chart(table, Look(source=HOSTILE))),
    ):
        page = shown._repr_html_()
        assert "<img" not in page
        assert page.count("</script>") == page.count("<script")
    assert "\\u202e" in Listing(table, {"name": "Name"})._repr_html_()
    assert "<code>x</code>" in Sentence(HOSTILE)._repr_html_()


def test_listing_writes_values_as_people_read_them() -> None:
    table = pl.DataFrame(
        {
            "count": [1234567],
            "a_share": [0.5],
            "is_it": [True],
            "day": [date(2024, 8, 2)],
            "at": [datetime(2024, 8, 2, 12, tzinfo=UTC)],
            "reasons": [["one", "two"]],
            "note": ["run `x`"],
            "none": [None],
            "ratio": [1.23456],
        }
    )
    page = Listing(table, {name: name for name in table.columns})._repr_html_()
    for text in ("1,234,567", "50.0 %", "yes", "2024-08-02", "one; two", "&ndash;", "1.23"):
        assert f">{text}<" in page
    assert "run <code>x</code>" in page
    assert "2 more rows." in Listing(pl.concat([table] * 3), {"count": "Count"}, rows=1)._repr_html_()


def test_agreement_holds_answers_row_by_row() -> None:
    answer = pl.DataFrame({"day": [date(2024, 1, 1)], "n": [2], "share": [0.1 + 0.2], "gap": [None]})
    same = pd.DataFrame({"day": [pd.Timestamp("2024-01-01")], "n": [2.0], "share": [0.3], "gap": [float("nan")]})
    assert str(agree(answer, answer, same)) == "polars and pandas give the same row."
    with pytest.raises(ValueError, match="polars gives 2"):
        agree(answer, pl.concat([answer, answer]), same)
    with pytest.raises(ValueError, match="pandas gives"):
        agree(answer, answer, same.assign(n=3))
    with pytest.raises(ValueError, match="pandas gives"):
        agree(answer, answer, same.rename(columns={"n": "m"}))


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = "{'duckdb', 'polars', 'pandas', 'altair', 'pyarrow'}"
    code = f"import sys, pipeline; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
