"""Google's BigQuery through its own client library: dry run, capped run, results as an Arrow stream."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, Final

import grpc  # type: ignore[import-untyped]
import pyarrow as pa
from google.api_core import exceptions as api
from google.api_core.client_info import ClientInfo
from google.api_core.retry import Retry
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.cloud.bigquery_storage_v1 import BigQueryReadClient
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

from pipeline.sources.bigquery.faults import reason_of, translated
from pipeline.sources.bigquery.statement import Query, Value

_LOCATION: Final = "US"
"""Where the public dataset lies; a query must run there."""
_RESULT_LIFE: Final = timedelta(hours=23)
"""A result is kept for about 24 hours; nearly as old, it is not begun to be read."""
_JOB_SECONDS: Final = 3600.0
_POLL_SECONDS: Final = 1.0
_NO_STREAM: Final = (api.PermissionDenied, api.NotFound, api.MethodNotImplemented, api.ServiceUnavailable)
"""Answers of the Storage Read API after which the rows are read over REST instead."""


@dataclass(frozen=True)
class Endpoint:
    """Where the service is reached; both None is the service itself, anything else an emulator of it."""

    rest: str | None = None
    """An address, as `BIGQUERY_EMULATOR_HOST` gives it."""
    storage: str | None = None
    """`host:port` of the Storage Read API; where an emulator has none, rows come over REST."""


class BigQueryService:
    """One Google Cloud project that pays, and the public datasets that it reads."""

    def __init__(
        self,
        project: str,
        endpoint: Endpoint = Endpoint(),
        *,
        patience_seconds: float = 120.0,
        rows_a_page: int = 50_000,
    ) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            project: The Google Cloud project that is billed.
            endpoint: Another place than the service itself.
            patience_seconds: For how long a failing request is repeated.
            rows_a_page: Of an answer over REST; what fits in one is not worth a stream.
        """
        self.project = project
        self.endpoint = endpoint
        elsewhere = endpoint.rest or endpoint.storage
        self.identity = "public" if elsewhere is None else "at-" + _short(elsewhere)
        # Nobody but Google has the datasets.
        self.is_simulated = elsewhere is not None
        self.patience_seconds = patience_seconds
        self.rows_a_page = rows_a_page
        self.retry: Retry = bigquery.DEFAULT_RETRY.with_timeout(patience_seconds).with_delay(
            initial=min(1.0, patience_seconds / 10)
        )

    @cached_property
    def _client(self) -> bigquery.Client:
        with translated("Signing in to BigQuery"):
            who = ClientInfo(user_agent="pypi-adoption")  # type: ignore[no-untyped-call]
            options: dict[str, Any] = {"client_info": who, "location": _LOCATION}
            if self.endpoint.rest is not None:
                options |= {
                    "credentials": AnonymousCredentials(),  # type: ignore[no-untyped-call]
                    "client_options": {"api_endpoint": self.endpoint.rest},
                }
            return bigquery.Client(self.project, **options)

    @cached_property
    def reader(self) -> BigQueryReadClient | None:
        """The Storage Read API; None where rows come over REST."""
        if self.endpoint.storage is not None:
            channel = grpc.insecure_channel(self.endpoint.storage)
            transport = BigQueryReadGrpcTransport(channel=channel)
            return BigQueryReadClient(transport=transport)  # type: ignore[no-untyped-call]
        return None if self.endpoint.rest is not None else self._client._ensure_bqstorage_client()  # noqa: SLF001 - its own way

    def columns(self, table: str) -> Mapping[str, str]:
        """See `Engine.columns`."""
        with translated(f"Looking at the columns of {table}"):
            found = self._client.get_table(table, retry=self.retry, timeout=self.patience_seconds)
        leaves: dict[str, str] = {}
        pending = [(field.name, field) for field in found.schema]
        while pending:
            path, field = pending.pop()
            if field.fields:
                pending += [(f"{path}.{child.name}", child) for child in field.fields]
            else:
                leaves[path] = _type_word(field)
        return leaves

    def bytes_of(self, query: Query) -> int:
        """See `Engine.bytes_of`."""
        settings = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False, query_parameters=_bound(query))
        with translated(f"Asking what the query {query.name} would read"):
            job = self._client.query(
                query.sql, settings, retry=self.retry, timeout=self.patience_seconds, job_retry=None, location=_LOCATION
            )
            return int(job.total_bytes_processed or 0)

    def run(self, query: Query, job_id: str, most_bytes: int) -> BigQueryJob:
        """See `Engine.run`."""
        settings = bigquery.QueryJobConfig(
            maximum_bytes_billed=most_bytes, query_parameters=_bound(query), labels={"tool": "pypi-adoption"}
        )
        with translated(f"Running the query {query.name}"):
            try:
                job: Any = self._client.query(
                    query.sql,
                    settings,
                    job_id=job_id,
                    retry=self.retry,
                    timeout=self.patience_seconds,
                    job_retry=None,
                    location=_LOCATION,
                )
            except api.Conflict:
                # The answer to the first try got lost, and the repeated one finds the job there.
                job = self._job(job_id)
            return self._waited_for(job, query.name)

    def find(self, job_id: str) -> BigQueryJob | None:
        """See `Engine.find`."""
        with translated("Looking for a query that was paid already"):
            try:
                job = self._job(job_id)
            except api.NotFound:
                return None
            except api.Forbidden as error:
                if reason_of(error) != "accessDenied":
                    raise
                # Another account has sent it: only the one that creates a job may look at it.
                return None
        if job.error_result:
            return None
        if job.ended and datetime.now(UTC) - job.ended > _RESULT_LIFE:
            return BigQueryJob(job, self, job_id, has_rows=False)
        return self._waited_for(job, job_id)

    def _job(self, job_id: str) -> Any:
        return self._client.get_job(job_id, location=_LOCATION, retry=self.retry, timeout=self.patience_seconds)

    def _waited_for(self, job: Any, name: str) -> BigQueryJob:
        finished = BigQueryJob(job, self, name)
        finished.wait()
        return finished


class BigQueryJob:
    """A query of the service that has ended well."""

    def __init__(self, job: Any, service: BigQueryService, name: str, *, has_rows: bool = True) -> None:
        self._job = job
        self._service = service
        self._name = name
        self.has_rows = has_rows
        """See `Job.has_rows`."""

    def wait(self) -> None:
        """Return when the query has ended.

        Raises:
            SourceError: it failed, or has not ended after an hour.
        """
        deadline = time.monotonic() + _JOB_SECONDS
        with translated(f"Running the query {self._name}"):
            # Asked for again and again with a request each, so that a service that is gone is noticed.
            while not self._job.done(retry=self._service.retry, timeout=self._service.patience_seconds):
                if time.monotonic() > deadline:
                    raise TimeoutError("the query has not ended after an hour")
                time.sleep(_POLL_SECONDS)
            self._pages()

    @property
    def bytes_billed(self) -> int:
        """See `Job.bytes_billed`."""
        return int(self._job.total_bytes_billed or 0)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Through the Storage Read API where it answers, else over REST, a page at a time."""
        with translated(f"Reading the rows of the query {self._name}"):
            yield from self._rows()

    def _rows(self) -> Iterator[pa.RecordBatch]:
        reader = self._service.reader
        if reader is not None:
            stream = self._pages().to_arrow_iterable(reader, max_queue_size=2, max_stream_count=2)
            try:
                first = next(stream, None)
            except _NO_STREAM:
                pass
            else:
                yield from chain([] if first is None else [first], stream)
                return
        yield from self._pages().to_arrow_iterable()

    def _pages(self) -> Any:
        service = self._service
        return self._job.result(
            page_size=service.rows_a_page, retry=service.retry, timeout=service.patience_seconds, job_retry=None
        )


def _bound(query: Query) -> list[bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter]:
    return [_parameter(name, value) for name, value in query.values.items()]


def _parameter(name: str, value: Value) -> bigquery.ScalarQueryParameter | bigquery.ArrayQueryParameter:
    if isinstance(value, datetime):
        return bigquery.ScalarQueryParameter(name, "TIMESTAMP", value)
    return bigquery.ArrayQueryParameter(name, "STRING", list(value))


def _type_word(field: bigquery.SchemaField) -> str:
    word = {"BOOL": "BOOLEAN", "INT64": "INTEGER"}.get(field.field_type, field.field_type)
    return f"{word} REPEATED" if field.mode == "REPEATED" else word


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
