"""What may go wrong with the service, as one clear line each with the way out."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth

from pipeline.errors import SourceError

_LONGEST: Final = 240
GUIDE: Final = "docs/bigquery.md shows how."
CONTINUE: Final = "The same command continues: what is landed is kept, and what was paid is not paid again."

_BY_REASON: Final = {
    "quotaExceeded": (
        "a quota of the project is used up",
        "Wait until it renews (a quota of a day at midnight Pacific time, the free TiB of a sandbox monthly), or raise "
        "it in the console. " + CONTINUE,
    ),
    "bytesBilledLimitExceeded": (
        "it would read more than the limit of bytes, so it was not run",
        "Raise --max-gib, or see the cheaper ways with `pypi-adoption estimate`.",
    ),
    "billingNotEnabled": (
        "the project has no billing account",
        "Use the sandbox (no card; 1 TiB a month) or link a billing account. " + GUIDE,
    ),
    "accessNotConfigured": (
        "the BigQuery API is not enabled in the project",
        "Enable it in the console (APIs & Services, Library, BigQuery API), and wait some minutes. " + GUIDE,
    ),
    "accessDenied": (
        "access is denied",
        "The account needs the role BigQuery Job User in the project given with --bigquery-project. " + GUIDE,
    ),
    "rateLimitExceeded": ("too many requests at once", CONTINUE),
    "invalidQuery": (
        "the query does not fit the table, whose columns may have changed",
        "Bring pipeline/sql/bigquery/ and pipeline/sources/bigquery/shape.py up to date.",
    ),
}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn what the client library raises into a SourceError that begins with what was being done.

    Raises:
        SourceError: in the place of any error of the library or of the connection.
    """
    try:
        yield
    except api.RetryError as error:
        raise _lost(doing, error.cause or error) from error
    except auth.DefaultCredentialsError as error:
        raise SourceError(
            f"{doing}: no Google Cloud credentials were found: {one_line(str(error))}",
            way_out="Run `gcloud auth application-default login`, or name a key in GOOGLE_APPLICATION_CREDENTIALS. "
            + GUIDE,
        ) from error
    except auth.RefreshError as error:
        raise SourceError(
            f"{doing}: the Google Cloud credentials are not accepted any more: {one_line(str(error))}",
            way_out="Run `gcloud auth application-default login` again, or name another key in "
            "GOOGLE_APPLICATION_CREDENTIALS.",
        ) from error
    except api.GoogleAPICallError as error:
        raise _answered(doing, error) from error
    except (
        auth.TransportError,
        requests.RequestException,
        ConnectionError,
        TimeoutError,
        concurrent.futures.TimeoutError,
    ) as error:
        raise _lost(doing, error) from error
    except auth.GoogleAuthError as error:
        raise SourceError(f"{doing}: signing in failed: {one_line(str(error))}", way_out=GUIDE) from error
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise SourceError(
            f"{doing}: the answer cannot be read: {one_line(str(error))}", way_out="Try again later. " + CONTINUE
        ) from error


def one_line(text: str) -> str:
    """The first words of what a stranger's server says, without control characters."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(plain.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def reason_of(error: api.GoogleAPICallError) -> str:
    """The service's own word for what went wrong (`quotaExceeded`), empty where it gives none."""
    details = error.errors or []
    first = details[0] if details else {}
    return str(first.get("reason", "")) if isinstance(first, dict) else ""


def _answered(doing: str, error: api.GoogleAPICallError) -> SourceError:
    said = one_line(str(error.message))
    reason = reason_of(error)
    if reason in _BY_REASON:
        what, way_out = _BY_REASON[reason]
        return SourceError(f"{doing}: {what} ({said}).", way_out=way_out)
    if isinstance(error, api.NotFound):
        return SourceError(
            f"{doing}: not found ({said}).",
            way_out="Look whether the project of --bigquery-project exists, and whether the dataset was renamed.",
        )
    if isinstance(error, api.Forbidden | api.Unauthorized):
        what, way_out = _BY_REASON["accessDenied"]
        return SourceError(f"{doing}: {what} ({said}).", way_out=way_out)
    return SourceError(f"{doing}: the service failed ({said}).", way_out=CONTINUE)


def _lost(doing: str, error: BaseException) -> SourceError:
    if isinstance(error, api.GoogleAPICallError):
        return _answered(doing, error)
    return SourceError(f"{doing}: the connection was lost ({one_line(str(error))}).", way_out=CONTINUE)
