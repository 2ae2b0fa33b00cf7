"""A published file of a simulated index, and a copy in which strangers wrote what harms."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import PROJECT_ROOT, Settings

CITATION = PROJECT_ROOT / "CITATION.cff"

HOSTILE = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "＝1", "'", "'=1", "''"),  # noqa: RUF001
    *(
        "",
        " ",
        "NULL",
        "a,b",
        'a"b',
        '"',
        '=HYPERLINK("https://example.org";"a")',
        "a\r\nb",
        "\x1b[31mred",
        "\u202egnp",
    ),
    *("é😀", "\\N", "a\x00b", "[1]", "true", "1e3", "2026-10-31", "x" * 5000),
)


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    places = {"database": folder / "a.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    settings = Settings(source="simulated", projects=300, seed=3, **places)
    run(Context(settings, lambda: datetime(2026, 11, 1, 12, 30, 15, 250, tzinfo=UTC), "test", Reporter()))
    return settings.database


@pytest.fixture(scope="session")
def hostile(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every hostile text in `projects`, `role_history` and `changes`, and in lists, in the place of the first rows."""
    path = tmp_path_factory.mktemp("hostile") / "a.duckdb"
    shutil.copy(simulated, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create temp table bad as select unnest($1) as text, generate_subscripts($1, 1) as place", [HOSTILE]
        )
        connection.execute(
            "create temp table ids as select project_id, row_number() over (order by project_id) as place from projects"
        )
        connection.execute(
            "update projects set project = text || projects.project_id, newest_version = text, organization = text, "
            "critical_by = [text, NULL, text] from bad, ids "
            "where ids.place = bad.place and projects.project_id = ids.project_id"
        )
        connection.execute("insert into changes select text, text, NULL, text || place, 'Owner', text, NULL from bad")
        connection.execute("insert into role_history select 'given', '2026-10', 'p', text, 'Owner' from bad")
    return path
