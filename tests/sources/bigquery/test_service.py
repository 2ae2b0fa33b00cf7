"""The real client library against a fake of the service: prices, limits, faults, and resuming without paying again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import google.auth
import pytest
from google.api_core.exceptions import MethodNotImplemented, PermissionDenied, ServiceUnavailable
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, MutualTLSChannelError, RefreshError
from landed import MakeSource, sorted_rows, tables_of
from rest_fake import DAY_BYTES, GIB, METADATA_BYTES, Handler, State, serving

from pipeline.errors import SourceError
from pipeline.sources.bigquery.faults import translated
from pipeline.sources.bigquery.service import BigQueryService, Endpoint

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
MONTH_BYTES = 30 * DAY_BYTES + 2 * METADATA_BYTES


@pytest.fixture
def fake(dataset_folder: Path) -> Iterator[tuple[str, State]]:
    with serving(dataset_folder) as served:
        yield served


@pytest.fixture
def state(fake: tuple[str, State]) -> State:
    return fake[1]


@pytest.fixture
def service(fake: tuple[str, State]) -> BigQueryService:
    return BigQueryService("paying-project", Endpoint(fake[0]), patience_seconds=2)


def failing(status: int, reason: str, message: str, *, at: str, after: int = 0):
    """A fault of requests whose path holds `at`, after some of them went well."""
    seen = []

    def fault(handler: Handler) -> bool:
        if f"/{at}" in handler.path and (len(seen) >= after or seen.append(1)):
            handler.refuse(status, reason, message)
            return True
        return False

    return fault


def test_a_month_over_rest_is_the_month_of_the_files(
    make_source: MakeSource, service, state, october, tmp_path
) -> None:
    tables = tables_of(make_source(service), tmp_path)
    for name in ("downloads_daily", "files", "requirements", "index"):
        assert sorted_rows(tables[name]) == sorted_rows(october[name])
    assert state.bytes_billed == MONTH_BYTES
    assert state.dry_runs == 32


@pytest.mark.parametrize("refusal", [None, PermissionDenied("no role"), MethodNotImplemented("no such service")])
def test_rows_come_over_rest_where_the_storage_api_does_not_answer(
    make_source: MakeSource, fake, october, tmp_path, refusal: Exception | None
) -> None:
    # An answer that fits in one page is not worth a stream.
    service = BigQueryService("paying-project", Endpoint(fake[0], "127.0.0.1:9"), patience_seconds=2, rows_a_page=20)
    asked = []

    def create_read_session(*_: object, **__: object) -> None:
        asked.append(1)
        raise refusal or ServiceUnavailable("nobody there")

    service.reader.create_read_session = create_read_session
    tables = tables_of(make_source(service, sample_days=2), tmp_path)
    assert len(asked) == 4
    for name in ("files", "requirements", "index"):
        assert sorted_rows(tables[name]) == sorted_rows(october[name])


def test_what_was_billed_stands_in_the_notes(make_source: MakeSource, service, tmp_path) -> None:
    source = make_source(service)
    tables_of(source, tmp_path)
    notes = source.notes()
    assert notes["downloads_daily"].bytes_billed == 30 * DAY_BYTES
    assert notes["files"].bytes_billed == notes["requirements"].bytes_billed == METADATA_BYTES
    assert "from `bigquery-public-data.pypi.file_downloads`" in notes["downloads_daily"].query


def test_the_second_run_reads_0_bytes_and_asks_nothing(make_source: MakeSource, service, state, tmp_path) -> None:
    first = tables_of(make_source(service), tmp_path)
    state.faults.append(lambda handler: pytest.fail(f"asked {handler.path}"))
    second = make_source(service)
    assert sorted_rows(tables_of(second, tmp_path)["files"]) == sorted_rows(first["files"])
    assert state.bytes_billed == MONTH_BYTES
    assert second.notes()["downloads_daily"].bytes_billed == 0


def test_the_next_month_pays_its_new_days_only(make_source: MakeSource, service, state, tmp_path) -> None:
    tables_of(make_source(service, period="2026-09"), tmp_path)
    september = state.bytes_billed
    assert september == MONTH_BYTES
    tables_of(make_source(service, max_gib=1000), tmp_path)
    # 2026-09-02..30 and 2026-10-02..31 share no day; uploads of October alone are a piece each.
    assert state.bytes_billed == september + MONTH_BYTES
    sql = [job["configuration"]["query"]["queryParameters"] for job in list(state.jobs.values())[-2:]]
    assert [one[0]["parameterValue"]["value"][:10] for one in sql] == ["2026-10-01", "2026-10-01"]


def test_over_the_limit_stops_before_any_paid_query(make_source: MakeSource, service, state, tmp_path) -> None:
    with pytest.raises(SourceError, match=r"would read 604.00 GiB .*the limit is 500.00 GiB.*--sample-days") as caught:
        tables_of(make_source(service, max_gib=500), tmp_path)
    assert "clients 600.00 GiB" in str(caught.value)
    assert (state.bytes_billed, state.jobs, state.dry_runs) == (0, {}, 32)


def test_the_limit_of_the_month_counts_what_was_billed_in_it(make_source: MakeSource, service, state, tmp_path) -> None:
    tables_of(make_source(service, period="2026-09"), tmp_path)
    with pytest.raises(SourceError, match=r"604.00 GiB .*; the limit is 296.00 GiB"):
        tables_of(make_source(service), tmp_path)


def test_the_service_is_given_what_is_left_of_the_limit(make_source: MakeSource, service, state, tmp_path) -> None:
    tables_of(make_source(service, max_gib=700), tmp_path)
    caps = [int(job["configuration"]["query"]["maximumBytesBilled"]) for job in state.jobs.values()]
    assert caps[:2] == [700 * GIB, 680 * GIB]
    assert caps[-1] == (700 - 602) * GIB


def test_sampled_days_are_paid_alone_and_the_full_month_pays_the_rest(make_source, service, state, tmp_path) -> None:
    tables = tables_of(make_source(service, sample_days=8), tmp_path)
    assert state.bytes_billed == 8 * DAY_BYTES + 2 * METADATA_BYTES
    assert "downloads_daily" not in tables
    assert tables["download_totals"].num_rows > 100
    tables_of(make_source(service), tmp_path)
    assert state.bytes_billed == MONTH_BYTES


def test_a_day_can_be_counted_anew_on_purpose(make_source: MakeSource, service, state, october, tmp_path) -> None:
    tables_of(make_source(service), tmp_path)
    tables = tables_of(make_source(service, refetch=("2026-10-05",)), tmp_path)
    assert state.bytes_billed == MONTH_BYTES + DAY_BYTES
    assert sorted_rows(tables["downloads_daily"]) == sorted_rows(october["downloads_daily"])
    tables_of(make_source(service, refetch=("metadata",)), tmp_path)
    assert state.bytes_billed == MONTH_BYTES + DAY_BYTES + 2 * METADATA_BYTES


@pytest.mark.parametrize(
    ("status", "reason", "at", "says"),
    [
        (403, "accessDenied", "jobs", "access is denied.*BigQuery Job User"),
        (403, "billingNotEnabled", "jobs", "no billing account.*sandbox"),
        (403, "accessNotConfigured", "tables", "the BigQuery API is not enabled in the project.*Enable it"),
        (403, "quotaExceeded", "jobs", "a quota of the project is used up.*Wait.*sandbox monthly"),
        (404, "notFound", "tables/file_downloads", "columns of bigquery-public-data.pypi.file_downloads: not found"),
        (400, "invalidQuery", "jobs", "does not fit the table.*pipeline/sql/bigquery/"),
        (503, "backendError", "jobs", "the service failed.*The same command continues"),
    ],
)
def test_what_the_service_refuses_is_one_clear_line(
    make_source, service, state, tmp_path, status, reason, at, says
) -> None:
    state.faults.append(failing(status, reason, "said\n\x1b[31mby the server", at=at))
    with pytest.raises(SourceError, match=says) as caught:
        tables_of(make_source(service), tmp_path)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert state.bytes_billed == 0


def test_a_job_that_fails_says_why_and_leaves_what_was_landed(make_source, service, state, tmp_path) -> None:
    def fail_after_three(handler: Handler) -> bool:
        if len(state.jobs) >= 3:
            state.job_error = {"reason": "quotaExceeded", "message": "Exceeded quota"}
        return False

    state.faults.append(fail_after_three)
    with pytest.raises(SourceError, match="a quota of the project is used up"):
        tables_of(make_source(service), tmp_path)
    assert state.bytes_billed == 3 * DAY_BYTES
    state.faults.clear()
    state.job_error = None
    tables_of(make_source(service), tmp_path)
    assert state.bytes_billed == MONTH_BYTES


def test_a_job_over_its_limit_is_not_run(make_source, service, state, tmp_path) -> None:
    state.job_error = {"reason": "bytesBilledLimitExceeded", "message": "Query exceeded limit for bytes billed"}
    with pytest.raises(SourceError, match=r"more than the limit of bytes.*--max-gib.*`pypi-adoption estimate`"):
        tables_of(make_source(service), tmp_path)


@pytest.mark.parametrize("at", ["/queries/", "pageToken="])
def test_rows_lost_half_way_are_read_again_without_paying(make_source, service, state, october, tmp_path, at) -> None:
    lost = []

    def hang_up(handler: Handler) -> bool:
        if at in handler.path and len(state.jobs) == 2:
            lost.append(handler.path)
            handler.hang_up()
            return True
        return False

    state.faults.append(hang_up)
    with pytest.raises(SourceError, match=r"the connection was lost.*what was paid is not paid again"):
        tables_of(make_source(service), tmp_path)
    assert lost
    assert state.bytes_billed == 2 * DAY_BYTES
    state.faults.clear()
    tables = tables_of(make_source(service), tmp_path)
    assert sorted_rows(tables["downloads_daily"]) == sorted_rows(october["downloads_daily"])
    assert state.bytes_billed == MONTH_BYTES


def test_an_answer_lost_after_the_query_was_taken_is_not_paid_twice(make_source, service, state, tmp_path) -> None:
    lost = []

    def take_and_hang_up(handler: Handler) -> bool:
        if handler.body and not handler.body["configuration"].get("dryRun") and not lost:
            lost.append(1)
            handler.take()
            handler.hang_up()
            return True
        return False

    state.faults.append(take_and_hang_up)
    tables_of(make_source(service), tmp_path)
    assert lost
    assert state.bytes_billed == MONTH_BYTES


def test_a_result_that_is_gone_is_paid_again(make_source, service, state, tmp_path) -> None:
    state.faults.append(failing(403, "accessDenied", "no", at="queries/"))
    with pytest.raises(SourceError):
        tables_of(make_source(service), tmp_path)
    state.faults.clear()
    for job in state.jobs.values():
        job["statistics"]["endTime"] = "1000"
    source = make_source(service)
    tables_of(source, tmp_path)
    assert state.bytes_billed == MONTH_BYTES + DAY_BYTES
    # Nobody saw the end of the query whose result is gone, and it was billed all the same.
    assert source.ledger.billed_since(NOW) == MONTH_BYTES + DAY_BYTES


def test_a_query_that_another_account_has_sent_does_not_stand_in_the_way(make_source, service, state, tmp_path) -> None:
    state.faults.append(failing(403, "accessDenied", "no", at="queries/"))
    with pytest.raises(SourceError):
        tables_of(make_source(service), tmp_path)
    state.faults.clear()
    (job_id,) = state.jobs
    state.faults.append(failing(403, "accessDenied", "does not have bigquery.jobs.get", at=f"jobs/{job_id}"))
    tables_of(make_source(service), tmp_path)
    assert state.bytes_billed == MONTH_BYTES + DAY_BYTES


def test_a_query_whose_end_nobody_saw_counts_in_the_limit(make_source, service, state, tmp_path) -> None:
    state.faults.append(failing(403, "accessDenied", "no", at="queries/"))
    with pytest.raises(SourceError):
        tables_of(make_source(service), tmp_path)
    state.faults.clear()
    state.price = 2
    # What is left of 900 GiB.
    with pytest.raises(SourceError, match=r"1.14 TiB .*the limit is 880.00 GiB"):
        tables_of(make_source(service), tmp_path)


def _column(state: State, table: str, *path: str) -> tuple[list, dict]:
    fields = state.schemas[table]
    for name in path[:-1]:
        fields = next(one for one in fields if one["name"] == name)["fields"]
    return fields, next(one for one in fields if one["name"] == path[-1])


def test_a_column_that_is_gone_is_named_before_anything_is_paid(make_source, service, state, tmp_path) -> None:
    fields, gone = _column(state, "file_downloads", "details", "installer", "name")
    fields.remove(gone)
    with pytest.raises(SourceError, match=r"has no column details\.installer\.name any more, which clients reads"):
        tables_of(make_source(service), tmp_path)
    assert (state.bytes_billed, state.dry_runs) == (0, 0)


def test_a_column_of_another_type_is_named_before_anything_is_paid(make_source, service, state, tmp_path) -> None:
    _, changed = _column(state, "distribution_metadata", "requires_dist")
    del changed["mode"]
    with pytest.raises(SourceError, match=r"The column requires_dist of .* is STRING now, not STRING REPEATED"):
        tables_of(make_source(service), tmp_path)
    assert state.bytes_billed == 0


def test_a_new_column_is_remarked_and_does_no_harm(make_source, service, state, tmp_path) -> None:
    _column(state, "file_downloads", "details", "ci")[0].append({"name": "new_column", "type": "STRING"})
    source = make_source(service)
    tables_of(source, tmp_path)
    assert "has columns that are not known here: details.new_column." in source.notes()["downloads_daily"].note


def test_without_credentials_the_way_out_is_named(make_source, monkeypatch, tmp_path) -> None:
    def none_found(*_: object, **__: object) -> None:
        raise DefaultCredentialsError("none")

    monkeypatch.setattr(google.auth, "default", none_found)
    with pytest.raises(SourceError, match=r"no Google Cloud credentials were found.*gcloud auth application-default"):
        tables_of(make_source(BigQueryService("paying-project")), tmp_path)


def test_a_key_that_is_not_there_is_named(make_source, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
    with pytest.raises(SourceError, match=r"no Google Cloud credentials were found: .*key\.json"):
        tables_of(make_source(BigQueryService("paying-project")), tmp_path)


@pytest.mark.parametrize("kind", [GoogleAuthError, MutualTLSChannelError, RefreshError])
def test_whatever_is_wrong_with_signing_in_is_one_line_with_a_way_out(kind: type[Exception]) -> None:
    with (
        pytest.raises(SourceError, match=r"^Signing in: .*broken certificate.*(shows how|login)"),
        translated("Signing in"),
    ):
        raise kind("broken\ncertificate")


def test_a_service_that_is_not_there_does_not_hang(make_source, tmp_path) -> None:
    nobody = BigQueryService("paying-project", Endpoint("http://127.0.0.1:9"), patience_seconds=0.3)
    with pytest.raises(SourceError, match="the connection was lost"):
        tables_of(make_source(nobody), tmp_path)


@pytest.mark.parametrize("elsewhere", [Endpoint("http://127.0.0.1:9"), Endpoint(storage="127.0.0.1:9")])
def test_what_another_place_than_the_service_gives_counts_as_made_up(elsewhere: Endpoint) -> None:
    assert not BigQueryService("paying-project").is_simulated
    service = BigQueryService("paying-project", elsewhere)
    assert service.is_simulated
    assert service.identity.startswith("at-")
