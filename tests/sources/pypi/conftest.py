"""A small index in the shape of the landing tables, and a way to collect from a server that shows it."""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.pypi import Manners, PypiSource, Selection, top_projects
from pipeline.sources.web import Limits

sys.path.insert(0, str(Path(__file__).parent))

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
QUICK = Limits(idle_seconds=0.5, total_seconds=5, attempts=3, first_wait_seconds=0.01, max_wait_seconds=2)


def table(name: str, rows: list[tuple]) -> pa.Table:
    schema = LANDING_TABLES[name]
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)


class Builder:
    """Gathers the rows of projects by hand."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple]] = defaultdict(list)

    def project(self, name: str, *, api_version="1.4", status=None, roles=(), organization=None, roles_observed=True):
        rank = len(self.rows["index"]) + 1
        self.rows["index"].append((name, None, rank))
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


@pytest.fixture
def small() -> Builder:
    return Builder()


@pytest.fixture
def collect(tmp_path):
    """Collect from a server; tables come back as lists of dictionaries. The same `scratch` continues."""

    def run(
        server, tables=None, *, scratch="first", top=1000, limits=QUICK, share=1.0, concurrency=8, now=NOW, **known
    ):
        tables = tables or server.tables
        folder = tmp_path / scratch
        folder.mkdir(exist_ok=True)
        selection = Selection(top_projects(tables["index"], top), tables["index"], **known)
        manners = Manners(
            "test@example.org", server.simple, concurrency=concurrency, max_failure_share=share, limits=limits
        )
        console = Console(file=io.StringIO())
        source = PypiSource(
            selection, manners, kept_answers=tmp_path / "answers.sqlite", now=lambda: now, console=console
        )
        collected: dict[str, list[dict]] = {name: [] for name in LANDING_TABLES}
        for name, batch in source.batches(folder):
            assert batch.schema.equals(LANDING_TABLES[name])
            collected[name] += batch.to_pylist()
        run.source = source
        return collected

    return run
