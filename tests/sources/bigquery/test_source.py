"""What the source makes of the datasets before it lands them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
from landed import MakeSource, tables_of
from packaging.utils import canonicalize_name


def test_every_spelling_of_a_name_has_the_rank_of_its_project(make_source: MakeSource, tmp_path: Path) -> None:
    spelled = pl.from_arrow(tables_of(make_source(), tmp_path)["index"])["project_name"].to_list()
    assert any("_" in name for name in spelled)
    names = sorted(map(canonicalize_name, spelled))
    ranks = pa.table({"project_name": names, "download_rank": range(1, len(names) + 1)})
    source = make_source(detail="critical", critical_projects=names[:3], ranks=ranks)
    index = tables_of(source, tmp_path)["index"].to_pylist()
    assert {row["project_name"]: row["download_rank"] for row in index} == {
        name: names.index(canonicalize_name(name)) + 1 for name in spelled
    }


def test_a_day_that_may_lack_rows_is_named_until_it_is_counted_anew(make_source: MakeSource, tmp_path: Path) -> None:
    tables = ("downloads_daily", "files", "requirements")
    at_once = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    for options, is_named in (
        ({"now": at_once}, True),
        ({}, True),
        ({"refetch": ("2026-10-31", "metadata")}, False),
        ({}, False),
    ):
        source = make_source(**options)
        tables_of(source, tmp_path)
        notes = source.notes()
        assert ["2026-10-31 was asked for 0.5 hours" in notes[table].note for table in tables] == [is_named] * 3
