"""Where reports lie, the list of all months, and the feeds."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest
from report_marts import SIMULATED

from pipeline.report.publishing import prepare_report, publish_report

pytestmark = pytest.mark.usefixtures("without_charts")

ATOM = "{http://www.w3.org/2005/Atom}"
EARLIER = (
    "update runs set period = '2026-09', observed_on = date '2026-09-30', started_at = started_at - interval 1 day"
)


@pytest.fixture
def reports(marts, tmp_path) -> Path:
    """Two observed months and a simulated one."""
    for changes in ((EARLIER,), (), (SIMULATED,)):
        assert publish_report(prepare_report(marts(*changes), tmp_path)) == []
    return tmp_path


def root(path: Path) -> ET.Element:
    return ET.parse(path).getroot()  # noqa: S314 - our own file


def entries(path: Path) -> list[ET.Element]:
    return root(path).findall(f"{ATOM}entry")


def text(element: ET.Element, name: str) -> str:
    return element.find(f"{ATOM}{name}").text


def test_nothing_is_in_its_place_before_it_is_published(marts, tmp_path):
    prepared = prepare_report(marts(), tmp_path)
    assert [path.name for path in prepared.page.parent.iterdir() if not path.name.startswith(".")] == []
    publish_report(prepared)
    assert sorted(path.name for path in prepared.page.parent.iterdir()) == ["index.html", "report.json"]


def test_list_holds_every_month_the_newest_first_and_simulated_ones_apart(reports):
    page = (reports / "index.html").read_text()
    links = re.findall(r'href="([^"]*/index\.html)"', page)
    assert links[1:] == ["2026-10/index.html", "2026-09/index.html", "simulated-2026-10/index.html"]
    assert links[0] == "2026-10/index.html"
    observed, simulated = page.split('id="simulated-title"')
    assert "SIMULATED" not in observed
    assert simulated.count("SIMULATED") == 2
    assert "50.0\N{NO-BREAK SPACE}%" in observed
    assert "3 of 6" in observed
    assert '<span class="unknown">not observed</span>' in observed
    assert "<script" not in page
    assert "default-src 'none'" in page.replace("&#39;", "'")


def test_feed_is_well_formed_atom_with_what_atom_requires(reports):
    feed = root(reports / "feed.xml")
    assert feed.tag == f"{ATOM}feed"
    assert [text(entry, "title")[-7:] for entry in entries(reports / "feed.xml")] == ["2026-10", "2026-09"]
    assert text(feed, "updated") == "2026-11-01T12:00:00Z"
    assert [text(entry, "updated") for entry in entries(reports / "feed.xml")] == [
        "2026-11-01T12:00:00Z",
        "2026-10-31T12:00:00Z",
    ]
    for element in (feed, *entries(reports / "feed.xml")):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text(element, "id"))
        assert datetime.fromisoformat(text(element, "updated")).tzinfo is not None
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    for link in feed.iter(f"{ATOM}link"):
        assert (reports / link.get("href")).is_file()
    assert "3 of 6" in text(entries(reports / "feed.xml")[0], "summary")
    assert "not observed" in text(entries(reports / "feed.xml")[0], "summary")


def test_identifiers_differ_by_month_and_stay_when_a_report_is_made_anew(reports, marts):
    before = [text(entry, "id") for entry in entries(reports / "feed.xml")]
    assert len(set(before)) == 2
    changed = "update projects set two_factor_evidence = 'enforced' where project = 'beta'"
    publish_report(prepare_report(marts(changed), reports))
    assert [text(entry, "id") for entry in entries(reports / "feed.xml")] == before
    assert "4 of 6" in text(entries(reports / "feed.xml")[0], "summary")


def test_simulated_months_have_a_feed_of_their_own_that_says_so(reports):
    (entry,) = entries(reports / "feed-simulated.xml")
    assert text(entry, "title").startswith("SIMULATED")
    assert text(entry, "summary").startswith("SIMULATED")
    assert "simulated" not in (reports / "feed.xml").read_text().lower()


def test_report_that_is_broken_or_elsewhere_is_left_out_and_said_so(reports, marts):
    (reports / "2026-09" / "report.json").write_text("{}")
    (reports / "2026-08").mkdir()
    for name in ("index.html", "report.json"):
        (reports / "2026-08" / name).write_bytes((reports / "2026-10" / name).read_bytes())
    (reports / "notes").mkdir()
    (reports / "notes" / "report.json").write_text("{}")
    complaints = publish_report(prepare_report(marts(), reports))
    assert len(complaints) == 2
    assert "2026-09" in complaints[0]
    assert "lies in another folder" in complaints[1]
    assert [text(entry, "title")[-7:] for entry in entries(reports / "feed.xml")] == ["2026-10"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "\uff12\uff10\uff12\uff16-10"},
        {"period": "../2026-09"},
        {"made_at": "0001-01-01T00:00:00+23:00"},
        {"made_at": "2026-10-31T12:00:00"},
        {"headlines": [0] * 100_000},
    ],
    ids=["letters", "path", "early", "no zone", "mistakes"],
)
def test_a_record_that_a_stranger_changed_is_left_out_and_the_new_report_comes(reports, marts, wrong):
    path = reports / "2026-09" / "report.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    (complaint,) = publish_report(prepare_report(marts(), reports))
    assert complaint.startswith("Not listed: ")
    assert "\n" not in complaint
    assert [text(entry, "title")[-7:] for entry in entries(reports / "feed.xml")] == ["2026-10"]


def test_killed_between_page_and_record_the_month_is_not_listed_with_old_figures(marts, tmp_path):
    publish_report(prepare_report(marts(), tmp_path))
    changed = prepare_report(marts("update projects set two_factor_evidence = 'enforced'"), tmp_path)
    part, place = changed.parts[0]
    part.replace(place)
    (complaint,) = publish_report(prepare_report(marts(EARLIER), tmp_path))
    assert "does not belong to the page beside it" in complaint
    assert "2026-10" not in (tmp_path / "index.html").read_text()


def test_words_of_strangers_in_a_record_are_text(marts, tmp_path):
    hostile = "update runs set source = '<b>x</b>&\"' || chr(8238) || chr(1)"
    publish_report(prepare_report(marts(hostile), tmp_path))
    page = (tmp_path / "index.html").read_text()
    assert "<b>x</b>" not in page
    assert r"&lt;b&gt;x&lt;/b&gt;&amp;&#34;\u202e\u0001" in page
    assert len(entries(tmp_path / "feed.xml")) == 1
