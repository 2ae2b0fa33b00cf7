"""The programs of the benchmark on a small index: the rivals stay right, and the page tells what was measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from build_index import by_stage
from compare_answers import ENGINES, differences
from full_scale import rounded, summary
from generated import GeneratedIndex
from performance_page import bounds, main, page, slope
from processes import ProgramError, measure

SCALE = 0.002


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark")
    landed = measure("land_index.py", folder / "landing", SCALE, 1)
    assert landed["rows"]["index"] == 1760
    sizes = []
    for engine in ENGINES:
        out = folder / "answers" / engine
        out.mkdir(parents=True)
        told = measure(f"core_{engine}.py", folder / "landing", out)
        assert told["seconds"] > told["shared_seconds"] > 0
        sizes.append(told["sizes"])
    assert sizes[0]["downloads"][0] == landed["rows"]["downloads_daily"]
    assert sizes[0] == sizes[1] == sizes[2]
    for scan in ("core_scan.py", "core_arrow_scan.py"):
        assert measure(scan, folder / "landing", folder)["peak_bytes"] > 1_000_000
    return folder / "answers"


def test_all_engines_give_the_same_answers(answers: Path) -> None:
    assert differences(answers) == []
    assert pl.read_parquet(answers / "duckdb" / "projects.parquet").height == 1760
    assert pl.read_parquet(answers / "duckdb" / "edges.parquet").height > 100


def test_an_answer_that_differs_in_one_value_is_found(answers: Path, tmp_path: Path) -> None:
    for engine in ENGINES:
        (tmp_path / engine).symlink_to(answers / engine)
    (tmp_path / "pandas").unlink()
    (tmp_path / "pandas").mkdir()
    for path in (answers / "pandas").iterdir():
        table = pl.read_parquet(path)
        if path.stem == "months":
            is_first = pl.int_range(pl.len()) == 0
            table = table.with_columns(file_count=pl.col("file_count") + is_first.cast(pl.Int64))
        table.write_parquet(tmp_path / "pandas" / path.name)
    (found,) = differences(tmp_path)
    assert found.startswith("months: duckdb and pandas differ")


def test_another_seed_for_downloads_changes_nothing_else(tmp_path: Path) -> None:
    one, other = (list(GeneratedIndex(0.0002, downloads_seed=seed).batches(tmp_path)) for seed in (1, 2))
    assert [table for table, _ in one] == [table for table, _ in other]
    changed = {table for (table, was), (_, batch) in zip(one, other, strict=True) if not was.equals(batch)}
    assert changed == {"downloads_daily"}


def test_tables_are_summed_by_layer() -> None:
    seconds = {"verifying": 1.0, "staging.files": 2.0, "staging.roles": 3.0, "main.projects": 4.0, "main.checks": 5.0}
    assert by_stage(seconds) == {"verifying": 1.0, "staging": 5.0, "marts": 4.0, "closing": 5.0}


def test_seconds_of_a_program_are_medians_without_what_is_shared() -> None:
    runs = [
        {"seconds": seconds, "shared_seconds": 1.0, "cpu_seconds": 2 * seconds, "peak_bytes": 7}
        for seconds in (5.0, 9.0, 6.0)
    ]
    told = summary(runs)
    assert told == {"seconds": 5, "runs": [4, 8, 5], "shared_seconds": 1, "cpu_seconds": 12, "peak_bytes": 7}
    assert rounded({"a": [1234.5678, 7, 0.000123456]}) == {"a": [1234.6, 7, 0.00012346]}


def test_a_program_that_fails_is_named() -> None:
    with pytest.raises(ProgramError, match=r"nothing\.py exited with 2"):
        measure("nothing.py")


def build(scale: float, seconds: float) -> dict[str, object]:
    """A made-up build: the report takes 3 s of it, one table 1 s, and starting Python 2 s more."""
    rows = {"index": 880_000, "files": int(18_000_000 * scale), "downloads_daily": 15, "roles": 11, "requirements": 19}
    return {
        "scale": scale,
        "rows": rows,
        "landing_bytes": 600_000_000,
        "memory_limit": "1GB",
        "build_seconds": seconds,
        "process_seconds": seconds + 2,
        "cpu_seconds": 2 * seconds,
        "peak_bytes": 1_500_000_000,
        "file_bytes": 700_000_000,
        "stages": {"staging": seconds - 3, "report": 3.0},
        "tables": {"staging.files": 1.0, "signals.ranks": 2.0},
    }


CORE = {"duckdb": 12.0, "duckdb_limited": 15.0, "polars": 10.0, "pandas": 60.0, "arrow_scan": 3.0, "scan": 2.0}


def figures() -> dict[str, object]:
    core = {
        name: {"seconds": seconds, "runs": [seconds], "cpu_seconds": seconds, "peak_bytes": 10**9, "shared_seconds": 1}
        for name, seconds in CORE.items()
    }
    return {
        "scale": 1.0,
        "machine": {
            "date": "2026-11-22",
            "cores": 2,
            "memory_bytes": 24e9,
            "system": "Linux on x86_64",
            "versions": {"Python": "3.11.7", "duckdb": "2.0.0"},
        },
        "landings": [{"process_seconds": 60.0, "peak_bytes": 2e9}],
        "builds": [build(0.01, 0.8), build(0.1, 8), build(1, 80)],
        "limited": build(1, 90) | {"memory_limit": "500MB", "peak_bytes": 900_000_000},
        "questions": {
            "history_sql": "select 1",
            "histories": [{"of": "a median project", "files": 7, "first_ms": 6.0, "median_ms": 4.0}],
            "queries": [{"question": "How many?", "sql": "select 2", "rows": 1, "seconds": 0.25}],
        },
        "core": core,
        "core_limit": "1GB",
        "differences": [],
        "replacement": build(1, 10),
    }


def test_bounds_are_held_against_the_figures() -> None:
    made_up = figures()
    assert slope(made_up["builds"]) == pytest.approx(1)
    held = {bound.what: (bound.measured, bound.is_met) for bound in bounds(made_up)}
    assert held["core, beside polars"] == (1.2, False)
    assert held["core, beside pandas"] == (0.2, True)
    assert held["core with 1GB for DuckDB, beside no limit"] == (1.25, True)
    assert held["core, beside reading the same columns to Arrow"] == (4, True)
    assert held["core, beside DuckDB's own bare scan"] == (6, False)
    assert held["build: time of the whole process"] == (82, True)
    assert held["build with 500MB for DuckDB, beside 1GB: time"] == (pytest.approx(92 / 82), True)
    assert held["month replaced: its downloads, ranks, tiers and monthly series"] == (2, True)
    assert held["month replaced: all tables, statistics and checks anew"] == (9, True)
    assert held["history of a median project, first run"] == (6, True)


def test_page_and_picture_are_made_from_the_figures_alone(tmp_path: Path) -> None:
    path = tmp_path / "performance.json"
    path.write_text(json.dumps(figures()), encoding="utf-8")
    main(path)
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "| core, beside polars | 1.00 times | 1.20 times | **not met** |" in text
    assert "| build: time of the whole process | 90.0 s | 82.0 s | met |" in text
    assert "**are equal**" in text
    assert "This run was at scale" not in text
    svg = path.with_suffix(".svg").read_text(encoding="utf-8")
    assert all(word in svg for word in ("whole build", "polars", "12.0 s, 1.00 GB"))


def test_answers_that_differ_are_never_called_equal() -> None:
    text = page(figures() | {"differences": ["months: duckdb and pandas differ"], "scale": 0.02})
    assert "**The programs disagree**" in text
    assert "are equal" not in text
    assert "This run was at scale 0.02" in text
