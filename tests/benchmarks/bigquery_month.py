"""A month of full size through the source `bigquery`, from a stream of Arrow to the published file.

Run as `python tests/benchmarks/bigquery_month.py FOLDER [SCALE]` (about 4 GB of disk for scale 1); prints seconds of
each stage and the peak memory. The rows come out of a generator in the place of the service: 500,000 projects a day for
30 days, 18 million files, 880,000 projects.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import run as steps
from pipeline.landing import land
from pipeline.progress import Reporter
from pipeline.settings import REFERENCE_FOLDER, Settings
from pipeline.sources.bigquery.plan import Wish
from pipeline.sources.bigquery.shape import KINDS, TABLES, flat
from pipeline.sources.bigquery.source import BigQuerySource, Outside
from pipeline.sources.bigquery.statement import Query
from pipeline.sources.reference import ReferenceSource

PROJECTS, FILES, PROJECTS_A_DAY, VERSIONS = 880_000, 18_000_000, 500_000, 300_000
ROWS = 131_072
FIRST, LAST = datetime(2012, 1, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)


class Generator:
    """An engine that makes up its rows; the same for the same scale."""

    identity = "generated"
    is_simulated = True

    def __init__(self, scale: float) -> None:
        self.projects = int(PROJECTS * scale)
        self.a_day = int(PROJECTS_A_DAY * scale)
        numbers = pa.array(np.arange(self.projects)).cast(pa.string())
        self.names = pc.binary_join_element_wise("project", numbers, "-")
        odd = pc.binary_join_element_wise("Project", numbers, "_")
        is_odd = pa.array(np.arange(self.projects) % 20 == 0)
        self.uploaded = pc.if_else(is_odd, odd, self.names)
        order = np.arange(int(VERSIONS * min(1, scale * 2)))
        parts = [pa.array(part).cast(pa.string()) for part in (order // 3000, order // 50 % 60, order % 50)]
        self.versions = pc.binary_join_element_wise(*parts, ".")
        weights = 1 / (np.arange(self.projects) + 20.0) ** 0.6
        self.files = np.maximum(1, weights / weights.sum() * FILES * scale).astype(np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.files)])

    def columns(self, table: str) -> Mapping[str, str]:
        return flat(TABLES[table])

    def bytes_of(self, query: Query) -> int:
        return 1

    def run(self, query: Query, job_id: str, most_bytes: int) -> Job:
        return Job(self, query)

    def find(self, job_id: str) -> None:
        return None

    def downloads(self, day: date) -> Iterator[pa.RecordBatch]:
        schema = KINDS["clients"].gives
        rng = np.random.default_rng(day.toordinal())
        rate = 4e7 / (np.arange(self.a_day) + 3.0) ** 1.1
        counts = [pa.array(rng.poisson(rate * share)) for share in (0.5, 0.4, 0.05, 0.02, 0.03)]
        names = self.names.slice(0, self.a_day)
        table = pa.table([names, pa.array(np.full(self.a_day, np.datetime64(day))), *counts], schema=schema)
        yield from table.to_batches(max_chunksize=ROWS)

    def uploads(self, kind: str) -> Iterator[pa.RecordBatch]:
        span = (LAST - FIRST).total_seconds() * 1e6
        for start in range(0, int(self.starts[-1]), ROWS):
            rows = np.arange(start, min(start + ROWS, int(self.starts[-1])))
            project = np.searchsorted(self.starts, rows, side="right") - 1
            within = rows - self.starts[project]
            release, releases = within // 2, self.files[project] // 2 + 1
            version = (project * 31 % 1000 + release) % len(self.versions)
            # Two files of a release stand a second apart; the newest releases of most projects lie years back.
            ended = (project * 2_654_435_761 % 1000) / 1000
            passed = (release + 1) / releases * span * np.where(project % 3 == 0, 1, ended)
            uploaded = np.datetime64(FIRST.replace(tzinfo=None), "us") + passed.astype("timedelta64[us]")
            instants = pa.array(uploaded + (within % 2 * 1_000_000).astype("timedelta64[us]")).cast(
                pa.timestamp("us", tz="UTC")
            )
            names, texts = self.uploaded.take(pa.array(project)), self.versions.take(pa.array(version))
            yield (
                self._files(names, texts, instants, within)
                if kind == "files"
                else self._requirements(names, texts, instants, within, project)
            )

    def _files(self, names: pa.Array, texts: pa.Array, instants: pa.Array, within: np.ndarray) -> pa.RecordBatch:
        count = len(within)
        is_wheel = pa.array(within % 2 == 0)
        ends = pc.if_else(is_wheel, "py3-none-any.whl", "src.tar.gz")
        kinds = pc.if_else(is_wheel, "bdist_wheel", "sdist")
        columns = [names, texts, pc.binary_join_element_wise(names, texts, ends, "-"), kinds]
        columns += [pa.array(["twine/6.1.0 CPython/3.13"] * count), pa.array(within * 1000 + 5000), instants]
        return pa.record_batch(columns, schema=KINDS["files"].gives)

    def _requirements(
        self, names: pa.Array, texts: pa.Array, instants: pa.Array, within: np.ndarray, project: np.ndarray
    ) -> pa.RecordBatch:
        is_meant = pa.array((within % 2 == 0) & (project % 5 < 3))
        count = pc.sum(is_meant).as_py() or 0
        # Projects lean on more popular ones, so that closures stay as small as real ones.
        fraction = np.random.default_rng(int(project[0])).random(count * 4) ** 4
        asking = np.repeat(project[is_meant.to_numpy(zero_copy_only=False)], 4)
        wanted = self.names.take(pa.array((asking * fraction).astype(np.int64)))
        lists = pa.ListArray.from_arrays(
            pa.array(np.arange(0, count * 4 + 1, 4, dtype=np.int32)), pc.binary_join_element_wise(wanted, ">=1.0", "")
        )
        columns = [names.filter(is_meant), texts.filter(is_meant), lists, instants.filter(is_meant)]
        return pa.record_batch(columns, schema=KINDS["requirements"].gives)


@dataclass(frozen=True)
class Job:
    """A query that was asked of the generator."""

    generator: Generator
    query: Query
    bytes_billed: int = 1
    has_rows: bool = True

    def batches(self) -> Iterator[pa.RecordBatch]:
        if self.query.name in {"files", "requirements"}:
            return self.generator.uploads(self.query.name)
        return self.generator.downloads(self.query.values["first_instant"].date())


def main(folder: Path, scale: float) -> None:
    now = datetime(2026, 11, 3, tzinfo=UTC)
    settings = Settings(
        source="bigquery", database=folder / "a.duckdb", landing=folder / "landing", reports=folder / "reports"
    )
    outside = Outside(lambda: Generator(scale), folder / "landing" / "bigquery" / "ledger", lambda: now)
    reporter = Reporter()
    started = time.monotonic()
    sources = (BigQuerySource(Wish("2026-10"), outside), ReferenceSource(REFERENCE_FOLDER))
    for source in sources:
        land(source, settings.landing, now=lambda: now, code_version="benchmark", advance=lambda _: None)
    landed = time.monotonic()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    reporter.say(f"Stream to landing: {landed - started:.1f} s, peak memory {peak:.2f} GB")
    steps.rebuild(steps.Context(settings, lambda: now, "benchmark", reporter))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    reporter.say(f"Landing to published file: {time.monotonic() - landed:.1f} s, peak memory {peak:.2f} GB")
    reporter.say(f"In all: {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
