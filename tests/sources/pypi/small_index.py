"""A package index made by hand, row by row, in the shape of the landing tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from pipeline.sources.contract import LANDING_TABLES

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def table(name: str, rows: list[tuple]) -> pa.Table:
    schema = LANDING_TABLES[name]
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


class Builder:
    """Gathers the rows of projects by hand."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple]] = defaultdict(list)

    def project(self, name: str, *, api_version="1.4", status=None, roles=(), organization=None, roles_observed=True):
        rank = len(self.rows["index"]) + 1
        self.rows["index"].append((name, None, None, rank))
        self.rows["observations"].append((name, NOW, api_version, status, roles_observed, organization, None))
        self.rows["roles"] += [(name, account, role) for account, role in roles]
        return self

    def file(self, project, version, *, day=0, filename=None, yanked=False, provenance=False, kind="sdist"):
        filename = filename or f"{project}-{version}.tar.gz"
        moment = datetime(2025, 1, 1, 8, 30, 15, 250_000, tzinfo=UTC) + timedelta(days=day)
        self.rows["files"].append((project, version, filename, kind, moment, 1234, True, yanked, provenance, None))
        return self

    def publisher(self, project, version, filename, kind, repository=None, workflow=None, environment=None):
        self.rows["publishers"].append(
            (project, version, filename, NOW, kind, repository, workflow, environment),
        )
        return self

    def tables(self) -> dict[str, pa.Table]:
        return {name: table(name, self.rows[name]) for name in LANDING_TABLES}
