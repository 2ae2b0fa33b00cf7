from __future__ import annotations

from itertools import pairwise

import pytest
from report_marts import LONGEST

LABELS_THAT_COLLIDE = """
() => [...document.querySelectorAll('.chart')].flatMap((chart) => {
  const texts = [...chart.querySelectorAll('svg text')].filter((text) =>
    text.textContent.trim() && text.textContent !== 'SIMULATED'
    && !['0', ''].includes(getComputedStyle(text).opacity) && getComputedStyle(text).stroke === 'none');
  const boxes = texts.map((text) => {
    const box = text.getBoundingClientRect();
    const slack = box.height / 4;
    const { left, right, top, bottom } = box;
    return { name: text.textContent, left, right, top: top + slack, bottom: bottom - slack };
  });
  const isApart = (one, other) => one.right <= other.left || one.bottom <= other.top;
  return boxes.flatMap((one, place) => boxes.slice(place + 1)
    .filter((other) => !isApart(one, other) && !isApart(other, one))
    .map((other) => `${chart.dataset.spec}: ${one.name} / ${other.name}`));
})
"""

LABELS_CUT_OFF = """
() => [...document.querySelectorAll('.chart')].flatMap((chart) => {
  const edge = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('svg text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return text.textContent.trim() && (box.left < Math.min(edge.left, 0) - 1 || box.right > innerWidth + 1
      || box.top < edge.top - 1 || box.bottom > edge.bottom + 1);
  }).map((text) => `${chart.dataset.spec}: ${text.textContent}`);
})
"""


CHARTS = 18
"""Of a report for which everything was observed."""


@pytest.mark.parametrize(
    ("variant", "scheme"),
    [("plain", "light"), ("observed", "dark"), ("simulated", "dark"), ("hostile", "dark"), ("periods", "light")],
)
def test_page_needs_nothing_but_its_file(shared_report, variant, scheme):
    opened = shared_report(variant, color_scheme=scheme)
    assert opened.complaints == []
    assert opened.requests == [opened.page.url]


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_each_chart_is_drawn_with_marks(shared_report, width):
    page = shared_report(width=width).page
    states = page.eval_on_selector_all(".chart", "charts => charts.map((chart) => chart.dataset.state)")
    assert states == ["drawn"] * CHARTS
    marks = page.eval_on_selector_all(
        ".chart",
        "charts => charts.map((c) => c.querySelectorAll('.mark-rect path, .mark-symbol path, .mark-line path').length)",
    )
    assert all(marks)
    sizes = page.eval_on_selector_all(".chart svg", "all => all.map((svg) => svg.getBoundingClientRect().width)")
    assert all(200 < size <= width for size in sizes)


@pytest.mark.parametrize("width", [1280, 390])
def test_no_label_covers_another_or_is_cut_off(shared_report, width):
    page = shared_report(width=width).page
    assert page.evaluate(LABELS_THAT_COLLIDE) == []
    assert page.evaluate(LABELS_CUT_OFF) == []


@pytest.mark.parametrize("variant", ["simulated", "hostile", "periods"])
def test_page_never_scrolls_sideways(open_report, variant):
    page = open_report(variant).page
    page.eval_on_selector_all("details", "all => all.forEach((details) => { details.open = true; })")
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            f"[...document.querySelectorAll('.chart svg')].every((svg) => svg.clientWidth <= {width})"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_colours_follow_the_scheme_without_a_new_drawing(open_report):
    page = open_report("plain", color_scheme="light").page
    colour = "getComputedStyle(document.querySelector('#evidence-spec ~ *, .chart .mark-text text')).fill"
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(f"[{colour}, {paper}]")
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(f"[{colour}, {paper}]")
    assert light[0] != dark[0]
    assert (light[1], dark[1]) == ("rgb(255, 255, 255)", "rgb(22, 25, 29)")


def test_paper_is_always_light_and_shows_what_changed(open_report):
    page = open_report(color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.is_visible("nav.contents")
    assert page.is_visible("details.changes table >> nth=0")
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every((box) => box.scrollHeight <= box.clientHeight + 1)"
    )
    assert not page.is_visible("#evidence details")
    assert page.evaluate(
        "[...document.querySelectorAll('.scroll')].every((box) => box.scrollWidth <= box.clientWidth + 1)"
    )


def test_months_do_not_move_with_the_time_zone(open_report):
    labels = "all => all.map((text) => text.textContent)"
    seen = [
        open_report("plain", timezone_id=zone).page.eval_on_selector_all(
            "[data-spec=publisher_share-spec] .role-axis-label text", labels
        )
        for zone in ("UTC", "America/Los_Angeles", "Pacific/Auckland")
    ]
    assert seen[0]
    assert seen[0] == seen[1] == seen[2]


def test_names_of_strangers_show_as_text(shared_report):
    opened = shared_report("hostile", color_scheme="dark")
    page = opened.page
    assert page.title() == "2FA and Trusted Publishing on PyPI, 2026-10"
    register = page.inner_text("#register")
    assert '</script><script>document.title="broken"</script>' in register
    assert '"><img src=x onerror="document.title=\'broken\'">' in register
    assert "evil\\u202egnp.exe" in register
    assert "javascript:document.title=1" in register
    assert page.query_selector_all("main img, main b, main i, a[href^=javascript]") == []
    assert opened.complaints == []


def test_names_in_the_new_sections_show_as_text(open_report):
    opened = open_report("hostile")
    page = opened.page
    page.eval_on_selector_all("details", "all => all.forEach((details) => { details.open = true; })")
    changes = page.inner_text("#changes")
    for shown in (
        LONGEST,
        '"><img src=x onerror="document.title=4">',
        "javascript:document.title=5",
        "</script><script>document.title=6</script>",
        r"mal\u202elory<b>",
    ):
        assert shown in changes
    assert "<svg onload=document.title=7>" in page.inner_text("#estimates")
    assert 'owner: "><img src=x> against </script><b>' in page.inner_text("#estimates")
    assert LONGEST in page.inner_text("#exposure")
    assert page.query_selector_all("main img, main b, main svg[onload], main script:not([type])") == []
    assert page.eval_on_selector_all("a", "all => all.every((a) => ['file:', 'https:'].includes(a.protocol))")
    assert page.title() == "2FA and Trusted Publishing on PyPI, 2026-10"
    assert opened.complaints == []


def test_tooltip_shows_numbers_and_treats_names_as_text(open_report):
    opened = open_report("hostile")
    page = opened.page
    page.hover("[data-spec=prevention-spec] .mark-rect path >> nth=2", position={"x": 12, "y": 8}, force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    tooltip = page.inner_text("#vg-tooltip-element")
    assert "<b>bold</b>" in tooltip
    assert "Because" in tooltip
    assert page.query_selector_all("#vg-tooltip-element b, #vg-tooltip-element svg") == []
    assert opened.complaints == []


def test_reader_chooses_the_tier_of_the_months(open_report):
    page = open_report("plain").page
    bars = "[data-spec=release_months-spec] .mark-rect path"
    before = page.eval_on_selector_all(bars, "all => all.length")
    page.select_option("[data-spec=release_months-spec] select", label="Top 100")
    page.wait_for_function(f"document.querySelectorAll({bars!r}).length !== {before}")
    assert page.eval_on_selector_all(bars, "all => all.length") == 3


def test_simulated_page_says_so_everywhere_a_reader_may_look(shared_report):
    page = shared_report("simulated", color_scheme="dark").page
    assert page.title().startswith("SIMULATED")
    assert page.is_visible(".banner")
    stamps = page.eval_on_selector_all(".chart", "all => all.map((chart) => chart.textContent.includes('SIMULATED'))")
    # Four show what others published, which is real here too.
    assert (stamps.count(True), len(stamps)) == (CHARTS - 4, CHARTS)


def test_headings_follow_each_other(shared_report):
    levels = shared_report().page.eval_on_selector_all(
        "h1, h2, h3, h4", "all => all.map((one) => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_first_stop_of_the_keyboard_skips_to_the_report(open_report):
    page = open_report("plain").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0


def test_motion_is_reduced_for_who_asked(open_report):
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    page = open_report("periods").page
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(behaviour) == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(behaviour) == "smooth"


@pytest.mark.parametrize(
    ("variant", "width", "scheme"),
    [("observed", 1280, "light"), ("simulated", 390, "dark"), ("periods", 390, "light")],
)
def test_axe_finds_no_serious_violation(open_report, variant, width, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="the package axe-playwright-python is missing"
    )
    page = open_report(variant, width=width, color_scheme=scheme).page
    page.eval_on_selector_all("details", "all => all.forEach((details) => { details.open = true; })")
    violations = axe.Axe().run(page).response["violations"]
    serious = [
        (one["id"], node["target"], node.get("failureSummary"))
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert serious == []
