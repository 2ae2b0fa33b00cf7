"""The newest release of each project out of all uploads, and what it requires."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.sources.bigquery.newest import Uploads
from pipeline.sources.bigquery.shape import KINDS

END = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000


def at(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def uploads(folder: Path, *rows: tuple[str, str, datetime]) -> Uploads:
    """Two files of the ledger, so that their texts are numbered apart."""
    paths = []
    for number, part in enumerate((rows[::2], rows[1::2])):
        listed = [
            {"project_name": name, "version": version, "filename": f"{name}{n}", "uploaded_at": when}
            for n, (name, version, when) in enumerate(part)
        ]
        paths.append(folder / f"{number}.parquet")
        pq.write_table(pa.Table.from_pylist(listed, KINDS["files"].gives), paths[-1])
    return Uploads(paths, END)


def required(found: Uploads, *rows: tuple[str, str, datetime, list[str]]) -> list[tuple]:
    names = ("project_name", "version", "uploaded_at", "requires_dist")
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    batch = pa.RecordBatch.from_pylist(listed, KINDS["requirements"].gives)
    return [tuple(row.values()) for out in found.requirements_of_newest([batch]) for row in out.to_pylist()]


def test_the_greatest_stable_version_is_the_newest_whatever_was_uploaded_last(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("a", "1.10", at(1)), ("a", "1.9", at(5)), ("a", "2.0rc1", at(9)))
    rows = [("a", "1.9", at(5), ["old"]), ("a", "1.10", at(1), ["x", "y"]), ("a", "2.0rc1", at(9), ["pre"])]
    assert required(found, *rows) == [("a", "1.10", "x"), ("a", "1.10", "y")]


def test_of_equal_versions_the_spelling_uploaded_first_counts_in_whatever_order_they_come(tmp_path: Path) -> None:
    for rows in permutations([("a", "1.0.0", at(2)), ("a", "1.0", at(1)), ("b", "v2", at(1)), ("b", "2", at(1))]):
        found = uploads(tmp_path, *rows)
        assert required(found, *((*row, [row[1]]) for row in sorted(rows))) == [("a", "1.0", "1.0"), ("b", "2", "2")]


def test_of_names_uploaded_at_once_the_same_stands_for_the_project_in_whatever_order_they_come(tmp_path: Path) -> None:
    for rows in permutations([("a_b", "1", at(1)), ("A.b", "2", at(1)), ("a-b", "3", at(1))]):
        assert [row["project_name"] for row in uploads(tmp_path, *rows).index().to_pylist()] == ["A.b"]


def test_where_nothing_is_stable_the_greatest_prerelease_counts(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("a", "1.0a1", at(9)), ("a", "1.0b1", at(1)), ("a", "what", at(10)))
    rows = [("a", "1.0a1", at(9), ["alpha"]), ("a", "1.0b1", at(1), ["beta"]), ("a", "what", at(10), ["odd"])]
    assert required(found, *rows) == [("a", "1.0b1", "beta")]


def test_where_no_version_is_valid_the_one_uploaded_last_counts(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("a", "zzz", at(1)), ("a", "what", at(3)), ("a", "what", at(4)))
    rows = [("a", "zzz", at(1), ["z"]), ("a", "what", at(3), ["w"])]
    assert required(found, *rows) == [("a", "what", "w")]


def test_spellings_of_a_name_are_one_project(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("A_b", "1", at(1)), ("a-b", "2", at(2)), ("a.B", "3", at(3)))
    rows = [("A_b", "1", at(1), ["one"]), ("a.B", "3", at(3), ["three"])]
    assert required(found, *rows) == [("a.B", "3", "three")]
    assert found.index().to_pylist() == [
        {
            "project_name": "a.B",
            "newest_release_month": date(2026, 10, 1),
            "newest_release_day": date(2026, 10, 3),
            "download_rank": None,
        }
    ]


def test_what_the_first_file_stated_counts(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("a", "1", at(2)), ("a", "1", at(1)))
    # The first file came in another range of days and stated nothing.
    assert required(found, ("a", "1", at(2), ["late"])) == []
    assert required(found, ("a", "1", at(1), ["first"]), ("a", "1", at(2), ["late"])) == [("a", "1", "first")]


def test_uploads_after_the_month_are_not_known_yet(tmp_path: Path) -> None:
    found = uploads(tmp_path, ("a", "1", at(30, 9)), ("a", "2", at(1, 11)), ("b", "1", at(2, 11)))
    assert required(found, ("a", "1", at(30, 9), ["x"]), ("a", "2", at(1, 11), ["y"])) == [("a", "1", "x")]
    assert [row["project_name"] for row in found.index().to_pylist()] == ["a"]


def test_days_are_counted_in_utc(tmp_path: Path) -> None:
    last = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    found = uploads(tmp_path, ("a", "1", last), ("a", "2", datetime(2026, 10, 31, tzinfo=UTC)))
    assert found.uploads_a_day() == {(date(2026, 10, 31) - date(1970, 1, 1)).days: 2}
