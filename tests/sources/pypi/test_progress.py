"""Progress: nothing for a quick collection, a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline.progress import Reporter
from pipeline.sources.pypi import progress as module
from pipeline.sources.pypi.progress import CollectionProgress


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr(module.time, "monotonic", lambda: Clock.now)
    return Clock


def told(clock, seconds_each, projects, *, terminal=False, failed=0):
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100)
    with CollectionProgress(projects, console) as progress:
        for number in range(projects):
            clock.now += seconds_each
            progress.advance(has_failed=number < failed)
    return file.getvalue()


def test_a_quick_collection_says_nothing(clock):
    assert told(clock, 0.001, 100) == ""
    assert "asked" not in told(clock, 0.001, 100, terminal=True)


def test_without_a_terminal_a_line_every_half_minute_and_one_at_the_end(clock):
    lines = told(clock, 1, 70, failed=2).splitlines()
    assert [line.split(" in ")[0] for line in lines] == [
        "asked the index about 30 of 70 projects",
        "asked the index about 60 of 70 projects",
        "asked the index about 70 of 70 projects",
    ]
    assert lines[-1].endswith("in 70.0 s (1.0/s), 2 of them with something that could not be read")


def test_on_a_terminal_a_bar_with_the_rate_and_a_line_at_the_end(clock):
    text = told(clock, 0.5, 10, terminal=True)
    assert "10/10" in text
    assert "2.0/s" in text
    assert text.rstrip().endswith("asked the index about 10 of 10 projects in 5.0 s (2.0/s)")


def test_it_may_stand_within_the_bar_of_a_stage(clock):
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100)
    with Reporter(console).stage("fetch"), CollectionProgress(3, console) as progress:
        for _ in range(3):
            clock.now += 2
            progress.advance(has_failed=False)
    assert "asked the index about 3 of 3 projects in 6.0 s" in file.getvalue()
