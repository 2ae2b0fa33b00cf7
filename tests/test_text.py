"""Characters that do not show are written as their codes."""

from __future__ import annotations

from pipeline.text import visible


def test_what_does_not_show_is_written_as_its_code() -> None:
    assert visible("evil\u202egnp\u200b.exe\n") == r"evil\u202egnp\u200b.exe\u000a"


def test_what_shows_stays() -> None:
    assert visible("naïve 日本") == "naïve 日本"
