"""The figures of the notebooks over a few rows of the marts, each counted by hand."""

from __future__ import annotations

from datetime import date

import pytest
from figure_rows import found

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def test_accounts_by_reach_are_those_that_reach_the_most_of_all_downloads() -> None:
    reach = "(account, project_count, critical_project_count, single_owner_project_count, downloads_30d_reachable,"
    tables = {
        "accounts": f"{reach} shown_two_factor): ('a', 1, 0, 1, 5, null), ('b', 3, 2, 1, 60, true),"
        "('c', 1, 0, 0, null, true), ('d', 2, 1, 0, 60, null)",
        "projects": "(downloads_30d): (80), (20), (null)",
    }
    assert found("accounts_by_reach", tables) == [
        (1, 3, 2, 1, 60, 0.6, "shown"),
        (2, 2, 1, 0, 60, 0.6, "nothing follows"),
        (3, 1, 0, 1, 5, 0.05, "nothing follows"),
    ]


def test_attested_monthly_is_one_measure_where_something_was_observed() -> None:
    columns = "(month, tier, measure, unit, numerator, denominator, share, share_low, share_high)"
    of = "date '2026-01-01', 'all'"
    tables = {
        "adoption_monthly": f"{columns}: ({of}, 'attested', 'files', 1, 4, 0.25, 0.1, 0.5),"
        f"({of}, 'attested', 'releases', null, 0, null, null, null),"
        f"({of}, 'attested_of_opportunity', 'files', 1, 2, 0.5, 0.1, 0.9)"
    }
    rows = found("attested_monthly", tables, "month, tier, unit, numerator, denominator, share::double")
    assert rows == [(JANUARY, "all", "files", 1, 4, 0.25)]


def test_changes_by_kind_are_those_of_this_month_and_source() -> None:
    tables = {
        "runs": "(source, period): ('given', '2026-10')",
        "changes": "(source, period, previous_period, what, before, after):"
        "('given', '2026-10', '2026-09', 'two_factor_evidence', 'none', 'enforced'),"
        "('given', '2026-10', '2026-09', 'two_factor_evidence', 'none', 'enforced'),"
        "('given', '2026-10', '2026-09', 'publishing_evidence', 'attested', 'not_attested'),"
        "('given', '2026-10', '2026-09', 'status', 'active', 'archived'),"
        "('given', '2026-09', '2026-08', 'two_factor_evidence', 'none', 'enforced'),"
        "('other', '2026-10', '2026-09', 'two_factor_evidence', 'none', 'enforced')",
    }
    assert found("changes_by_kind", tables) == [
        ("2026-09", "2026-10", "publishing_evidence", "attested", "not_attested", 1),
        ("2026-09", "2026-10", "two_factor_evidence", "none", "enforced", 2),
    ]


def test_a_cohort_holds_the_projects_whose_provenance_was_observed_by_their_first_upload() -> None:
    born = ("2014-12-31 23:59:59", "2015-01-01", "2018-12-31", "2019-01-01", "2021-12-31", "2022-01-01")
    late = ("2024-09-30 23:59:59", "2024-10-01", "2024-12-31", "2025-01-01")
    rows = [f"(timestamp '{day}', null::timestamp, 'not_attested')" for day in born + late]
    unseen = [f"(timestamp '2010-01-01', null, '{evidence}')" for evidence in ("unobserved", "not_observable")]
    tables = {
        "runs": "(provenance_from, observed_on): (date '2024-10-21', date '2025-01-31')",
        "projects": f"(first_upload_at, first_attested_at, publishing_evidence): {', '.join(rows + unseen)}",
    }
    newest = [
        (name, n) for name, month, n in found("cohorts", tables, "cohort, month, denominator") if month.year == 2025
    ]
    assert newest == [
        ("before 2015", 1),
        ("2015 to 2018", 2),
        ("2019 to 2021", 2),
        ("2022 to 2024-09", 2),
        ("2024-10 to 2024-12", 2),
        ("2025", 1),
    ]


def test_coverage_by_measure_is_that_of_the_source_that_saw_the_most() -> None:
    tables = {
        "coverage": "(measure, observed_count, total_count): ('roles', 0, 10), ('roles', 7, 10), ('files', 3, 10)"
    }
    assert found("coverage_by_measure", tables) == [("files", 3, 10), ("roles", 7, 10)]


def test_a_cell_of_criticality_is_a_band_of_ranks_a_quarter_and_a_class() -> None:
    tables = {
        "projects": "(download_rank, newest_upload_at, two_factor_evidence):"
        "(1, timestamp '2026-01-05', 'enforced'), (10, timestamp '2026-03-05', 'trusted_publisher'),"
        "(11, timestamp '2024-03-01', 'announced'), (15, timestamp '2012-05-01', 'none'),"
        "(16, timestamp '2023-12-31', 'none'), (null, timestamp '2023-12-31', 'none'), (3, null, 'unknown')"
    }
    assert found("criticality_cells", tables) == [
        (1, 10, "enforced", JANUARY, date(2026, 4, 1), 2, 2, 1.0),
        (11, 15, "none", date(2015, 1, 1), date(2015, 2, 1), 1, 2, 0.5),
        (11, 15, "announced", date(2024, 3, 1), date(2024, 4, 1), 1, 2, 0.5),
        (16, 16, "none", date(2023, 12, 1), date(2024, 1, 1), 1, 1, 1.0),
    ]


def test_the_projects_named_are_the_most_downloaded_of_the_register() -> None:
    tables = {
        "risk_register": "(project, download_rank, newest_upload_at): ('unranked', null, timestamp '2020-01-01'),"
        "('undated', 1, null),"
        + ", ".join(f"('p{rank}', {rank}, timestamp '2020-05-01 12:00:00')" for rank in range(50, 1, -1))
    }
    named = found("criticality_named", tables)
    assert named == [(f"p{rank}", rank, date(2020, 5, 1)) for rank in range(2, 42)]


def test_evidence_by_definition_counts_a_project_in_all_and_under_each_definition_of_its_own() -> None:
    tables = {
        "projects": "(critical_by, two_factor_evidence):"
        "(['top1pct', 'mass80'], 'none'), (['top1pct'], 'enforced'), ([], 'unknown')"
    }
    assert found("evidence_by_definition", tables) == [
        ("all", "enforced", 1, 3),
        ("all", "none", 1, 3),
        ("all", "unknown", 1, 3),
        ("mass80", "none", 1, 1),
        ("top1pct", "enforced", 1, 2),
        ("top1pct", "none", 1, 2),
    ]


def test_exposure_counts_are_of_the_projects_that_need_something() -> None:
    tables = {
        "dependency_exposure": "(closure_size, closure_without_evidence_count):(0, 0), (3, 0), (8, 7), (9, 8), (12, 11)"
    }
    assert found("exposure_counts", tables) == [
        (0, "0", 1, 4, 0.25),
        (7, "7", 1, 4, 0.25),
        (8, "8 and more", 2, 4, 0.5),
    ]


def test_publisher_kinds_are_of_the_projects_whose_publisher_is_known() -> None:
    tables = {"projects": "(publisher_kind): ('GitHub'), ('GitLab'), ('GitLab'), ('GitHub'), ('Google'), (null)"}
    assert found("publisher_kinds", tables) == [("GitHub", 2, 5), ("GitLab", 2, 5), ("Google", 1, 5)]


def test_a_band_of_reach_begins_with_a_power_of_ten() -> None:
    tables = {
        "accounts": "(downloads_30d_reachable, shown_two_factor):"
        "(0, null), (999, true), (1000, null), (9999, true), (10000, null), (null, true)"
    }
    assert found("reach_bands", tables) == [
        ("10,000 and more", -4, 1, 0),
        ("1,000 and more", -3, 2, 1),
        ("Fewer than 1,000 downloads in 30 days", -2, 2, 1),
    ]


def test_register_entries_show_no_day_where_only_the_month_is_known() -> None:
    columns = "(position, project, download_rank, newest_upload_at, newest_upload_precision, dependents_transitive,"
    tables = {
        "risk_register": f"{columns} owner_count, reasons): (2, 'b', 9, timestamp '2020-05-01', 'month', 1, 2, ['x']),"
        "(1, 'a', 7, timestamp '2020-05-01', 'second', null, null, []), (3, 'c', 8, null, null, 0, 0, [])"
    }
    assert found("register_entries", tables) == [
        (1, "a", 7, "2020-05-01", None, None, []),
        (2, "b", 9, "2020-05", 1, 2, ["x"]),
        (3, "c", 8, None, 0, 0, []),
    ]


def test_register_reasons_are_out_of_all_entries() -> None:
    tables = {"risk_register": "(reasons): (['a', 'b']), (['b']), ([]::varchar[]), ([])"}
    assert found("register_reasons", tables) == [("b", 2, 4), ("a", 1, 4)]


def test_regressions_are_what_is_known_to_have_regressed_the_most_used_first() -> None:
    columns = "(project, tier, download_rank, newest_upload_at, publishing_evidence, first_attested_at, has_regressed)"
    seen = "'not_attested', timestamp '2025-01-02'"
    tables = {
        "projects": f"{columns}: ('a', 'long_tail', null, timestamp '2026-01-01', {seen}, true),"
        f"('b', 'top_100', 5, timestamp '2026-01-01', {seen}, true),"
        f"('c', 'top_100', 1, timestamp '2026-01-01', {seen}, false),"
        f"('d', 'top_100', 2, timestamp '2026-01-01', {seen}, null)"
    }
    last = (JANUARY, "not_attested", date(2025, 1, 2))
    assert found("regressions", tables) == [("b", "top_100", 5, *last), ("a", "long_tail", None, *last)]


def test_repository_owners_are_those_of_several_projects_out_of_all_that_are_published() -> None:
    tables = {"projects": "(publisher_repository): ('x/a'), ('x/b'), ('w/b'), ('w/c'), ('y/a'), (null)"}
    assert found("repository_owners", tables) == [("w", 2, 5), ("x", 2, 5)]


def test_returns_are_the_dates_that_could_be_told_each_before_its_day_of_comparison() -> None:
    tables = {
        "estimates": "(name, term, estimate, low, high, n): ('return_share', '2024-08-02', 0.2, 0.1, 0.3, 90),"
        "('return_share_placebo', '2023-08-02', 0.4, 0.3, 0.5, 80),"
        "('return_share', '2024-01-01', 0.1, 0.05, 0.2, 70),"
        "('return_share_placebo', '2023-01-01', null, null, null, 0),"
        "('return_share_difference', '2024-08-02', -0.2, -0.3, -0.1, 170)"
    }
    assert found("returns", tables, "date, kind, share::double, n") == [
        ("2024-01-01", "after", 0.1, 70),
        ("2024-08-02", "after", 0.2, 90),
        ("2023-08-02", "placebo", 0.4, 80),
    ]


def test_series_changes_of_one_series_stand_under_one_name() -> None:
    rest = "0.1, 0.0, 0.2, 9, 'm', 'r', ''"
    tables = {
        "estimates": "(name, term, estimate, low, high, n, method, reference, reason):"
        f"('activity_slope_change', '2024-01-01', {rest}), ('activity_level_change', '2024-01-01', {rest}),"
        f"('official_publisher_share_level_change', '2024-10-29', {rest}), ('share_attested', 'all', {rest})"
    }
    assert found("series_changes", tables, "series, name") == [
        ("activity", "activity_level_change"),
        ("activity", "activity_slope_change"),
        ("official_publisher_share", "official_publisher_share_level_change"),
    ]


@pytest.mark.parametrize(("observed_on", "months"), [("2026-02-28", [JANUARY, FEBRUARY]), ("2026-02-27", [JANUARY])])
def test_uploads_by_month_are_those_of_complete_months(observed_on: str, months: list[date]) -> None:
    tables = {
        "runs": f"(observed_on): (date '{observed_on}')",
        "adoption_monthly": "(month, tier, measure, unit, total):"
        "(date '2018-12-01', 'all', 'uploaded', 'projects', 1), (date '2026-01-01', 'all', 'uploaded', 'projects', 7),"
        "(date '2026-02-01', 'all', 'uploaded', 'projects', 7), (date '2026-02-01', 'all', 'uploaded', 'files', 9),"
        "(date '2026-02-01', 'top_100', 'uploaded', 'projects', 3),"
        "(date '2026-02-01', 'all', 'attested', 'projects', 2)",
    }
    assert found("uploads_by_month", tables) == [(month, 7) for month in months]


def test_each_published_figure_has_the_newest_of_its_kind_and_ours_beside_it() -> None:
    official = [
        ("share_uploads_with_attestation", "2024", 5, "old"),
        ("share_uploads_with_attestation", "2025", 17, "new"),
        ("projects_with_trusted_publisher", "2025", 50_000, "new"),
        ("users_with_2fa", "2023", 38_000, "old"),
        ("users_with_2fa", "2024", 140_000, "new"),
        ("users_total", "2024", 800_000, "new"),
        ("users_total", "2025", 900_000, "later"),
        ("critical_user_accounts", "2022", 8_000, "new"),
        ("critical_projects", "2022", 4_000, "new"),
        ("projects_total", "2026", 700_000, "new"),
        ("projects_in_organizations", "2025", 9_000, "new"),
    ]
    tables = {
        "official_figures": "(metric, as_of, as_of_date, value, source):"
        + ", ".join(
            f"('{metric}', '{year}', date '{year}-05-01', {n}::double, '{by}')" for metric, year, n, by in official
        ),
        "publisher_share_official": "(month, publisher_share_pct, publisher_share_error_pp, files, source):"
        "(date '2024-12-01', 20.0, 0.3, 1000, 'c'), (date '2025-10-01', 25.0, 0.3, 2000, 'c'),"
        "(date '2025-09-01', 24.0, 0.3, 2000, 'c')",
        "attested_share_published": "(measured_on, projects, attested_projects, source):"
        "(date '2026-05-27', 50, 30, 'c'), (date '2026-05-27', 50, 20, 'c')",
        # By month: files of the year that was asked for, and others.
        "adoption_monthly": "(month, tier, measure, unit, numerator, denominator, share):"
        "(date '2024-12-01', 'all', 'attested', 'files', 1, 10, 0.1),"
        "(date '2025-01-01', 'all', 'attested', 'files', 2, 10, 0.2),"
        "(date '2025-10-01', 'all', 'attested', 'files', 4, 10, 0.4),"
        "(date '2026-01-01', 'all', 'attested', 'files', 9, 10, 0.9),"
        "(date '2025-10-01', 'top_100', 'attested', 'files', 5, 5, 1.0),"
        "(date '2025-10-01', 'all', 'attested', 'projects', 5, 5, 1.0),"
        "(date '2025-10-01', 'all', 'attested_of_opportunity', 'files', 5, 5, 1.0)",
        "projects": "(download_rank, publishing_evidence, first_attested_at, is_top1pct, is_mass80, downloads_30d,"
        "organization, owner_count):"
        "(1, 'attested', timestamp '2025-01-01', true, true, 90, 'o', 0),"
        "(2, 'partly_attested', timestamp '2025-01-01', true, false, 9, null, 1),"
        "(500, 'not_attested', timestamp '2025-01-01', false, false, 1, null, 2),"
        "(501, 'attested', timestamp '2025-01-01', false, false, null, null, null),"
        "(3, 'unobserved', null, false, null, null, null, null),"
        "(4, 'not_observable', null, null, null, null, null, null)",
        "accounts": "(shown_two_factor, critical_project_count): (true, 2), (null, 1), (null, 0), (null, 0)",
    }
    assert found("reproduction", tables, "place, as_of, published, ours") == [
        (1, "2024-12-01", "20.0 % of 1,000 files (± 0.3 points)", "10.0 % attested, 1 of 10 files"),
        (1, "2025-10-01", "25.0 % of 2,000 files (± 0.3 points)", "40.0 % attested, 4 of 10 files"),
        (2, "2025", "17 % of all uploads", "30.0 %, 6 of 20 files"),
        (3, "2025", "at least 50,000 projects", "4 projects ever attested, of 4 observed"),
        (4, "2026-05-27", "50.0 %, 50 of 100", "66.7 %, 2 of 3"),
        (5, "2024", "at least 140,000, of about 800,000", "at least 25.0 %, 1 of 4 with a role"),
        (6, "2022", "8,000 accounts", "2 accounts"),
        (7, "2022", "4,000 projects", "2 projects, of 6"),
        (8, "2026", "at least 700,000", "6"),
        (9, "2025", "9,000 projects", "1 projects, 33.3 % of 3 observed"),
        (10, "2026-03", "594 of the 15,000 most downloaded", "1, of 3 with known downloads"),
    ]
