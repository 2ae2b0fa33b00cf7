"""Two published files held against each other, mart by mart and column by column; what cannot be equal, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import duckdb
import polars as pl
import pyarrow as pa

from pipeline.progress import Reporter
from pipeline.run import Context, run
from pipeline.settings import Settings
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.simulated import World, as_bigquery, as_pypi, observe
from pipeline.sources.simulated import source as simulated
from pipeline.sources.simulated.datasets import thinned
from pipeline.sources.simulated.world import make_world

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)

OF_THE_RUN = {
    "runs": "names the source and the time of the run",
    "inputs": "names what the source read",
    "coverage": "names what the source observes, and why not the rest",
}
"""Marts that tell of the run itself, or of the source."""

ROLES = "the datasets know no accounts"
PROVENANCE = "the datasets know no provenance and no publishers"
PAGE = "the datasets know no project pages: no status, no organization, no links"
UNLISTED = "the datasets know neither deleted nor yanked files"
HAS_UNLISTED_FILES = "project in (select project from unlisted)"
ATTESTED = "two_factor_evidence = 'trusted_publisher' or project in (select project from attested)"


@dataclass(frozen=True)
class Apart:
    """What of a mart cannot be equal."""

    why: str = ""
    rows: str = "true"
    """Rows that are compared."""
    columns: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    """Columns that are not compared and why, or why and for which rows only."""


_CHECKS = Apart(columns={"status": "tables are empty in one of the runs only, and a check of them holds nothing there"})
_FROM_PAGES = {
    "publishing_evidence": PROVENANCE,
    "publisher_kind": PROVENANCE,
    "publisher_repository": PROVENANCE,
    "first_attested_at": PROVENANCE,
    "has_regressed": PROVENANCE,
    "has_repository_changed": PROVENANCE,
    "had_opportunity": PROVENANCE,
    "is_host_supported": PAGE,
    "organization": PAGE,
    "status": PAGE,
    "owner_count": ROLES,
    "maintainer_count": ROLES,
    "has_single_owner": ROLES,
    "newest_version": (UNLISTED, HAS_UNLISTED_FILES),
    "newest_release_kind": (UNLISTED, HAS_UNLISTED_FILES),
    "newest_upload_at": (UNLISTED, HAS_UNLISTED_FILES),
    "two_factor_evidence": (f"{PROVENANCE}; `enforced` stands there", ATTESTED),
}

ALONE = {
    "accounts": Apart(ROLES, rows="false"),
    "account_concentration": Apart(ROLES, rows="false"),
    "role_history": Apart(ROLES, rows="false"),
    "adoption_curve": Apart(PROVENANCE, rows="false"),
    "adoption_monthly": Apart(
        f"{PROVENANCE}; a release counts in the month of its first file of which that is known",
        rows="measure = 'uploaded' and unit <> 'releases'",
    ),
    "estimates": Apart(
        f"{PROVENANCE}, {ROLES}",
        rows="regexp_matches(name, '^(activity|criticality|official|return)_')",
        columns=dict.fromkeys(
            ("low", "high", "method", "reference", "reason"),
            (f"{ROLES}; the intervals are clustered by owner", "starts_with(name, 'return_')"),
        ),
    ),
    "headline_sensitivity": Apart(f"{PROVENANCE}, {ROLES}", rows="headline = 'two_factor_shown'"),
    "tier_summary": Apart(f"{PROVENANCE}, {ROLES}", rows="starts_with(measure, 'evidence_')"),
    "projects": Apart(columns=_FROM_PAGES),
    "project_history": Apart(columns=_FROM_PAGES | {"source": "is another one", "page_read_on": PAGE}),
    "checks": _CHECKS,
    "risk_register": Apart(columns=_FROM_PAGES | {"reasons": f"{ROLES}, {PROVENANCE}"}),
}
"""A run over the datasets alone against one that observes everything."""


WITH_INDEX = {
    "checks": _CHECKS,
    "project_history": Apart(columns={"source": "is another one", "page_read_on": "is the day of asking"}),
    "role_history": Apart(columns={"source": "is another one"}),
}
"""A run over the datasets, and the index asked beside them, against one of which the index was asked as much."""


def run_simulated(folder: Path, projects: int, seed: int, top: int | None = None) -> Path:
    """A run of `--source simulated` on the index that the datasets hold: with few downloads, so that each is a row.

    Args:
        folder: Where everything is written.
        projects: How many projects.
        seed: Which index.
        top: Of how many projects, the most downloaded ones, the pages are read; None reads all.

    Returns:
        The published file.
    """
    places = {"database": folder / "simulated.duckdb", "landing": folder / "landing", "reports": folder / "reports"}
    settings = Settings(source="simulated", projects=projects, seed=seed, period="2026-10", **places)
    with (
        patch.object(simulated, "make_world", lambda *request: thinned(make_world(*request))),
        patch.object(simulated, "observed_tables", lambda world: asked_about(world, top).items()),
    ):
        run(Context(settings, lambda: NOW, "test", Reporter()))
    return settings.database


def asked_about(world: World, top: int | None) -> dict[str, pa.Table]:
    """What all outside systems show together, where the index is asked about the most downloaded projects only."""
    tables = {name: pl.DataFrame(pl.from_arrow(table)) for name, table in observe(world).items()}
    if top is not None:
        asked = as_pypi(world, top)["observations"]["project_name"].to_pylist()
        is_asked = pl.col("project_name").str.to_lowercase().str.replace_all("[-_.]+", "-").is_in(asked)
        for name in ("observations", "publishers", "roles", "project_urls"):
            tables[name] = tables[name].filter(is_asked)
        of_log = pl.DataFrame(pl.from_arrow(as_bigquery(world)["requirements"]))
        tables["requirements"] = pl.concat([tables["requirements"].filter(is_asked), of_log.filter(~is_asked)])
        shown = ("is_listed", "is_yanked", "has_provenance")
        tables["files"] = tables["files"].with_columns(pl.when(is_asked).then(pl.col(shown)))
    return {name: table.to_arrow().cast(LANDING_TABLES[name]) for name, table in tables.items()}


def differences(found: Path, true: Path, apart: Mapping[str, Apart]) -> Iterator[str]:
    """One line a mart whose comparable rows and columns are not the same in both files, duplicates counted."""
    with duckdb.connect() as connection:
        for name, path in (("found", found), ("true_", true)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        connection.execute("""
            create table unlisted as
            select distinct project from true_.staging.files join true_.staging.projects using (project_id)
            where is_listed is not true or is_yanked
        """)
        connection.execute(
            "create table attested as select project from true_.projects where first_attested_at is not null"
        )
        for mart in _marts(connection):
            if mart not in OF_THE_RUN:
                one, other = (
                    _select(connection, source, mart, apart.get(mart, Apart())) for source in ("found", "true_")
                )
                only = (
                    f"select '{side}', * from ({a} except all {b})"
                    for side, a, b in (("found", one, other), ("true", other, one))
                )
                rows = connection.execute(" union all ".join(only)).fetchall()
                if rows:
                    yield f"{mart}: {len(rows)} rows, such as {sorted(rows, key=repr)[:2]}"


def compared_rows(found: Path, mart: str, apart: Mapping[str, Apart]) -> int:
    """How many rows of a mart are compared."""
    with duckdb.connect(str(found), read_only=True) as connection:
        ((count,),) = connection.execute(
            f"select count(*) from {mart} where {apart.get(mart, Apart()).rows}"
        ).fetchall()
        return int(count)


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select table_name from duckdb_tables() where database_name = 'true_' and schema_name = 'main' order by all"
    return [name for (name,) in connection.execute(query).fetchall()]


def _select(connection: duckdb.DuckDBPyConnection, source: str, mart: str, apart: Apart) -> str:
    columns = []
    for name, *_ in connection.execute(f"describe true_.main.{mart}").fetchall():
        why = apart.columns.get(name)
        if name == "project_id" or isinstance(why, str):
            # Another build may number the projects otherwise.
            continue
        columns.append(f"if({why[1]}, null, {name}) as {name}" if why else name)
    return f"select {', '.join(columns)} from {source}.main.{mart} where {apart.rows}"
