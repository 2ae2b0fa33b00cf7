"""`pypi-adoption query`: what it gives, what it refuses, and what never reaches a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner

from pipeline.cli import cli, main
from pipeline.errors import PipelineError, QueryError
from pipeline.query import command
from pipeline.query.asking import Result, ask
from pipeline.query.formats import write_csv, write_json, write_table
from pipeline.warehouse.published import open_published


def query(database: Path, sql: str, *words: str, stdin: str | None = None) -> tuple[str, str]:
    """What the command prints on stdout and stderr."""
    arguments = ["query", sql, "--db", str(database), *words]
    result = CliRunner().invoke(cli, arguments, input=stdin, catch_exceptions=False, standalone_mode=False)
    return result.stdout, result.stderr


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


ALL = "from projects order by project"


def test_table_elsewhere_than_on_a_terminal_is_lines_with_tabs(database: Path) -> None:
    out, err = query(database, "select project, download_rank, newest_upload_at, reasons from projects")
    assert err == ""
    assert out.splitlines() == [
        "project\tdownload_rank\tnewest_upload_at\treasons",
        'a\t1\t2026-10-31T12:00:00Z\t["x",null]',
        "=cmd()\t-2\tNULL\tNULL",
        "'NULL'\tNULL\tNULL\t[]",
    ]


def test_json_keeps_numbers_booleans_lists_and_null(database: Path) -> None:
    out, _ = query(database, ALL, "--json")
    assert json.loads(out)[2] == {
        "project": "a",
        "download_rank": 1,
        "share": 0.5,
        "is_top1pct": True,
        "newest_upload_at": "2026-10-31T12:00:00Z",
        "reasons": ["x", None],
    }
    assert json.loads(query(database, "from projects limit 0", "--json")[0]) == []


def test_json_of_numbers_that_json_has_not_of_large_ones_and_of_structures(database: Path) -> None:
    sql = f"select 'nan'::double as a, ['inf'::double] as b, {{'c': 1}} as c, {2**127 - 1} as d, 1.5 as e"
    assert json.loads(query(database, sql, "--json")[0]) == [
        {"a": "nan", "b": ["inf"], "c": {"c": 1}, "d": 2**127 - 1, "e": 1.5}
    ]


def test_csv_is_harmless_for_spreadsheets_names_of_columns_too_and_numbers_stay(database: Path) -> None:
    out, _ = query(database, 'select project, download_rank, reasons, share as "=x" from projects', "--csv")
    assert list(csv.reader(io.StringIO(out))) == [
        ["project", "download_rank", "reasons", "'=x"],
        ["a", "1", '["x",null]', "0.5"],
        ["'=cmd()", "-2", "", ""],
        ["NULL", "", "[]", "-0.5"],
    ]
    assert query(database, "select '' as a, NULL as b, 'x\n\"y\"' as c, true as d", "--csv")[0] == (
        'a,b,c,d\n"",,"x\n""y""",true\n'
    )


def test_sql_from_stdin(database: Path) -> None:
    assert query(database, "-", stdin="select 1 as x -- one")[0] == "x\n1\n"


def test_a_long_result_is_cut_in_the_table_alone(database: Path) -> None:
    out, err = query(database, "select i from range(250) as t (i)")
    assert len(out.splitlines()) == 101
    assert "first 100 rows; --csv and --json give all" in err
    for word in ("--csv", "--json"):
        out, err = query(database, "select i from range(20000) as t (i)", word)
        assert len(out.splitlines()) == 20001 + (word == "--json")
        assert err == ""
    assert query(database, "select i from range(100) as t (i)")[1] == ""


HOSTILE = "\x1b[31mred\u202e\x07\u2028"


@pytest.mark.parametrize("write", [write_table, write_json, write_csv])
@pytest.mark.parametrize("wide", [False, True])
def test_strangers_text_does_not_steer_the_terminal(database: Path, write, wide: bool) -> None:
    out = Terminal()
    with open_published(database) as connection:
        connection.execute("set variable bad = $bad", {"bad": HOSTILE})
        bad = "getvariable('bad')"
        columns = ", ".join(f"{bad} as c{n}" for n in range(20 if wide else 1))
        write(ask(connection, f"select [{bad}] as l, {columns} from range(2)"), out)
        write(ask(connection, f"pivot (select {bad} as p) on p"), out)
    assert "red" in out.getvalue()
    assert not set(out.getvalue()) & {"\x07", "\u202e", "\u2028"}
    assert "\x1b[31m" not in out.getvalue()


def test_null_is_told_from_the_text_on_a_terminal(database: Path) -> None:
    out = Terminal()
    with open_published(database) as connection:
        write_table(ask(connection, "select NULL as a, 'NULL' as b"), out)
    assert "'NULL'" in out.getvalue()
    assert out.getvalue().count("NULL") == 2


@pytest.mark.parametrize(
    "sql",
    [
        "create table x as select 1 as y",
        "delete from projects",
        "copy projects to '{folder}/stolen.csv'",
        "export database '{folder}/stolen'",
        "attach '{folder}/stolen.duckdb' as other",
        "attach '{other}' as other (read_only)",
        "from '{other}'",
        "from read_text('{text}')",
        "from read_csv('{text}')",
        "from sniff_csv('{text}')",
        "from read_blob('{text}')",
        "from glob('{folder}/*')",
        "from parquet_metadata('{text}')",
        "install httpfs",
        "load httpfs",
        "load '{folder}/x.so'",
        "set enable_external_access = true",
        "reset lock_configuration",
        "set temp_directory = '{folder}/stolen'",
        "pragma enable_profiling = 'json'",
        "call enable_logging(storage = 'file', storage_config = {{'path': '{folder}/stolen'}})",
        "create persistent secret s (type s3)",
        "from arrow_of_the_program",
    ],
)
def test_it_only_reads_its_own_file(database: Path, tmp_path: Path, sql: str) -> None:
    (tmp_path / "text.csv").write_text("secret\nsecret\n")
    arrow_of_the_program = pa.table({"secret": ["secret"]})
    assert arrow_of_the_program.num_rows
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("create table secret as select 1 as x")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    asked = sql.format(folder=tmp_path, other=tmp_path / "other.duckdb", text=tmp_path / "text.csv")
    with open_published(database) as connection:
        connection.execute("set lock_configuration = true")
        with pytest.raises(QueryError) as caught:
            list(ask(connection, asked).rows)
    assert "\n" not in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "from project",
            ["Table with name project does not exist!", 'Did you mean "projects"?', "pypi-adoption schema"],
        ),
        ("select nothing from projects", ["nothing", "pypi-adoption schema"]),
        ("selec 1", ["syntax error"]),
        ("select 1; select 2", ["One statement of SQL is wanted, and these are 2"]),
        ("", ["One statement of SQL is wanted, and there is none"]),
        ("/* nothing */", ["there is none"]),
        ("select cast('a' || chr(27) as integer)", ["Conversion Error", "a\\u001b"]),
        ("select error('x' || chr(10) || chr(27) || project) from projects", ["\\u001b"]),
        ("select '\udcff'", ["UTF-8"]),
    ],
)
def test_wrong_sql_is_one_line_and_exit_1(database: Path, capsys: pytest.CaptureFixture[str], sql: str, words) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["query", sql, "--db", str(database)])
    said = capsys.readouterr()
    assert caught.value.code == 1
    assert said.out == ""
    assert said.err.startswith("pypi-adoption: ")
    assert said.err.count("\n") == 1
    assert "\x1b" not in said.err
    for word in words:
        assert word in said.err


def test_a_query_that_takes_too_much_memory_is_one_line_and_nothing_is_spilled(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "MEMORY", "100MB")
    before = sorted(database.parent.iterdir())
    with pytest.raises(SystemExit) as ended:
        main(["query", "select i::varchar as a from range(50000000) t (i) order by hash(i)", "--db", str(database)])
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pypi-adoption: The query takes more memory than it may")
    assert sorted(database.parent.iterdir()) == before


def test_lists_too_deep_for_json_are_said_to_be_so() -> None:
    deep = "[" * 200_000 + "1" + "]" * 200_000
    with pytest.raises(QueryError, match="too deeply for JSON"):
        write_json(Result(("x",), (True,), iter([(deep,)])), io.StringIO())


PATIENCE = 20
"""Seconds; what is asked here would take hours."""


@pytest.mark.parametrize("begins", ["count(*)", "a.i"])
def test_ctrl_c_ends_a_query_that_counts_and_one_that_streams(database: Path, begins: str) -> None:
    endless = "from range(100000000000000) as a (i) where a.i * 7 % 1000000007 = 3 and a.i > 7"
    words = [sys.executable, "-m", "pipeline", "query", f"select {begins} {endless}", "--csv", "--db", str(database)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as asked:
        time.sleep(4)  # started, and at work
        asked.send_signal(signal.SIGINT)
        _, err = asked.communicate(timeout=PATIENCE)
    assert asked.returncode == 130
    assert err.strip() == "pypi-adoption: Interrupted. What is published is whole; the same command continues."


@pytest.mark.parametrize(("coding", "shown"), [("ascii", b"\\xe9"), ("latin-1", "é".encode("latin-1"))])
def test_a_terminal_of_few_letters_is_no_mistake_and_csv_is_utf_8_anyway(
    database: Path, coding: str, shown: bytes
) -> None:
    def ask_in(*words: str) -> bytes:
        command = [sys.executable, "-m", "pipeline", "query", "select 'é' as x", "--db", str(database), *words]
        environment = os.environ | {"PYTHONIOENCODING": coding}
        return subprocess.run(command, env=environment, capture_output=True, check=True, timeout=PATIENCE).stdout

    assert ask_in() == b"x\n" + shown + b"\n"
    assert ask_in("--csv") == "x\né\n".encode()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_traceback(database: Path, closed: str) -> None:
    sql = "-" if closed == "<&-" else "select 1 as x"
    command = f'"{sys.executable}" -m pipeline query "{sql}" --db "{database}" {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=PATIENCE)
    if closed == "<&-":
        assert (done.returncode, done.stderr) == (1, "pypi-adoption: There is no SQL: stdin is closed.\n")
    else:
        assert (done.returncode, done.stderr) == (0, "")


def test_two_columns_of_one_name_have_no_json(database: Path) -> None:
    with pytest.raises(QueryError, match="2 columns are called x"):
        query(database, "select 1 as x, 2 as x", "--json")
    assert query(database, "select 1 as x, 2 as x", "--csv")[0] == "x,x\n1,2\n"


def test_made_up_data_are_said_to_be_so_beside_the_rows(database: Path) -> None:
    assert "SIMULATED" not in query(database, "select 1", "--csv")[1]
    with duckdb.connect(str(database)) as connection:
        connection.execute("update runs set is_simulated = true")
    out, err = query(database, "select 1 as x", "--csv")
    assert out == "x\n1\n"
    assert err.startswith("SIMULATED")


def test_json_and_csv_exclude_each_other(database: Path) -> None:
    with pytest.raises(PipelineError, match="exclude each other"):
        query(database, "select 1", "--json", "--csv")


def test_statements_that_describe_work_as_well(database: Path) -> None:
    assert query(database, "show tables")[0].splitlines() == ["name", "projects", "runs"]
    assert query(database, "describe projects")[0].splitlines()[1].startswith("project\tVARCHAR")
    assert query(database, "summarize projects", "--csv")[0].count("\n") >= 7


def test_memory_stays_small_while_a_long_result_is_written(database: Path) -> None:
    class Counting(io.StringIO):
        lines = 0

        def write(self, text: str) -> int:
            self.lines += text.count("\n")
            return len(text)

    out = Counting()
    with open_published(database) as connection:
        connection.execute("set memory_limit = '100MB'")
        write_csv(ask(connection, "select i, 'text ' || i as t from range(300000) as t (i)"), out)
    assert out.lines == 300001
