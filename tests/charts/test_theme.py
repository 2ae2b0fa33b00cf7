from __future__ import annotations

import polars as pl
import pytest

from pipeline.charts.theme import DARK, LIGHT, MAX_ROWS, PAGE, Palette, as_rows, css_variables


def luminance(colour: str) -> float:
    """Relative luminance of a hexadecimal colour (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = [
    ("ink", "paper"),
    ("muted", "paper"),
    ("accent", "paper"),
    ("simulated", "paper"),
    ("on_strong", "trusted"),
    ("on_strong", "enforced"),
    ("on_weak", "announced"),
    ("on_weak", "none"),
    ("on_weak", "unknown"),
]
SERIES = ["accent", "trusted", "enforced", "tier_1", "tier_2", "tier_3", "tier_4", "tier_5"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize(("text", "ground"), TEXT_ON)
    def test_text_can_be_read(self, palette: Palette, text: str, ground: str):
        assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5

    @pytest.mark.parametrize("series", SERIES)
    def test_marks_stand_out_from_the_paper(self, palette: Palette, series: str):
        assert contrast(getattr(palette, series), palette.paper) >= 3

    def test_stronger_evidence_stands_out_more(self, palette: Palette):
        steps = [contrast(getattr(palette, one), palette.paper) for one in ("trusted", "enforced", "announced")]
        assert steps == sorted(steps, reverse=True)


def test_page_refers_to_the_variables_that_the_style_sheet_defines():
    assert {value.removeprefix("var(").removesuffix(")") for value in vars(PAGE).values()} == {
        part.partition(":")[0] for part in css_variables(LIGHT).split(";") if part
    }
    assert f"--chart-paper:{DARK.paper};" in css_variables(DARK)


def test_table_that_was_not_aggregated_is_refused():
    assert as_rows(pl.DataFrame({"a": range(MAX_ROWS)})).height == MAX_ROWS
    with pytest.raises(ValueError, match=r"5,001: aggregate"):
        as_rows(pl.DataFrame({"a": range(MAX_ROWS + 1)}).to_pandas())
