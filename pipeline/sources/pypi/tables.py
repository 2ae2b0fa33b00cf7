"""Observations as rows of the landing contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.pypi.observe import Observation

Row = tuple[object, ...]

ROWS_IN_A_BATCH = 20_000


def _observation(seen: Observation) -> Iterator[Row]:
    organization = seen.ownership.organization if seen.ownership else None
    failure = seen.failure.reason if seen.failure else None
    yield (
        seen.project,
        seen.observed_at,
        seen.api_version,
        seen.status,
        seen.ownership is not None,
        organization,
        failure,
    )


def _files(seen: Observation) -> Iterator[Row]:
    for file in seen.files:
        yield (
            seen.project,
            file.version,
            file.filename,
            file.packagetype,
            file.uploaded_at,
            file.size_bytes,
            True,
            file.is_yanked,
            file.has_provenance,
            None,
        )


def _publishers(seen: Observation) -> Iterator[Row]:
    for published in seen.published:
        file, publisher = published.file, published.publisher
        yield (
            seen.project,
            file.version,
            file.filename,
            file.uploaded_at,
            publisher.kind,
            publisher.source_repository(),
            publisher.workflow_file(),
            publisher.environment,
        )


def _roles(seen: Observation) -> Iterator[Row]:
    for role in seen.ownership.roles if seen.ownership else ():
        yield seen.project, role.user, role.role


def _project_urls(seen: Observation) -> Iterator[Row]:
    for label, url in seen.project_urls:
        yield seen.project, label, url


def _requirements(seen: Observation) -> Iterator[Row]:
    for requirement in seen.requirements:
        yield seen.project, seen.version, requirement


ROWS_OF: dict[str, Callable[[Observation], Iterator[Row]]] = {
    "observations": _observation,
    "files": _files,
    "publishers": _publishers,
    "roles": _roles,
    "project_urls": _project_urls,
    "requirements": _requirements,
}
"""The landing tables that one observation fills."""


class Batches:
    """Gathers rows, and gives them back as batches once there are enough."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {table: [] for table in ROWS_OF}

    def add(self, seen: Observation) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Take the rows of one project in; yield the batches that are full."""
        for table, rows_of in ROWS_OF.items():
            self._rows[table].extend(rows_of(seen))
            if len(self._rows[table]) >= ROWS_IN_A_BATCH:
                yield table, self._take(table)

    def rest(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Yield what is left."""
        for table, rows in self._rows.items():
            if rows:
                yield table, self._take(table)

    def _take(self, table: str) -> pa.RecordBatch:
        schema = LANDING_TABLES[table]
        columns = zip(*self._rows[table], strict=True)
        self._rows[table] = []
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        return pa.record_batch(arrays, schema=schema)
