"""The top list: both formats, strictly, with the place in every message."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.toplist import read_toplist

SAMPLES = Path(__file__).parents[2] / "../shared/data/not-for-commit"
GOOD_CSV = 'download_count,project\n30,"Boto3"\n20,zope.interface\n20,a\n'
GOOD_JSON = {
    "last_update": "2026-04-01 06:34:06",
    "source": "ClickHouse",
    "rows": [{"download_count": 30, "project": "Boto3"}, {"download_count": 20, "project": "zope.interface"}],
}


def now():
    return datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def run(content, name="list"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_toplist(str(path), contact="a@b.c", now=now)

    return run


def test_csv(read, tmp_path):
    top = read(GOOD_CSV)
    assert top.projects == ["boto3", "zope-interface", "a"]
    assert top.download_counts == [30, 20, 20]
    assert top.last_update is None
    assert top.inputs == (tmp_path / "list",)
    assert "of an unknown day" in top.notes().note
    assert top.download_totals().equals(
        pa.table([["boto3", "zope-interface", "a"], [30, 20, 20]], schema=LANDING_TABLES["download_totals"])
    )


def test_json(read):
    top = read(json.dumps(GOOD_JSON))
    assert top.projects == ["boto3", "zope-interface"]
    assert top.last_update == datetime(2026, 4, 1, 6, 34, 6, tzinfo=UTC)
    assert "of 2026-04-01" in top.notes().note
    assert "mirrors and CI among them" in top.notes().note


def test_columns_in_the_other_order_and_a_byte_order_mark(read):
    assert read("\ufeffproject,download_count\r\na,3\r\n").download_counts == [3]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "line 1: the header"),
        ("project\na\n", "line 1: the header"),
        ("<html></html>", "line 1: the header"),
        ("download_count,project\n", "it lists no project"),
        ("download_count,project\n3,a\n2\n", "line 3: not two columns"),
        ("download_count,project\n3,a,b\n", "line 2: not two columns"),
        ("download_count,project\n3,a\nmany,b\n", "line 3: download_count"),
        ("download_count,project\n-3,a\n", "line 2: download_count"),
        (f"download_count,project\n{'9' * 5000},a\n", "line 2: download_count"),
        ("download_count,project\n3,a\n2,../evil\n", "line 3: project: '../evil' is no project name"),
        (f"download_count,project\n3,{'a' * 300}\n", "line 2: project"),
        ('download_count,project\n3,"a\n', "unexpected end of data"),
        ("download_count,project\n3,Flask_x\n2,flask-x\n", "row 2: flask-x stands in row 1 already"),
        ("download_count,project\n3,a\n4,b\n", "row 2: more downloads than in the row before"),
        (b"download_count,project\n3,\xff\n", "byte 26 is not UTF-8"),
        ("{", "Invalid JSON"),
        ("{}", "last_update"),
        (json.dumps(GOOD_JSON | {"rows": [{"download_count": True, "project": "a"}]}), "row 1: download_count"),
        (json.dumps(GOOD_JSON | {"rows": [{"download_count": 3, "project": "a"}, {"project": "b"}]}), "row 2"),
        (json.dumps(GOOD_JSON | {"rows": [{"download_count": 3, "project": "\x1b[2Ja"}]}), "row 1: project"),
        (json.dumps(GOOD_JSON | {"last_update": "yesterday"}), "last_update"),
    ],
)
def test_a_bad_list_is_one_line_with_the_place(read, tmp_path, content, place):
    with pytest.raises(SourceError) as caught:
        read(content)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'list'}: ")
    assert place in message
    assert "\n" not in message
    assert message.isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_give_a_list_or_one_line(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "list"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read_toplist(str(path), contact="a@b.c", now=now)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        read_toplist(str(tmp_path / "nowhere.csv"), contact="a@b.c", now=now)


def test_only_https_or_this_machine():
    with pytest.raises(SourceError, match="neither https nor on this machine"):
        read_toplist("http://example.org/list.csv", contact="a@b.c", now=now)


def test_ranks_of_the_list_replace_those_known_and_missing_projects_are_added(read):
    other = ("other", date(2025, 5, 1), date(2025, 5, 7), 2)
    rows = [("a", date(2026, 1, 1), None, 1), ("boto3", None, None, None), other]
    schema = LANDING_TABLES["index"]
    index = pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
    assert [tuple(row.values()) for row in read(GOOD_CSV).rank(index).to_pylist()] == [
        ("a", date(2026, 1, 1), None, 3),
        ("boto3", None, None, 1),
        ("other", date(2025, 5, 1), date(2025, 5, 7), None),
        ("zope-interface", None, None, 2),
    ]


def test_the_two_published_formats_of_a_real_month_say_the_same():
    files = [SAMPLES / "top-pypi-packages.csv", SAMPLES / "top-pypi-packages.min.json"]
    if not all(file.exists() for file in files):
        pytest.skip("the real lists are not at hand: ../shared/data/not-for-commit/top-pypi-packages.*")
    from_csv, from_json = (read_toplist(str(file), contact="a@b.c", now=now) for file in files)
    assert from_csv.projects == from_json.projects
    assert from_csv.download_counts == from_json.download_counts
    assert (len(from_csv.projects), from_csv.projects[0], from_csv.download_counts[0]) == (
        15_000,
        "boto3",
        1_880_218_825,
    )
