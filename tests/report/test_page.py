from __future__ import annotations

import base64
import hashlib
import html
import json
import re

import duckdb
import pytest
from report_marts import HOSTILE, OBSERVED, SIMULATED

from pipeline.errors import ReportError
from pipeline.report.page import SECTIONS, make_report
from pipeline.report.publishing import prepare_report

NBSP = "\N{NO-BREAK SPACE}"


def page_of(connection: duckdb.DuckDBPyConnection) -> str:
    return make_report(connection)[0]


def text_of(page: str) -> str:
    """What a reader sees: no scripts, no style, no tags, single spaces."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", bare)).replace(NBSP, " "))


def specs_of(page: str) -> list[dict]:
    return [
        json.loads(text) for text in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    ]


def test_page_is_one_file_that_names_no_other(marts):
    page = page_of(marts())
    assert len(page.encode()) < 4_000_000
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert set(re.findall(r'(?:src|href|action)="([^"]*)"', own)) == {f"#{name}" for name in SECTIONS} | {
        "#content",
        "data:,",
        "../index.html",
        "report.json",
    }
    assert "@import" not in own
    assert "url(" not in own


def test_policy_allows_exactly_the_scripts_and_the_style_of_the_page(marts):
    page = page_of(marts())
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    parts = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" for part in parts]
    assert len(parts) == 3
    assert sorted(re.findall(r"'sha256-[^']+'", policy)) == sorted(hashes)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


@pytest.mark.usefixtures("without_charts")
def test_prose_holds_the_numbers_of_the_file(marts):
    text = text_of(page_of(marts()))
    assert "public data on 10 projects" in text
    assert (
        "5 of the 9 projects whose newest upload is known (55.6 %) show 2FA or a Trusted Publisher, and 3 (33.3 %) show"
        in text
    )
    assert "Of 6 critical ones 3 (50.0 %) do, and 2 (33.3 %) show nothing" in text
    assert "3 of 6 projects in the top 1 % by downloads" in text
    assert "observed for 6 of 7, 95 % interval 40.0 % to 60.0 %" in text
    assert "Their share with evidence is 50.0 % by the later date and 66.7 % by the earlier one" in text
    assert "In 2025-10, 25.6 % (± 0.27 percentage points of reading error) of about 376,500 uploaded files" in text
    assert "As of 2024-08-16, at least 140,000 accounts had a second factor: at least 17.5 % of about 800,000" in text
    assert "49 of the 100 most downloaded projects (49.0 %) attested" in text


@pytest.mark.usefixtures("without_charts")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "update projects set two_factor_evidence = 'none' where project = 'alpha'",
            "Of 6 critical ones 2 (33.3 %)",
        ),
        ("update runs set enforced_from = date '2025-03-04'", "since 2025-03-04 the index accepts no file unless"),
        ("update publisher_share_official set publisher_share_pct = 31.5 where files = 376500", "In 2025-10, 31.5 %"),
        ("delete from official_figures where metric = 'users_total'", "all accounts were not counted for that date"),
        ("update incidents set would_2fa_have_prevented = 'no'", "would have prevented 0 outright"),
        ("update projects set newest_upload_at = null", "9 of which the newest upload is not known"),
        ("update projects set is_top1pct = false", "The register is empty"),
    ],
)
def test_prose_changes_with_the_data(marts, change, expected):
    if change.startswith("update projects set newest"):
        change += ", two_factor_evidence = 'unknown', is_top1pct = project <> 'kappa'"
    page = text_of(page_of(marts(change)))
    assert expected in page


@pytest.mark.usefixtures("without_charts")
def test_evidence_that_does_not_fade_is_not_said_to_fade(marts):
    change = "update projects set two_factor_evidence = if(tier = 'long_tail', 'enforced', 'none')"
    text = text_of(page_of(marts(change)))
    assert "Projects that are downloaded less do not show less evidence." in text
    assert "The less downloaded, the less evidence." not in text


@pytest.mark.usefixtures("without_charts")
def test_what_is_not_observed_is_said_with_the_command_that_would_observe_it(marts):
    text = text_of(page_of(marts()))
    assert (
        "Projects whose newest release carries provenance not observed Nobody looked. pypi-adoption run --source pypi"
        in text
    )
    assert "Projects that rest on one owner not observed" in text


def test_publishing_evidence_is_drawn_where_provenance_was_observed(marts):
    observed = (
        "update projects set publishing_evidence = if(project_id <= 4, 'attested', 'not_attested')",
        "update coverage set observed_count = 10 where measure = 'provenance'",
    )
    page = page_of(marts(*observed))
    assert "All files of the newest release are attested for 4 of 10 projects (40.0 %)" in text_of(page)
    assert 'id="publishing-spec"' in page
    assert 'id="publishing-spec"' not in page_of(marts())


@pytest.mark.usefixtures("without_charts")
@pytest.mark.parametrize(
    "table",
    [
        "publisher_share_official",
        "attested_share_published",
        "official_figures",
        "incidents",
        "milestones",
        "coverage",
        "checks",
        "inputs",
        "projects",
        "adoption_monthly",
        "estimates",
        "accounts",
        "account_concentration",
        "dependency_exposure",
        "changes",
        "project_history",
    ],
)
def test_empty_table_leaves_a_page_without_its_figures(marts, table):
    page = page_of(marts(*OBSERVED, f"delete from {table}"))
    assert page.count("<section ") == len(SECTIONS)


def test_simulated_data_is_called_so_in_title_banner_charts_and_tables(marts):
    page = page_of(marts(SIMULATED))
    assert re.search(r"<title>SIMULATED · ", page)
    assert '<p class="banner" role="note"><strong>SIMULATED</strong>' in page
    captions = re.findall(r"<caption>(.*?)</caption>", page, re.DOTALL)
    real = [re.sub("<.*?>", "", caption) for caption in captions if "SIMULATED" not in caption]
    assert [caption.split(",")[0] for caption in real] == [
        "Changes to two-factor authentication",
        "Share of uploaded files from Trusted Publishers",
        "Attested projects among the most downloaded",
        "Published numbers of accounts with two-factor authentication",
        "Published figures about accounts",
        "Incidents",
        "Classes of two-factor evidence",
    ]
    assert len(captions) > 2 * len(real)
    questions = re.findall(r'-question">(.*?)</h3>', page)
    marked = [question.startswith("SIMULATED · ") for question in questions]
    stamped = ["SIMULATED" in json.dumps(spec["layer"]) + json.dumps(spec["datasets"]) for spec in specs_of(page)]
    assert marked == stamped
    assert [question for question, is_marked in zip(questions, marked, strict=True) if not is_marked] == [
        "Which share of uploaded files comes from Trusted Publishers?",
        "Which share of the most downloaded projects attests its newest version?",
        "How many accounts had a second factor?",
        "Would either measure have prevented it?",
    ]
    cards = re.findall(r'<li class="card.*?</li>', page, re.DOTALL)
    assert all(("SIMULATED" in card) != ("not ours" in card) for card in cards)
    assert "SIMULATED" not in page_of(marts())


def test_names_of_strangers_never_become_markup(marts):
    page = page_of(marts(HOSTILE))
    calm = page_of(marts())
    assert re.findall(r"<[a-z]+", page.replace("<bdi", "")) == re.findall(r"<[a-z]+", calm.replace("<bdi", ""))
    assert "&lt;/script&gt;&lt;script&gt;document.title=&#34;broken&#34;" in page
    assert r"evil\u202egnp.exe" in page
    assert "{{ 7 * 7 }}" in page


def test_no_chart_embeds_more_than_five_thousand_rows(marts):
    for spec in specs_of(page_of(marts())):
        assert max(len(rows) for rows in spec["datasets"].values()) <= 5_000


def test_each_chart_has_a_text_alternative_and_its_numbers(marts):
    page = page_of(marts())
    charts = re.findall(r'<div class="chart" data-spec="[^"]+" data-label="([^"]+)" data-answer="([^"]+)"', page)
    assert len(charts) == 9
    observed = page_of(marts(*OBSERVED))
    assert len(re.findall(r'<div class="chart" data-spec="', observed)) == 18
    for label, described_by in charts:
        assert label.endswith(".")
        assert f'id="{described_by}"' in page
    assert page.count("<details>") >= 9


@pytest.mark.usefixtures("without_charts")
def test_place_of_the_report_follows_the_period(marts, tmp_path):
    assert prepare_report(marts(), tmp_path).page == tmp_path / "2026-10" / "index.html"
    assert prepare_report(marts(SIMULATED), tmp_path).page == tmp_path / "simulated-2026-10" / "index.html"


@pytest.mark.usefixtures("without_charts")
@pytest.mark.parametrize("period", ["../../etc", "2026-10/..", "", "2026-1"])
def test_period_that_is_no_month_is_no_path(marts, tmp_path, period):
    with pytest.raises(ReportError, match="no month"):
        prepare_report(marts(f"update runs set period = '{period}'"), tmp_path)
    assert list(tmp_path.iterdir()) == []
