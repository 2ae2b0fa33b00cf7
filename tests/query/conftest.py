"""A small published file, as the query command reads it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create table runs as select 'x' as run_id, 2 as schema_version, false as is_simulated,
                'snapshot' as source, '2026-10' as period, timestamp '2026-11-01' as started_at,
                '0.1.0' as code_version, date '2026-10-31' as observed_on;
            create table projects as from (values
                ('a', 1, 0.5, true, timestamp '2026-10-31 12:00:00', ['x', NULL]),
                ('=cmd()', -2, NULL, NULL, NULL, NULL), ('NULL', NULL, -0.5, false, NULL, [])
            ) as t (project, download_rank, share, is_top1pct, newest_upload_at, reasons);
        """)
    return path
