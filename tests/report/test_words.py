from __future__ import annotations

from datetime import date

import pytest
from markupsafe import Markup

from pipeline.charts import labels
from pipeline.report import words

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.count(886323), "886,323"),
        (words.count(0), "0"),
        (words.share(0.354), f"35.4{NBSP}%"),
        (words.share(0.00001), f"<0.1{NBSP}%"),
        (words.share(0.99999), f">99.9{NBSP}%"),
        (words.share(0), f"0.0{NBSP}%"),
        (words.points(0.0027), "0.27"),
        (words.number(235.7), "235.7"),
        (words.number(140000.0), "140,000"),
        (words.day(date(2024, 8, 2)), "<time>2024-08-02</time>"),
        (words.month(date(2024, 8, 2)), "<time>2024-08</time>"),
        (words.since(date(2024, 8, 2), is_by_month=True), "since 2024-08-02"),
        (words.since(date(2024, 1, 1), is_by_month=True), "after 2024-01"),
        (words.since(date(2024, 1, 1), is_by_month=False), "since 2024-01-01"),
        (words.about(140000, "at least"), "at least 140,000"),
        (words.about(38248, "exactly"), "38,248"),
        (labels.spoken("leaked_token"), "leaked token"),
        (
            labels.term_name("mass80 and dependents", "criticality_jaccard"),
            "Fewest projects with 80 % of downloads and Top 1 % by transitive dependents",
        ),
        (
            labels.term_name("downloads and dependents", "criticality_rank_correlation"),
            "downloads and transitive dependents",
        ),
    ],
)
def test_values_are_written_as_people_read_them(written, expected):
    assert written == expected


@pytest.mark.parametrize("write", [words.count, words.share, words.points, words.number, words.day, words.month])
def test_what_is_not_known_says_so(write):
    assert write(None) == words.UNKNOWN


def test_newest_upload_is_as_precise_as_it_was_observed():
    row = {"newest_upload_at": date(2022, 8, 1), "newest_upload_precision": "month"}
    assert words.newest_upload(row) == "<time>2022-08</time>"
    assert words.newest_upload(row | {"newest_upload_precision": "second"}) == "<time>2022-08-01</time>"


def test_text_between_backticks_is_code_and_everything_is_escaped():
    assert words.marked_code("Use `a <b>` & <i>") == Markup("Use <code>a &lt;b&gt;</code> &amp; &lt;i&gt;")


def test_pick_gives_the_first_row_that_fits_or_none():
    rows = [{"tier": "all", "n": 1}, {"tier": "top", "n": 2}]
    assert words.pick(rows, tier="top") == rows[1]
    assert words.pick(rows, tier="none") is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(92 / 100, 95 / 100, True), (92 / 100, 0.94, False), (0.925, 95 / 100, False)],
)
def test_an_interval_as_wide_as_what_was_not_observed_is_certain(low: float, high: float, expected: bool) -> None:
    row = {"numerator": 92, "denominator": 97, "total": 100, "share_low": low, "share_high": high}
    assert words.is_certain(row) is expected
