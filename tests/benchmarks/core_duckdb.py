"""The core as the project itself does it: the SQL of its catalog, in a database in memory, as the rivals'.

`python core_duckdb.py LANDING ANSWERS [MEMORY_LIMIT]`; without a limit DuckDB takes what it wants, as the rivals do.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
from clock import Clock
from core import landings_of, run, size_of
from warehouse import facts_of

from pipeline.settings import Settings
from pipeline.warehouse.build import build_tables
from pipeline.warehouse.catalog import LAYERS, Table, load_catalog

WANTED = [
    "signals.ranks",
    "signals.uploads",
    "signals.newest_releases",
    "signals.uploads_monthly",
    "signals.account_projects",
    "signals.dependency_edges",
]
QUERIES = {
    "projects": """
        select
            project, rank as download_rank, downloads_30d, tier, first_upload_at, newest_upload_at, newest_release_kind,
            listed_file_count, attested_file_count
        from staging.projects
        inner join (select project_id, download_rank as rank, downloads_30d, tier from signals.ranks) using (project_id)
        inner join signals.uploads using (project_id)
        left join signals.newest_releases using (project_id)""",
    "months": """
        select
            month, tier, sum(file_count)::bigint as file_count, sum(attested_file_count)::bigint as attested_file_count
        from signals.uploads_monthly inner join signals.ranks using (project_id) group by all""",
    "accounts": """
        select account, count(*) as project_count, sum(downloads_30d)::bigint as downloads_30d_reachable
        from signals.account_projects inner join signals.ranks using (project_id) group by all""",
    "edges": """
        select one.project, other.project as dependency
        from signals.dependency_edges as edges
        inner join staging.projects as one using (project_id)
        inner join staging.projects as other on edges.dependency_id = other.project_id""",
}


def core(root: Path, out: Path) -> dict[str, Any]:
    """Build the tables that the answers need, in the order and by the means of a run, and ask for the answers."""
    settings = Settings()
    landings = landings_of(root)
    catalog = load_catalog()
    tables = _with_what_they_read(catalog, WANTED)
    clock = Clock()
    limit = {"memory_limit": sys.argv[3]} if len(sys.argv) > 3 else {}
    with duckdb.connect(config={"threads": settings.threads, **limit}) as connection:
        connection.execute("set timezone = 'UTC'")
        for schema in LAYERS.values():
            connection.execute(f"create schema if not exists {schema}")
        build_tables(connection, tables, landings, settings, facts_of(landings[0], catalog, settings), clock.mark)
        clock.mark("")
        for name, query in QUERIES.items():
            connection.execute(f"copy ({query}) to '{out / name}.parquet' (format parquet)")
        sizes = size_of(
            *(
                connection.execute(f"select count(*), sum(project_id) from staging.{table}").fetchall()[0]
                for table in ("files", "downloads_daily")
            )
        )
    is_shared = {table.address: table.card.python is not None for table in tables}
    return {
        "shared_seconds": sum(seconds for address, seconds in clock.seconds.items() if is_shared[address]),
        "tables": clock.seconds,
        "sizes": sizes,
    }


def _with_what_they_read(catalog: list[Table], wanted: list[str]) -> list[Table]:
    needed = set(wanted)
    for table in reversed(catalog):
        if table.address in needed:
            needed |= table.references
    return [table for table in catalog if table.address in needed]


if __name__ == "__main__":
    run(core)
