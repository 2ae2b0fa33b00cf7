from __future__ import annotations

import json

import polars as pl
import pytest
import vl_convert
from chart_tables import BANDS, CHARTS, EVIDENCE, INCIDENTS

from pipeline.charts import bars, evidence, labels
from pipeline.charts.theme import DARK, LIGHT, PAGE, Look

LOOK = Look(source="the index")


def as_given(table: pl.DataFrame) -> pl.DataFrame:
    return table


def drawn(name: str, look: Look = LOOK) -> str:
    """The chart as SVG, at a fixed width since there is no page around it."""
    spec = CHARTS[name](as_given, look).to_dict() | {"width": 700}
    return vl_convert.vegalite_to_svg(spec)


@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_drawn_with_question_denominator_and_source(name):
    svg = drawn(name)
    spec = CHARTS[name](as_given, LOOK).to_dict()
    assert spec["title"]["text"].endswith("?")
    denominator, source = spec["title"]["subtitle"]
    assert denominator
    assert source in ("Source: the index", "Source: somebody")
    assert spec["description"].endswith(".")
    assert "mark-rect" in svg or "mark-symbol" in svg or "mark-line" in svg
    assert "NaN" not in svg
    assert "undefined" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_pandas_and_polars_give_the_same_chart(name):
    from_polars = CHARTS[name](as_given, LOOK).to_dict()
    from_pandas = CHARTS[name](lambda table: table.to_pandas(), LOOK).to_dict()
    marks = [
        [layer["mark"] for layer in spec["layer"]] + [spec["title"], spec.get("height")]
        for spec in (from_polars, from_pandas)
    ]
    assert marks[0] == marks[1]
    sizes = [sorted(len(rows) for rows in spec["datasets"].values()) for spec in (from_polars, from_pandas)]
    assert sizes[0] == sizes[1]


PUBLISHED = {"publisher_share", "attested_bands", "accounts", "incidents"}
"""Charts of what others published, which is real beside simulated data too."""


@pytest.mark.parametrize("name", CHARTS)
def test_simulated_chart_says_so_in_its_title_and_across_the_drawing(name):
    spec = CHARTS[name](as_given, Look(source="the index", is_simulated=True)).to_dict()
    is_ours = name not in PUBLISHED
    assert spec["title"]["text"].startswith("SIMULATED · ") == is_ours
    assert spec["description"].startswith("SIMULATED · ") == is_ours
    assert (">SIMULATED<" in drawn(name, Look(is_simulated=True))) == is_ours
    assert ">SIMULATED<" not in drawn(name)


@pytest.mark.parametrize("name", CHARTS)
def test_palette_of_the_page_leaves_no_colour_of_its_own(name):
    spec = json.dumps(CHARTS[name](as_given, Look(palette=PAGE)).to_dict())
    fixed = {colour for palette in (LIGHT, DARK) for colour in vars(palette).values()}
    assert not [colour for colour in fixed if colour in spec]
    assert "var(--chart-" in spec


def test_shares_and_counts_stand_in_the_bars():
    svg = drawn("two_factor_by_tier")
    for text in ("92.0 %", "8.0 %", "69.7 %", "690", "990 of 1,000 projects", "100 projects", "Top 100", "Whole index"):
        assert f">{text}<" in svg
    assert "Trusted Publisher" not in svg  # nobody is in that class


def test_segments_fill_each_bar_with_what_is_known_in_the_order_of_the_classes():
    rows = bars.segments(EVIDENCE.fill_null(0).with_columns(group=pl.col("tier")), list(labels.EVIDENCE), LOOK)
    top = rows.filter(tier="top_100")
    assert top["evidence"].to_list() == ["enforced", "none"]
    assert top["start"].to_list() == [0.0, 0.92]
    assert top["end"].to_list() == pytest.approx([0.92, 1.0])
    everything = rows.filter(tier="all")
    assert everything["denominator"].to_list() == [990, 990]
    assert everything["end"].to_list()[-1] == pytest.approx(1.0)


def test_what_was_not_observed_is_a_dashed_strip_of_its_own():
    gap = pl.when(pl.col("evidence") == "unknown").then(20).otherwise("numerator")
    layers = CHARTS["two_factor_by_tier"](lambda table: table.with_columns(numerator=gap), LOOK).to_dict()["layer"]
    strips = [layer for layer in layers if layer["mark"].get("strokeDash")]
    assert [strip["mark"]["fill"] for strip in strips] == [LIGHT.unknown]
    known = CHARTS["two_factor_by_tier"](lambda table: table.filter(pl.col("evidence") != "unknown"), LOOK).to_dict()
    assert "strokeDash" not in json.dumps(known["layer"])


def test_tier_of_which_nothing_was_observed_keeps_its_row():
    rows = [("all", "unknown", 7, 7), ("top_100", "none", 1, 1)]
    table = pl.DataFrame(rows, schema=["tier", "evidence", "numerator", "total"], orient="row")
    spec = evidence.two_factor_by_tier(table, LOOK).to_dict() | {"width": 700}
    assert ">0 of 7 projects<" in vl_convert.vegalite_to_svg(spec)


def test_milestones_outside_the_months_are_left_out():
    svg = drawn("released_after")
    assert ">2024-08-02 test<" in svg
    assert "outside" not in svg


def test_month_of_a_cut_date_stacks_its_classes():
    spec = CHARTS["release_months"](as_given, LOOK).to_dict()
    rows = [row for data in spec["datasets"].values() for row in data if row.get("tier") == "all" and "top" in row]
    august = {row["evidence"]: row["top"] for row in rows if row["month"].startswith("2024-08")}
    assert august == {"enforced": 5, "announced": 25}


def test_reading_errors_and_intervals_are_drawn():
    shares = json.dumps(CHARTS["publisher_share"](as_given, LOOK).to_dict()["layer"])
    assert "share_low" in shares
    assert "share_high" in shares
    svg = drawn("attested_bands")
    assert ">26 of 50<" in svg
    assert ">Ranks 51 to 100<" in svg
    assert BANDS.height == 2


def test_secondary_figures_are_hollow_and_a_share_needs_a_total():
    svg = drawn("accounts")
    for text in ("28,336", "at least 140,000", "16.5 % of about 850,000", "5.4 % of 704,458"):
        assert f">{text}<" in svg
    spec = json.dumps(CHARTS["accounts"](as_given, LOOK).to_dict())
    assert '"test": "datum.is_secondary", "value": "#ffffff"' in spec


def test_matrix_has_a_word_in_each_cell_so_that_colour_is_not_needed():
    svg = drawn("incidents")
    words = [svg.count(f">{verdict}<") for verdict in ("yes", "partly", "no")]
    assert words == [1, 1, 2]
    assert sum(words) == INCIDENTS.height
    assert ">2022-05 · expired domain<" in svg
