"""The bundled snapshot made anew: a published BigQuery run as one compact file with its data card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import SourceError
from pipeline.files import publish_file, sha256_of, write_beside
from pipeline.settings import SNAPSHOT_FOLDER
from pipeline.sources.datacard import CardQuery, DataCard, card_text
from pipeline.sources.snapshot import DAY, file_schema
from pipeline.warehouse.published import open_published

RANKED_PROJECTS: Final = 15_000
"""Length of the ranked list. All ranks would make the file half as large again, and no tier needs more."""

COLUMNS: Final = {
    "project": "PEP 503 name, in alphabetical order; unique.",
    DAY: "Day (UTC) on which the newest file of the project was uploaded.",
    "download_rank": "Rank by downloads of the 30 days up to observed_on, mirrors left out where clients were told "
    f"apart; 1 is the most downloaded, NULL beyond {RANKED_PROJECTS:,}.",
}

_NEWEST: Final = """
    select
        project,
        newest_upload_at::date as newest_release_day,
        if(download_rank <= $ranked, download_rank, null)::integer as download_rank
    from projects
    order by project
"""
_QUERIES: Final = """
    select
        inputs.name,
        inputs.query_sha256,
        inputs.row_count,
        inputs.bytes_billed,
        sources.note,
        inputs.fetched_at::date as fetched_on
    from inputs
    inner join staging.sources as sources
        on inputs.source = sources.source and inputs.name = sources.landing_table
    where inputs.source = 'bigquery' and inputs.query_sha256 is not null
    order by inputs.name
"""


@dataclass(frozen=True)
class _Run:
    """What the snapshot is made of."""

    period: str
    observed_on: date
    code_version: str
    is_simulated: bool
    data: str
    """Which data they are; `public` is the public datasets themselves."""
    newest: pa.Table
    accessed_on: date
    queries: list[CardQuery]


def renew_snapshot(database: Path, folder: Path) -> list[Path]:
    """Write `index-YYYY-MM.parquet` and its card from a published run over BigQuery.

    Args:
        database: The published file.
        folder: Where both are written; what stands there for the same month is replaced.

    Returns:
        The data file and the card.

    Raises:
        SourceError: the file holds no run over BigQuery, or other data than the public datasets are about to become the
            bundled snapshot.
        BuildError: there is no such file.
    """
    run = _read(database)
    if (run.is_simulated or run.data != "public") and folder.resolve() == SNAPSHOT_FOLDER.resolve():
        made_up = "simulated data" if run.is_simulated else f"data that are not the public datasets ({run.data})"
        raise SourceError(
            f"{database} holds {made_up}, which must not become the bundled snapshot.",
            way_out="Name another folder to try the command.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"index-{run.period}.parquet"
    candidate = path.with_name(f".{path.name}.part")
    # One row group and shared beginnings of names: two thirds of the size of plain columns.
    pq.write_table(
        run.newest,
        candidate,
        compression="zstd",
        compression_level=19,
        use_dictionary=[DAY],
        column_encoding={"project": "DELTA_BYTE_ARRAY"},
        row_group_size=max(1, run.newest.num_rows),
    )
    card = path.with_suffix(".yml")
    written = write_beside(card, card_text(_card(run, sha256_of(candidate))))
    publish_file(candidate, path)
    publish_file(written, card)
    return [path, card]


def _read(database: Path) -> _Run:
    with open_published(database) as connection:
        ((source, period, observed_on, version, is_simulated, data),) = connection.execute(
            "select source, period, observed_on, code_version, is_simulated, parameters->>'data' from runs"
        ).fetchall()
        if source != "bigquery":
            raise SourceError(
                f"{database} holds a run of the source {source}; a snapshot is made of one over BigQuery.",
                way_out="Make one with `pypi-adoption run --source bigquery --bigquery-project ID`.",
            )
        return _Run(period, observed_on, version, is_simulated, data, _newest(connection), *_queries(connection))


def _newest(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    return connection.sql(_NEWEST, params={"ranked": RANKED_PROJECTS}).to_arrow_table().cast(file_schema(DAY))


def _queries(connection: duckdb.DuckDBPyConnection) -> tuple[date, list[CardQuery]]:
    """The last day on which something was read, and the queries."""
    rows = connection.execute(_QUERIES).fetchall()
    queries = [CardQuery(gives=r[0], sha256=r[1], row_count=r[2], bytes_billed=r[3] or 0, note=r[4]) for r in rows]
    return max(row[5] for row in rows), queries


def _card(run: _Run, sha256: str) -> DataCard:
    datasets = "bigquery-public-data.pypi.file_downloads and bigquery-public-data.pypi.distribution_metadata"
    made_up = "SIMULATED, nothing in it is real: " if run.is_simulated else ""
    return DataCard(
        title=f"{made_up}Every project of the Python Package Index with the day of its newest upload",
        producer=f"Python Package Index (the public datasets {datasets}), counted by pypi-adoption {run.code_version}",
        citation=f"Python Package Index: public datasets {datasets}, Google BigQuery, read on {run.accessed_on}.",
        obtained="`pypi-adoption run --source bigquery`, then `pypi-adoption snapshot`: one row per project with an "
        "upload up to observed_on, by the queries below.",
        observed_on=run.observed_on,
        precision=f"Days, in UTC: {DAY} is the day of the newest upload.",
        holds_not="Projects without any upload; projects deleted from the index since are among the rest, since the "
        "log of uploads knows no deletions. No download counts, no files, no provenance, no publishers, no roles, no "
        "organizations, no requirements.",
        licence="Facts about public data; the compilation is dedicated to the public domain (CC0-1.0).",
        origin="simulated" if run.is_simulated else "observed",
        accessed_on=run.accessed_on,
        row_count=run.newest.num_rows,
        columns=COLUMNS,
        queries=run.queries,
        sha256=sha256,
    )
