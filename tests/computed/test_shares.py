from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.computed.shares import with_intervals


def shares(*rows: tuple[int | None, int, int | None, str]) -> list[dict]:
    numerator, denominator, total, unit = zip(*rows, strict=True)
    table = {
        "numerator": pa.array(numerator, pa.int64()),
        "denominator": pa.array(denominator, pa.int64()),
        "total": pa.array(total, pa.int64()),
        "unit": pa.array(unit),
    }
    return with_intervals(pa.table(table)).to_pylist()


def test_a_census_has_a_share_and_no_interval() -> None:
    (row,) = shares((3, 4, 4, "projects"))
    assert (row["is_census"], row["share"], row["share_low"], row["share_high"]) == (True, 0.75, None, None)


def test_what_was_not_observed_has_no_share_and_no_numerator() -> None:
    for row in shares((0, 0, 7, "projects"), (None, 0, 7, "projects"), (0, 0, 0, "projects")):
        assert row["numerator"] is None
        assert row["share"] is None
        assert row["is_census"] is False


def test_a_sample_has_wilsons_interval() -> None:
    """177 of 500: 31.3 to 39.7 %, as published for that count."""
    (row,) = shares((177, 500, 1_000_000, "projects"))
    assert (round(row["share_low"], 3), round(row["share_high"], 3)) == (0.313, 0.397)


def test_a_near_census_cannot_be_further_off_than_what_is_missing() -> None:
    """One of ten is missing and three hold: three or four of ten."""
    (row,) = shares((3, 9, 10, "projects"))
    assert (row["share_low"], row["share_high"]) == (0.3, 0.4)


def test_where_nobody_knows_how_many_there_are_it_is_no_census_and_only_chance_bounds_it() -> None:
    unknown, many = shares((3, 9, None, "files"), (3, 9, 1_000_000, "files"))
    assert (unknown["is_census"], unknown["share"]) == (False, 3 / 9)
    assert (unknown["share_low"], unknown["share_high"]) == (many["share_low"], many["share_high"])


def test_downloads_have_no_interval() -> None:
    (row,) = shares((3, 9, 10, "downloads"))
    assert (row["share_low"], row["share_high"]) == (None, None)


def test_counts_stay_whole_numbers() -> None:
    table = pa.table({"numerator": [1, None], "denominator": [2, 0], "total": [3, 3], "unit": ["files", "files"]})
    assert with_intervals(table).schema.field("numerator").type == pa.int64()


counts = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).map(sorted).map(tuple)


@given(counts)
def test_the_interval_holds_the_share_and_lies_within_0_and_1(count: tuple[int, int, int]) -> None:
    (row,) = shares((*count, "files"))
    if row["share_low"] is not None:
        assert 0 <= row["share_low"] <= row["share"] + 1e-12
        assert row["share"] - 1e-12 <= row["share_high"] <= 1


@pytest.mark.parametrize("extra", [0, 1, 50])
def test_more_unobserved_units_never_narrow_the_interval(extra: int) -> None:
    before, after = shares((20, 40, 45, "files"), (20, 40, 45 + extra, "files"))
    assert after["share_low"] <= before["share_low"]
    assert after["share_high"] >= before["share_high"]


@given(counts)
def test_the_complement_has_the_mirrored_interval(count: tuple[int, int, int]) -> None:
    held, observed, total = count
    one, other = shares((held, observed, total, "files"), (observed - held, observed, total, "files"))
    assert one["is_census"] == other["is_census"]
    if one["share_low"] is not None:
        assert one["share_low"] == pytest.approx(1 - other["share_high"], abs=1e-12)
        assert one["share_high"] == pytest.approx(1 - other["share_low"], abs=1e-12)


@given(counts, st.integers(2, 50))
def test_the_same_share_of_more_units_has_a_narrower_interval(count: tuple[int, int, int], times: int) -> None:
    before, after = shares((*count, "files"), (*(number * times for number in count), "files"))
    if before["share_low"] is not None:
        assert after["share_high"] - after["share_low"] <= before["share_high"] - before["share_low"] + 1e-12


@given(counts)
def test_the_interval_lies_within_what_the_unobserved_could_make_of_it(count: tuple[int, int, int]) -> None:
    held, observed, total = count
    (row,) = shares((*count, "files"))
    if row["share_low"] is not None:
        assert row["share_low"] >= held / total - 1e-12
        assert row["share_high"] <= (held + total - observed) / total + 1e-12
