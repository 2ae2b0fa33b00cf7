"""What a run has for itself while it works, whatever another one with another database does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from pipeline import run as steps
from pipeline.errors import PublishError
from pipeline.files import locked
from pipeline.progress import Reporter
from pipeline.run import Context, fetch, rebuild, report, run
from pipeline.settings import Settings


@pytest.fixture
def context(tmp_path: Path) -> Context:
    places = {"database": tmp_path / "a.duckdb", "landing": tmp_path / "landing", "reports": tmp_path / "reports"}
    settings = Settings(source="simulated", projects=30, seed=1, **places)
    return Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter())


def is_free(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False


def watch(monkeypatch: pytest.MonkeyPatch, lock: Path, *names: str) -> list[bool]:
    """Whether a lock was free at each call of some steps of a run."""
    found: list[bool] = []

    def watched(step: Callable) -> Callable:
        def call(*args):
            found.append(is_free(lock))
            return step(*args)

        return call

    for name in names:
        monkeypatch.setattr(steps, name, watched(getattr(steps, name)))
    return found


def test_nobody_else_writes_reports_between_preparing_and_publishing_one(context: Context, monkeypatch) -> None:
    lock = context.settings.reports / ".lock"
    found = watch(monkeypatch, lock, "_prepare_report", "publish", "_publish_report")
    run(context)
    report(context)
    assert found == [False] * 5
    assert is_free(lock)


def test_nobody_else_changes_the_landing_while_it_is_read(context: Context, monkeypatch) -> None:
    lock = context.settings.landing / ".lock"
    fetch(context)
    assert is_free(lock)
    found = watch(monkeypatch, lock, "build")
    rebuild(context)
    run(context)
    assert found == [False] * 2
    assert is_free(lock)


def test_one_database_has_one_run_at_a_time_whatever_it_does(context: Context, monkeypatch) -> None:
    lock = context.settings.database.with_name(".a.duckdb.lock")
    found = watch(monkeypatch, lock, "_fetch", "_landed", "_prepare_report")
    run(context)
    fetch(context)
    rebuild(context)
    report(context)
    assert found == [False] * 6
    assert is_free(lock)


def test_who_waits_goes_on_when_the_other_is_done_and_who_does_not_is_told(tmp_path: Path) -> None:
    path, order = tmp_path / "new" / ".lock", []

    def wait() -> None:
        with locked(path, waits=True):
            order.append("the other")

    with locked(path):
        with pytest.raises(PublishError, match="Another run is at work"), locked(path):
            pass
        other = threading.Thread(target=wait)
        other.start()
        other.join(0.3)
        order.append("this one")
    other.join(20)
    assert order == ["this one", "the other"]
