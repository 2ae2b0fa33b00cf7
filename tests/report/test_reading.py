from __future__ import annotations

from datetime import date

import pytest
from report_marts import OBSERVED

from pipeline.errors import ReportError
from pipeline.report.reading import read_figures
from pipeline.statistics.proportions import wilson


def test_values_known_by_hand(marts):
    figures = read_figures(marts())
    critical = figures["critical"].filter(criticality="top1pct").row(0, named=True)
    assert (critical["denominator"], critical["total"]) == (6, 7)
    assert (critical["strict_numerator"], critical["weak_numerator"], critical["none_numerator"]) == (3, 4, 2)
    assert (critical["strict_share"], critical["none_share"]) == pytest.approx((3 / 6, 2 / 6))
    everything = figures["evidence"].filter(tier="all", evidence="none").row(0, named=True)
    assert (everything["numerator"], everything["denominator"], everything["total"]) == (3, 9, 10)
    assert everything["share"] == pytest.approx(3 / 9)
    unknown = figures["evidence"].filter(tier="all", evidence="unknown").row(0, named=True)
    assert (unknown["numerator"], unknown["share"]) == (1, None)
    last = figures["released_after"].filter(tier="long_tail").row(-1, named=True)
    assert (f"{last['month']}", last["numerator"], last["denominator"]) == ("2026-09-01", 1, 2)
    assert figures["register"]["project"].to_list() == ["beta", "gamma", "zeta"]
    assert figures["register_unknown"]["project"].to_list() == ["delta"]


def test_project_of_no_tier_counts_in_all_and_in_no_tier(marts):
    untiered = "update {} set tier = null where project = 'alpha'"
    figures = read_figures(marts(*OBSERVED, untiered.format("projects"), untiered.format("dependency_exposure")))
    classes = {"evidence": "enforced", "exposure": "some_without"}
    found = {
        name: figures[name].filter(evidence=evidence).select("tier", "numerator").rows()
        for name, evidence in classes.items()
    }
    assert found == {
        "evidence": [("all", 5), ("long_tail", 1), ("top_1000", 1), ("top_15000", 1), ("top_1pct", 1)],
        "exposure": [("all", 2), ("long_tail", 1)],
    }
    months = figures["release_months"].filter(month=date(2026, 9, 1))
    assert months.select("tier", "numerator").rows() == [("all", 1)]


def test_share_of_accounts_needs_a_total_of_the_same_date(marts):
    rows = read_figures(marts())["accounts"].to_dicts()
    assert [(row["qualifier"], row["is_secondary"]) for row in rows] == [("exactly", True), ("at least", False)]
    assert [row["share"] for row in rows] == [None, 0.175]


def test_intervals_of_the_published_count_are_those_of_wilson(marts):
    one_band = "delete from attested_share_published where band_first_rank > 1"
    known = "update attested_share_published set projects = 500, attested_projects = 177"
    row = read_figures(marts(one_band, known))["attested_bands"].row(-1, named=True)
    assert (row["band_first_rank"], row["attested_projects"], row["projects"]) == (None, 177, 500)
    assert [round(100 * row[name], 1) for name in ("share", "share_low", "share_high")] == [35.4, 31.3, 39.7]
    expected = wilson(177, 500)
    assert (row["share_low"], row["share_high"]) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_reader_in_another_time_zone_sees_the_same_months(marts):
    connection = marts("set timezone = 'America/Los_Angeles'")
    assert read_figures(connection)["released_after"].equals(read_figures(marts())["released_after"])


def test_missing_mart_is_one_line_with_a_way_out(marts):
    connection = marts()
    connection.execute("drop table coverage")
    with pytest.raises(ReportError, match=r"^The figure coverage of the report cannot be read: .*anew") as caught:
        read_figures(connection)
    assert "\n" not in str(caught.value)


def test_file_without_a_run_is_refused(marts):
    with pytest.raises(ReportError, match="runs is empty"):
        read_figures(marts("delete from runs"))


def test_hidden_characters_show_as_their_codes(marts):
    figures = read_figures(marts("update projects set project = 'a' || chr(8238) || 'b' where project = 'beta'"))
    assert figures["register"]["project"][0] == r"a\u202eb"
