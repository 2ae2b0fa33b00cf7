"""A way to collect from a server on this machine."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.pypi import Manners, PypiSource, Selection, top_projects
from pipeline.sources.web import Limits

sys.path.insert(0, str(Path(__file__).parent))

from small_index import NOW, Builder

QUICK = Limits(idle_seconds=0.5, total_seconds=5, attempts=3, first_wait_seconds=0.01, max_wait_seconds=2)


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
