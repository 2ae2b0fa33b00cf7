from __future__ import annotations

import json

import duckdb
import pytest
from report_marts import OBSERVED

from pipeline.errors import ReportError
from pipeline.report.page import make_report
from pipeline.report.record import Record, read_record

pytestmark = pytest.mark.usefixtures("module_without_charts")


def found_by_its_query(connection: duckdb.DuckDBPyConnection, record: Record, name: str) -> dict | None:
    """The row that the query of a headline gives on the database."""
    headline = record.headline(name)
    relation = connection.sql(record.queries[headline.query])
    rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def fits(row: dict) -> bool:
        return all(wanted == (row[key] if wanted is None else str(row[key])) for key, wanted in headline.row.items())

    return next((row for row in rows if fits(row)), None)


@pytest.fixture(scope="module")
def observed(module_without_charts):
    from report_marts import make_marts  # noqa: PLC0415

    with make_marts(*OBSERVED) as connection:
        page, record = make_report(connection)
        yield connection, page, record


def test_each_headline_is_a_row_of_its_query(observed):
    connection, _, record = observed
    assert len(record.headlines) > 60
    for headline in record.headlines:
        row = found_by_its_query(connection, record, headline.name)
        if headline.unit == "changes":
            assert headline.value == (row["total"] if row else 0), headline.name
        elif headline.name.startswith("changed_figures/"):
            moment = headline.name.rsplit("/", 1)[1]
            expected = [row[f"{moment}_{name}"] for name in ("numerator", "denominator", "share")]
            assert [headline.numerator, headline.denominator, headline.value] == expected
        elif headline.query == "estimates":
            assert [headline.value, headline.low, headline.high, headline.denominator, headline.note] == [
                row[name] for name in ("estimate", "low", "high", "n", "reason")
            ]
        else:
            shares = [row.get(name) for name in ("share", "share_low", "share_high")]
            assert [headline.value, headline.low, headline.high] == shares, headline.name


def test_names_are_stable_and_each_stands_for_one(observed):
    _, _, record = observed
    names = [headline.name for headline in record.headlines]
    assert len(set(names)) == len(names)
    assert "sensitivity/two_factor_shown/top1pct/enforced/plain/projects" in names
    assert "published/publisher_share" in names


def test_share_is_numerator_by_denominator_with_date_unit_and_source(observed):
    _, _, record = observed
    shares = [one for one in record.headlines if one.numerator is not None and one.denominator]
    assert len(shares) > 30
    for one in shares:
        assert one.value == pytest.approx(one.numerator / one.denominator)
        assert one.date
        assert one.source
        assert one.unit
        assert one.low is None or one.low <= one.value <= one.high
    critical = record.headline("sensitivity/two_factor_shown/top1pct/enforced/plain/projects")
    assert (critical.numerator, critical.denominator, critical.total) == (3, 6, 7)
    assert critical.interval == "wilson_95"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sensitivity/attested/all/plain/projects", {"label": "newest release carries provenance; Whole index"}),
        ("adoption/2026-10-01/all/plain/files", {"date": "2026-10", "interval": "census"}),
        ("adoption/2026-10-01/all/opportunity/files", {"date": "2026-10", "interval": "wilson_95"}),
        ("changed_figures/attested/all/each/before", {"date": "2026-08", "interval": None}),
        ("changed_figures/attested/all/each/now", {"date": "2026-10", "interval": None}),
        ("exposure/all/some_without", {"interval": "bounds", "low": 0.4, "high": 0.6}),
        ("exposure/long_tail/some_without", {"interval": None, "note": ""}),
        ("estimate/accounts_reaching_half/downloads", {"unit": "accounts", "interval": "bounds"}),
        ("estimate/accounts_gini_of_reach/downloads", {"unit": "Gini coefficient", "interval": None}),
        (
            "estimate/criticality_rank_correlation/downloads and dependents",
            {"label": "Agreement of two orders (rank correlation); downloads and transitive dependents"},
        ),
        ("estimate/share_two_factor_shown/all", {"unit": "projects", "interval": "estimate_95"}),
        ("published/publisher_share", {"date": "2025-10", "is_ours": False, "interval": "reading_error"}),
        ("published/attested", {"denominator": 100, "is_ours": False, "interval": "wilson_95"}),
        ("published/accounts", {"date": "2024-08-16", "denominator": 800_000, "is_ours": False, "interval": None}),
    ],
)
def test_a_headline_says_which_time_it_is_of_and_what_its_interval_is(observed, name, expected):
    _, _, record = observed
    headline = record.headline(name).model_dump()
    assert {key: headline[key] for key in expected} == expected


def test_a_headline_is_of_the_newest_month_and_of_each_tier_once(observed):
    _, _, record = observed
    names = [headline.name for headline in record.headlines]
    assert {name.split("/")[1] for name in names if name.startswith("adoption/")} == {"2026-10-01"}
    assert not [name for name in names if name.startswith("tiers/") and "/all/" in name], "these are under sensitivity"


def test_what_is_not_known_says_why_and_how_it_would_be(marts):
    _, record = make_report(marts())
    attested = record.headline("sensitivity/attested/all/plain/projects")
    assert (attested.value, attested.denominator) == (None, 0)
    assert attested.note == "Nobody looked. `pypi-adoption run --source pypi` observes it."


def test_record_can_be_read_back_and_belongs_to_its_page(marts, tmp_path):
    page, record = make_report(marts())
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    (tmp_path / "report.json").write_text(record.model_dump_json(), encoding="utf-8")
    assert read_record(tmp_path / "report.json") == record
    (tmp_path / "index.html").write_text(page + " ", encoding="utf-8")
    with pytest.raises(ReportError, match=r"does not belong to the page.*pypi-adoption build --period 2026-10"):
        read_record(tmp_path / "report.json")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 1, "period": 5}', "\x00"])
def test_what_is_no_record_is_said_to_be_none(tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    (tmp_path / "index.html").write_text("")
    with pytest.raises(ReportError, match="is no record of a report") as caught:
        read_record(tmp_path / "report.json")
    assert "\n" not in str(caught.value)


def test_record_is_plain_json_without_names_of_accounts(observed):
    _, _, record = observed
    text = record.model_dump_json()
    assert json.loads(text)["period"] == "2026-10"
    assert "mallory" not in text
