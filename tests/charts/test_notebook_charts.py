"""The charts that the notebooks need beyond those of the report: words, numbers, uncertainty, what was not observed."""

from __future__ import annotations

import json
from functools import cache

import polars as pl
import pytest
import vl_convert
from notebook_tables import CHARTS, CURVES, MONTHLY, NAMED

from pipeline.charts import adoption, survival
from pipeline.charts.theme import DARK, LIGHT, PAGE, Look

LOOK = Look(source="the index")


def as_given(table: pl.DataFrame) -> pl.DataFrame:
    return table


def spec_of(name: str, look: Look = LOOK) -> dict:
    return CHARTS[name](as_given, look).to_dict()


@cache
def drawn(name: str, look: Look = LOOK) -> str:
    """The chart as SVG, at a fixed width since there is no page around it."""
    return vl_convert.vegalite_to_svg(spec_of(name, look) | {"width": 760})


@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_drawn_with_question_denominator_and_source(name: str) -> None:
    svg, spec = drawn(name), spec_of(name)
    assert spec["title"]["text"].endswith("?")
    denominator, source = spec["title"]["subtitle"]
    assert denominator
    assert source.startswith("Source: the index")
    assert spec["description"].endswith(".")
    assert "mark-rect" in svg or "mark-symbol" in svg or "mark-line" in svg
    assert "NaN" not in svg
    assert "undefined" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_pandas_and_polars_give_the_same_marks(name: str) -> None:
    from_pandas = CHARTS[name](lambda table: table.to_pandas(), LOOK).to_dict()
    specs = [spec_of(name), from_pandas]
    assert len({json.dumps([layer["mark"] for layer in spec["layer"]]) for spec in specs}) == 1
    assert len({json.dumps(spec["title"]) for spec in specs}) == 1


@pytest.mark.parametrize("name", CHARTS)
def test_simulated_chart_says_so(name: str) -> None:
    simulated = Look(source="the index", is_simulated=True)
    assert spec_of(name, simulated)["title"]["text"].startswith("SIMULATED · ")
    assert ">SIMULATED<" in drawn(name, simulated)
    assert ">SIMULATED<" not in drawn(name)


@pytest.mark.parametrize("name", CHARTS)
def test_palette_of_the_page_leaves_no_colour_of_its_own(name: str) -> None:
    spec = json.dumps(spec_of(name, Look(palette=PAGE)))
    fixed = {colour for palette in (LIGHT, DARK) for colour in vars(palette).values()}
    assert not [colour for colour in fixed if colour in spec]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("coverage", ["not observed", "99.0 % · 99 of 100", "Owners, maintainers, organization", "a_new_one"]),
        ("units", ["Projects 30.0 %", "Files 5.0 %"]),
        ("cohorts", ["before 2015 (1,000)", "2025 (50)", "0.2 %", "2.0 %"]),
        ("curves", ["Top 100 50.0 %", "to 15,000 20.0 %"]),
        (
            "hazards",
            ["Tier: top 100, against ranks to 15,000", "2.00 (1.50 to 2.50)", "none: nobody of this level has adopted"],
        ),
        ("changes", ["2024-01-01: jump in that month", "-1.00 pp (-2.00 pp to +0.00 pp)"]),
        ("returns", ["After 2024-01-01", "2.0 % of 1,200 (1.0 % to 3.0 %)", "A year before: after 2023-01-01"]),
        ("kinds", ["GitHub", "9 of 10 · 90.0 %"]),
        ("beside", ["ours: attested 20.0 %", "published: by a publisher 20.0 %"]),
        ("headline", ["Whole index", "50.0 %, 60.0 % · 5 of 10", "90.0 %, 90.0 % · 9 of 10"]),
        ("agreement", ["0.25"]),
        ("reasons", ["One owner", "3 of 4 · 75.0 %"]),
        ("definitions", ["8 of 10 projects", "Fewest projects with 80 % of downloads"]),
        ("evidence_owners", ["Projects of an organization", "One owner"]),
        ("concentration", ["the 1 % with the most reach hold 60.0 %", "the 10 % with the most reach hold 90.0 %"]),
        ("bands", ["1 shown, of 5", "40 shown, of 90"]),
        ("bounds", ["between 40.0 % and 100.0 % of 100"]),
        ("counts", ["75.0 %", "8 and more"]),
        ("links", ["much-needed", "120 · 25.0 %"]),
        ("shares", ["30.0 % · 300 of 1,000", "30.0 % · 30 of 100"]),
    ],
)
def test_numbers_stand_in_the_drawing(name: str, texts: list[str]) -> None:
    svg = drawn(name)
    assert [text for text in texts if f">{text}<" not in svg] == []


def test_definition_that_was_not_observed_has_no_row() -> None:
    assert "Fewest projects with 80 %" not in drawn("headline")


def test_what_was_not_observed_is_dashed() -> None:
    for name in ("coverage", "bands", "bounds"):
        assert "strokeDash" in json.dumps(spec_of(name)["layer"])


def test_names_that_would_cover_a_dot_or_each_other_are_left_to_the_tooltip() -> None:
    svg = drawn("map")
    shown = {name: f">{name}<" in svg for name in NAMED["project"]}
    assert shown == {"first": True, "on-the-left": True, "no-room-for-this": False, "elsewhere": True}
    rows = [row for data in spec_of("map")["datasets"].values() for row in data if "side" in row]
    assert {row["project"]: row["side"] for row in rows} == {
        "first": "right",
        "on-the-left": "left",
        "no-room-for-this": None,
        "elsewhere": "right",
    }


def test_points_of_tiers_pool_three_months() -> None:
    spec = adoption.attested_by_tier(
        MONTHLY, MONTHLY.clear().select(date="month", label="tier", title="unit"), LOOK, unit="files"
    )
    rows = [row for data in spec.to_dict()["datasets"].values() for row in data if row.get("month") == "2025-01-01"]
    assert {row["series"]: row["share"] for row in rows} == {"top_100": 6 / 30, "long_tail": 3 / 60}


def test_curves_begin_at_nothing_and_wide_intervals_of_few_projects_do_not_stretch_them() -> None:
    spec = survival.adoption_curves(CURVES, LOOK, group="tier").to_dict()
    rows = [row for data in spec["datasets"].values() for row in data]
    assert {row["group_name"] for row in rows if row["day_count"] == 0} == {"top_100", "top_15000"}
    top = max(
        layer["encoding"]["y"]["scale"]["domain"][1] for layer in spec["layer"] if "scale" in layer["encoding"]["y"]
    )
    assert top == pytest.approx(1.1 * 0.5)
