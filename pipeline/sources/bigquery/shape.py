"""The two public datasets as they are expected, and the tables that the queries make of them.

Columns of `file_downloads` after pypi/linehaul-cloud-function (linehaul/events/parser.py and
linehaul/ua/datastructures.py), of `distribution_metadata` after pypi/warehouse (tests/unit/packaging/test_tasks.py and
warehouse/forklift/legacy.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from pipeline.sources.contract import LANDING_TABLES, TIMESTAMP

DATASET: Final = "bigquery-public-data.pypi"
FILE_DOWNLOADS: Final = f"{DATASET}.file_downloads"
DISTRIBUTION_METADATA: Final = f"{DATASET}.distribution_metadata"

PARTITION_COLUMN: Final = {FILE_DOWNLOADS: "timestamp"}
"""The column by which a table is cut into days; a query that does not bound it reads, and bills, all of history."""

_PAIR: Final = pa.struct([("name", pa.string()), ("version", pa.string())])
_LIST: Final = pa.list_(pa.string())

FILE_DOWNLOADS_SCHEMA: Final = pa.schema(
    [
        ("timestamp", TIMESTAMP),
        ("country_code", pa.string()),
        ("url", pa.string()),
        ("project", pa.string()),
        ("file", pa.struct([(name, pa.string()) for name in ("filename", "project", "version", "type")])),
        (
            "details",
            pa.struct(
                [
                    ("installer", pa.struct([(name, pa.string()) for name in ("name", "version", "subcommand")])),
                    ("python", pa.string()),
                    ("implementation", _PAIR),
                    (
                        "distro",
                        pa.struct(
                            [
                                ("name", pa.string()),
                                ("version", pa.string()),
                                ("id", pa.string()),
                                ("libc", pa.struct([("lib", pa.string()), ("version", pa.string())])),
                            ]
                        ),
                    ),
                    ("system", pa.struct([("name", pa.string()), ("release", pa.string())])),
                    ("cpu", pa.string()),
                    ("openssl_version", pa.string()),
                    ("setuptools_version", pa.string()),
                    ("rustc_version", pa.string()),
                    ("ci", pa.bool_()),
                ]
            ),
        ),
        ("tls_protocol", pa.string()),
        ("tls_cipher", pa.string()),
    ]
)

_TEXTS: Final = (
    "metadata_version name version summary description description_content_type author author_email maintainer "
    "maintainer_email license license_expression keywords home_page download_url requires_python uploaded_via filename "
    "path python_version packagetype comment_text md5_digest sha256_digest blake2_256_digest"
)
_LISTS: Final = (
    "license_files classifiers platform requires provides obsoletes requires_dist provides_dist obsoletes_dist "
    "requires_external project_urls"
)

DISTRIBUTION_METADATA_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS.split()),
        *((name, _LIST) for name in _LISTS.split()),
        ("upload_time", TIMESTAMP),
        ("size", pa.int64()),
        ("has_signature", pa.bool_()),
    ]
)

TABLES: Final[dict[str, pa.Schema]] = {
    FILE_DOWNLOADS: FILE_DOWNLOADS_SCHEMA,
    DISTRIBUTION_METADATA: DISTRIBUTION_METADATA_SCHEMA,
}


@dataclass(frozen=True)
class Kind:
    """One kind of query: what it reads, and what it gives."""

    query: str
    """Name of the file in `pipeline/sql/bigquery/`."""
    table: str
    reads: tuple[str, ...]
    """The columns that it reads, by their dotted paths."""
    gives: pa.Schema
    variant: str = ""
    """Which of its lines marked `-- only VARIANT` are a part of it."""
    loses: str = ""
    """What its result does not tell that the full one tells."""


_COUNTED: Final = pa.schema(
    [
        pa.field("project_name", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("download_count", pa.int64(), nullable=False),
    ]
)
_REQUIREMENTS: Final = pa.schema(
    [("project_name", pa.string()), ("version", pa.string()), ("requires_dist", _LIST), ("uploaded_at", TIMESTAMP)]
)
_FILES: Final = pa.schema(
    [
        LANDING_TABLES["files"].field(name)
        for name in ("project_name", "version", "filename", "packagetype", "upload_tool", "size_bytes", "uploaded_at")
    ]
)
_CLIENT: Final = ("timestamp", "project", "details.installer.name", "details.ci")

KINDS: Final[dict[str, Kind]] = {
    "clients": Kind("downloads_daily", FILE_DOWNLOADS, _CLIENT, LANDING_TABLES["downloads_daily"]),
    "distributions": Kind(
        "downloads_daily",
        FILE_DOWNLOADS,
        (*_CLIENT, "file.filename"),
        LANDING_TABLES["downloads_daily"],
        variant="distributions",
    ),
    "plain": Kind(
        "downloads_daily_plain",
        FILE_DOWNLOADS,
        ("timestamp", "project"),
        _COUNTED,
        loses="mirrors and continuous integration can not be told apart and are counted in",
    ),
    "critical": Kind(
        "downloads_daily_critical",
        FILE_DOWNLOADS,
        ("timestamp", "project", "details.installer.name"),
        _COUNTED,
        loses="only projects that the bundled snapshot ranks in the top 1 % are counted, and ranks stay its ranks",
    ),
    "files": Kind(
        "files",
        DISTRIBUTION_METADATA,
        ("name", "version", "filename", "packagetype", "uploaded_via", "size", "upload_time"),
        _FILES,
    ),
    "requirements": Kind(
        "requirements",
        DISTRIBUTION_METADATA,
        ("name", "version", "filename", "requires_dist", "upload_time"),
        _REQUIREMENTS,
    ),
}
"""`clients` and its cheaper or dearer relatives for downloads, and the two for uploads."""

METADATA_KINDS: Final = ("files", "requirements")


def flat(schema: pa.Schema) -> Mapping[str, str]:
    """Dotted paths of all leaves of a schema with their types, in the words that `columns` of an engine uses."""
    leaves: dict[str, str] = {}
    pending = [(field.name, field.type) for field in schema]
    while pending:
        path, kind = pending.pop()
        if pa.types.is_struct(kind):
            pending += [(f"{path}.{child.name}", child.type) for child in kind.fields]
        else:
            leaves[path] = _word(kind)
    return leaves


def _word(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"{_word(kind.value_type)} REPEATED"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    if pa.types.is_integer(kind):
        return "INTEGER"
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    return "STRING"
