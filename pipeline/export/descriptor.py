"""`datapackage.json`: the package in the words of Frictionless Data Package v1 (https://specs.frictionlessdata.io)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.export.identity import DATA_LICENCE, Identity
from pipeline.export.marts import Column, Mart
from pipeline.files import sha256_of
from pipeline.warehouse.plain import is_nested

Json = dict[str, Any]

MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
}


@dataclass(frozen=True)
class Written:
    """A file of the package that holds tables."""

    path: Path
    format_name: str
    mart: Mart | None
    """Its table; None where it holds all of them."""


def describe(identity: Identity, files: Iterable[Written]) -> Json:
    """The descriptor of a package whose files are written."""
    run = identity.run
    return {
        "profile": "data-package",
        "name": identity.name,
        "title": identity.title,
        "description": identity.description,
        "version": str(run["code_version"]),
        "created": f"{identity.created:%Y-%m-%dT%H:%M:%SZ}",
        "keywords": identity.keywords,
        "licenses": [DATA_LICENCE],
        "contributors": [{"title": author.title, "role": "author"} for author in identity.citation.authors],
        "sources": _sources(identity),
        # Properties of this project; the specification allows others than its own.
        "isSimulated": identity.is_simulated,
        "schemaVersion": run["schema_version"],
        "source": run["source"],
        "period": run["period"],
        "observedOn": f"{run['observed_on']:%Y-%m-%d}",
        "resources": [_resource(file) for file in files],
    }


def _sources(identity: Identity) -> Sequence[Json]:
    """The files that the tables rest on, each with its hash, in the words of `inputs`."""
    return [
        {"title": f"{one.name} (source {one.source}, {one.period}; SHA-256 {one.sha256})"} for one in identity.inputs
    ]


def _resource(file: Written) -> Json:
    common = {
        "path": file.path.name,
        "format": file.format_name,
        "mediatype": MEDIA_TYPES[file.format_name],
        "bytes": file.path.stat().st_size,
        "hash": f"sha256:{sha256_of(file.path)}",
    }
    if file.mart is None:
        title = "All tables in one SQLite database; its tables about and dictionary say what they are"
        name = f"{file.path.stem}-{file.format_name}".lower()
        return {"name": name, "profile": "data-resource", "title": title, **common}
    head = {"title": file.mart.name, "description": file.mart.description}
    if file.format_name == "csv":
        return {
            "name": file.mart.name,
            "profile": "tabular-data-resource",
            **head,
            **common,
            "encoding": "utf-8",
            "dialect": {
                "delimiter": ",",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
                "lineTerminator": "\n",
            },
            "schema": _schema(file.mart),
        }
    # `type` tells readers of today's frictionless that the bytes are to be checked, and not to be read as text.
    return {
        "name": f"{file.mart.name}-{file.format_name}",
        "profile": "data-resource",
        "type": "file",
        **head,
        **common,
    }


def _schema(mart: Mart) -> Json:
    schema: Json = {"fields": [_field(column) for column in mart.columns], "missingValues": [""]}
    return schema | ({"primaryKey": list(mart.key)} if mart.key else {})


def _field(column: Column) -> Json:
    constraints: Json = {"required": True} if column.is_required and not column.has_empty_text else {}
    if column.accepted:
        constraints["enum"] = list(column.accepted)
    field = {"name": column.name, **_type_of(column.kind), "description": column.description}
    return field | ({"constraints": constraints} if constraints else {})


def _type_of(kind: str) -> Json:
    """The Table Schema type of a DuckDB type, as `pipeline.warehouse.plain` writes its values."""
    if is_nested(kind):
        return {"type": "array" if kind.endswith("]") else "object"}
    if kind == "BOOLEAN":
        return {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
    if kind.startswith("TIMESTAMP"):
        return {"type": "datetime"}
    if kind.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
        return {"type": "number"}
    if kind.endswith("INT") or kind == "INTEGER":
        return {"type": "integer"}
    return {"type": "date" if kind == "DATE" else "string"}
