from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.labels import percent
from pipeline.charts.marks import first_and_last, milestone_flags, spread
from pipeline.charts.theme import Look


@given(st.lists(st.floats(0, 300), max_size=12))
def test_spread_keeps_the_order_the_bounds_and_the_distance(positions):
    moved = spread(positions, gap=15, low=6, high=296)
    assert len(moved) == len(positions)
    assert all(6 - 1e-9 <= place <= 296 + 1e-9 for place in moved)
    order = sorted(range(len(positions)), key=lambda place: positions[place])
    steps = [moved[later] - moved[earlier] for earlier, later in pairwise(order)]
    assert all(step >= 15 - 1e-9 for step in steps)


def test_spread_leaves_alone_what_is_far_enough_apart():
    assert spread([200, 10, 100], gap=15, low=0, high=300) == [200, 10, 100]
    assert spread([100, 101], gap=15, low=0, high=300) == [100, 115]
    assert spread([299, 300], gap=15, low=0, high=300) == [285, 300]


def test_flags_run_to_the_middle_and_each_has_a_level_of_its_own():
    rows = pl.DataFrame(
        {
            "date": [date(2020, 2, 1), date(2020, 4, 1), date(2025, 1, 1), date(2025, 6, 1)],
            "label": ["a", "b", "c", "d"],
            "title": ["a", "b", "c", "d"],
        }
    )
    layers = [layer.to_dict() for layer in milestone_flags(rows, Look(), start=date(2020, 1, 1), end=date(2026, 1, 1))]
    texts = [layer for layer in layers if layer["mark"]["type"] == "text" and "stroke" not in layer["mark"]]
    sides = {next(iter(text["datasets"].values()))[0]["label"]: text["mark"]["align"] for text in texts}
    assert sides == {"a": "left", "b": "left", "c": "right", "d": "right"}
    heights = {next(iter(text["datasets"].values()))[0]["label"]: text["encoding"]["y"]["value"] for text in texts}
    assert heights["d"] < heights["c"]  # of those that run to the left, the later stands higher
    assert heights["a"] < heights["b"]  # of those that run to the right, the earlier
    assert len(set(heights.values())) == 4


def test_ends_of_a_column_of_dates():
    days = pl.Series([date(2024, 8, 2), None, date(2019, 5, 4)])
    assert first_and_last(days) == (date(2019, 5, 4), date(2024, 8, 2))


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "0.0 %"), (0.0004, "<0.1 %"), (0.354, "35.4 %"), (0.9996, ">99.9 %"), (1, "100.0 %")],
)
def test_next_to_nothing_is_not_nothing_and_next_to_all_is_not_all(share, expected):
    assert percent(share) == expected
