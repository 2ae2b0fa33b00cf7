"""The source and the estimate, made out of the settings."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console

from pipeline.errors import SourceError
from pipeline.settings import REFERENCE_FOLDER, SNAPSHOT_FOLDER, BigQuerySettings, Settings
from pipeline.sources.bigquery.engine import Engine
from pipeline.sources.bigquery.estimate import Account, Estimate, estimate_by_dry_run, estimate_by_guess
from pipeline.sources.bigquery.plan import Wish, latest_complete_month
from pipeline.sources.bigquery.pricing import Prices, most_bytes
from pipeline.sources.bigquery.source import BigQuerySource, Outside
from pipeline.sources.snapshot import SnapshotSource

INSTALL = "Install it with `.venv/bin/python -m pip install --require-hashes --no-deps -r requirements/bigquery.txt`."
_TOP_SHARE = 100
"""One in a hundred projects is critical by the rule of 2022."""


def bigquery_source(settings: Settings, now: Callable[[], datetime], console: Console) -> BigQuerySource:
    """The source as the settings describe it; nothing is asked yet.

    Raises:
        UsageError: options that cannot be meant.
    """
    return _source(settings, now, console, _ranks() if settings.bigquery.download_detail == "critical" else None)


def _source(
    settings: Settings, now: Callable[[], datetime], console: Console, ranks: pa.Table | None
) -> BigQuerySource:
    chosen = settings.bigquery
    wish = Wish(
        period=settings.period or latest_complete_month(now().date()),
        detail=chosen.download_detail,
        sample_days=chosen.sample_days,
        excludes_metadata_files=chosen.exclude_metadata_files,
        critical_projects=[] if ranks is None else _critical(ranks),
    )

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    outside = Outside(lambda: _connect(chosen), settings.landing / "bigquery" / "ledger", now, say)
    return BigQuerySource(wish, outside, max_gib=chosen.max_gib, refetch=chosen.refetch, ranks=ranks)


def estimate(
    settings: Settings,
    now: Callable[[], datetime],
    console: Console,
    *,
    usd_per_tib: float = Prices.usd_per_tib,
    free_tib: float = Prices.free_tib,
) -> Estimate:
    """What the month would read and cost; runs nothing.

    Args:
        settings: What a run with the same options would be told.
        now: The clock.
        console: Where it is told how far it is.
        usd_per_tib: Price of the service.
        free_tib: What it gives free of charge in a calendar month.

    Raises:
        UsageError: options that cannot be meant.
        SourceError: the service cannot be used.
    """
    prices = Prices(usd_per_tib, free_tib)
    source = _source(settings, now, console, _ranks())
    if settings.bigquery.bigquery_project is None and settings.bigquery.bigquery_files is None:
        account = Account(prices, 0, most_bytes(settings.bigquery.max_gib, 0))
        return estimate_by_guess(source.wish, REFERENCE_FOLDER / "bigquery_bytes_series.csv", account)
    fetcher, pieces = source.fetcher(), source.pieces()
    offers = fetcher.offers(source.missing(pieces))
    billed = source.billed_this_month(offers)
    account = Account(prices, billed, most_bytes(settings.bigquery.max_gib, billed))
    return estimate_by_dry_run(source.wish, pieces, offers, fetcher, account)


def _connect(chosen: BigQuerySettings) -> Engine:
    if chosen.bigquery_files is None and chosen.bigquery_project is None:
        raise SourceError(
            "No Google Cloud project was named to run the queries in.",
            way_out="Give --bigquery-project ID; docs/bigquery.md shows how to get one without paying.",
        )
    module = _module("service" if chosen.bigquery_files is None else "parquet")
    if chosen.bigquery_files is not None:
        files: Engine = module.ParquetDatasets(chosen.bigquery_files)
        return files
    endpoint = module.Endpoint(chosen.bigquery_endpoint, chosen.bigquery_storage_endpoint)
    service: Engine = module.BigQueryService(chosen.bigquery_project, endpoint)
    return service


def _module(name: str) -> ModuleType:
    """A module whose libraries, and those of every query that is sent, are an extra."""
    try:
        importlib.import_module("pipeline.sources.bigquery.bounds")
        return importlib.import_module(f"pipeline.sources.bigquery.{name}")
    except ModuleNotFoundError as error:
        raise SourceError(f"The source bigquery needs the extra `bigquery` ({error}).", way_out=INSTALL) from error


def _ranks() -> pa.Table:
    """Names and ranks of the bundled snapshot."""
    table = pq.read_table(SnapshotSource(SNAPSHOT_FOLDER).file, columns=["project", "download_rank"])
    return table.rename_columns(["project_name", "download_rank"])


def _critical(ranks: pa.Table) -> list[str]:
    limit = ranks.num_rows // _TOP_SHARE
    return sorted(ranks.filter(pc.less_equal(ranks["download_rank"], limit))["project_name"].to_pylist())
