"""The figures of the report over a few rows of the marts, each counted by hand."""

from __future__ import annotations

from datetime import date

import pytest
from figure_rows import found

from pipeline.statistics.proportions import wilson_bounds

RUN = "(source, period): ('given', '2026-10')"


def test_a_band_of_accounts_holds_its_ends() -> None:
    counts = (0, 1, 2, 3, 5, 6, 10, 11, 40)
    rows = ", ".join(f"({count}, {'true' if count in (3, 40) else 'null'})" for count in counts)
    tables = {"accounts": f"(critical_project_count, shown_two_factor): {rows}, (null, true)"}
    assert found("account_bands", tables) == [
        (0, 0, 1, 0, 0.0),
        (1, 1, 1, 0, 0.0),
        (2, 2, 1, 0, 0.0),
        (3, 5, 2, 1, 0.5),
        (6, 10, 2, 0, 0.0),
        (11, 40, 2, 1, 0.5),
    ]


def test_accounts_with_a_second_factor_are_out_of_all_of_the_same_day_where_those_were_counted() -> None:
    columns = "(as_of, as_of_date, metric, value, denominator_or_definition, is_secondary, source)"
    tables = {
        "official_figures": f"{columns}: ('b', date '2024-08-16', 'users_with_2fa', 14, 'lower bound', false, 's'),"
        "('b', date '2024-08-16', 'users_total', 80, 'approximate number', false, 's'),"
        "('b', date '2024-08-16', 'projects_total', 56, 'names', false, 's'),"
        "('c', date '2025-01-01', 'users_total', 90, 'approximate number', false, 's'),"
        "('a', date '2023-05-29', 'users_with_2fa', 4, 'accounts', true, 's')"
    }
    rows = found("accounts", tables, "as_of, users, qualifier, users_total, users_total_qualifier, share")
    assert rows == [("a", 4, "exactly", None, None, None), ("b", 14, "at least", 80, "about", 0.175)]


def test_attested_bands_have_the_interval_of_the_statistics() -> None:
    columns = (
        "(band_first_rank, band_last_rank, projects, attested_projects, github, google, gitlab, measured_on, source)"
    )
    on = "date '2026-05-27', 's'"
    tables = {"attested_share_published": f"{columns}: (1, 50, 50, 26, 24, 2, 0, {on}), (51, 90, 40, 1, 0, 0, 1, {on})"}
    rows = found("attested_bands", tables, "band_first_rank, projects, attested_projects, github, google, gitlab")
    assert rows == [(1, 50, 26, 24, 2, 0), (51, 40, 1, 0, 0, 1), (None, 90, 27, 24, 2, 1)]
    for held, observed, *share in found(
        "attested_bands", tables, "attested_projects, projects, share, share_low, share_high"
    ):
        low, high = wilson_bounds([held], [observed])
        assert share == pytest.approx([held / observed, low[0], high[0]], abs=1e-12)


HISTORY = (
    "(source, period, project, two_factor_evidence, publishing_evidence, organization, download_rank, owner_count,"
    "newest_upload_precision, status)"
)


def history_row(
    project: str, period: str, rank: int, owners: int, organization: str = "null", source: str = "given"
) -> str:
    seen = f"'none', 'not_attested', {organization}, {rank}, {owners}, 'second', 'active'"
    return f"('{source}', '{period}', '{project}', {seen})"


def test_the_month_before_is_the_last_one_of_the_same_source() -> None:
    months = [("2026-07", 1, "given"), ("2026-08", 2, "given"), ("2026-09", 1, "other"), ("2026-10", 1, "given")]
    rows = [history_row("a", month, 1, owners, source=source) for month, owners, source in months]
    rows.append(history_row("a", "2026-11", 1, 2))
    tables = {"runs": RUN, "project_history": f"{HISTORY}: {', '.join(rows)}"}
    columns = "population, before_numerator, before_denominator, now_numerator, now_denominator, difference"
    single = "measure = 'single_owner' and scope = 'all'"
    assert found("changed_figures", tables, columns, where=single) == [
        ("both", 0, 1, 1, 1, 1.0),
        ("each", 0, 1, 1, 1, 1.0),
    ]


def test_changed_figures_are_of_those_of_rank_1000_and_of_no_organization_where_that_is_asked() -> None:
    rows = [
        *(history_row("a", month, 1000, 1) for month in ("2026-09", "2026-10")),
        *(history_row("b", month, 1001, 1) for month in ("2026-09", "2026-10")),
        history_row("c", "2026-09", 3, 1),
        *(history_row("d", month, 4, 1, "'an-org'") for month in ("2026-09", "2026-10")),
        *(history_row("e", month, rank, 2) for month, rank in (("2026-09", 1000), ("2026-10", 1001))),
    ]
    tables = {"runs": RUN, "project_history": f"{HISTORY}: {', '.join(rows)}"}
    columns = "scope, population, before_numerator, before_denominator, now_numerator, now_denominator"
    assert found("changed_figures", tables, columns, where="measure = 'single_owner'") == [
        ("all", "both", 2, 3, 2, 3),
        ("all", "each", 3, 4, 2, 3),
        ("rank_1000", "both", 1, 1, 1, 1),
        ("rank_1000", "each", 2, 3, 1, 1),
    ]


def test_changed_projects_are_named_by_what_changed_the_most_downloaded_first() -> None:
    evidence = {
        "a": ("not_attested", "attested"),
        "b": ("attested", "not_attested"),
        "c": ("partly_attested", "attested"),
        "d": ("predates_attestations", "not_attested"),
        "e": ("not_attested", "predates_attestations"),
        "f": ("predates_attestations", "partly_attested"),
    }
    factor = {
        "a": ("none", "enforced"),
        "b": ("trusted_publisher", "none"),
        "c": ("none", "announced"),
        "f": ("announced", "enforced"),
        "d": ("none", "enforced"),
    }
    changes = [
        *(("publishing_evidence", project, *values) for project, values in evidence.items()),
        *(("two_factor_evidence", project, *values) for project, values in factor.items()),
        ("publisher_kind", "a", "GitHub", "GitLab"),
        ("publisher_repository", "a", "x/a", "y/a"),
        ("Owner", "a", "ann", "ben"),
    ]
    rows = [f"('given', '2026-10', '{what}', '{name}', '{was}', '{now}')" for what, name, was, now in changes]
    tables = {
        "runs": RUN,
        "changes": f"(source, period, what, project, before, after): {', '.join(rows)}",
        "projects": "(project, tier, download_rank): ('a', 't', null), ('b', 't', 2), ('c', 't', 3), ('d', 't', 4),"
        "('e', 't', 5), ('f', 't', 6)",
    }
    assert found("changed_projects", tables, "kind, project, before, after, total") == [
        ("adopted", "f", "predates_attestations", "partly_attested", 2),
        ("adopted", "a", "not_attested", "attested", 2),
        ("attested_in_part", "c", "partly_attested", "attested", 1),
        ("no_longer_shown", "b", "trusted_publisher", "none", 1),
        ("older_release", "e", "not_attested", "predates_attestations", 1),
        ("other_evidence", "c", "none", "announced", 1),
        ("published_without", "d", "predates_attestations", "not_attested", 1),
        ("publisher", "a", "x/a at GitHub", "y/a at GitLab", 1),
        ("regressed", "b", "attested", "not_attested", 1),
        ("shown", "d", "none", "enforced", 3),
        ("shown", "f", "announced", "enforced", 3),
        ("shown", "a", "none", "enforced", 3),
    ]


def test_changed_roles_count_all_changes_and_name_the_first_300() -> None:
    rows = [f"('given', '2026-10', 'Owner', 'p{rank}', null, 'ann')" for rank in range(1, 311)]
    tables = {
        "runs": RUN,
        "changes": "(source, period, what, project, before, after): ('given', '2026-10', 'status', 'p1', 'a', 'b'),"
        f"('given', '2026-09', 'Owner', 'p1', 'ann', null), {', '.join(rows)}",
        "projects": "(project, tier, download_rank): " + ", ".join(f"('p{n}', 't', {n})" for n in range(1, 311)),
    }
    listed = found("changed_roles", tables, "project, total")
    assert listed == [(f"p{rank}", 310) for rank in range(1, 301)]


def test_the_status_is_compared_with_the_month_before() -> None:
    rows = [("2026-07", "'x'"), ("2026-09", "null"), ("2026-10", "'x'")]
    history = ", ".join(f"('given', '{month}', 'a', {status}, 'GitHub')" for month, status in rows)
    tables = {"runs": RUN, "project_history": f"(source, period, project, status, publisher_kind): {history}"}
    assert found("compared", tables) == [(0, 1)]


def test_critical_projects_are_counted_under_both_cut_dates_and_those_that_show_nothing_beside_them() -> None:
    columns = "(headline, unit, criticality, cut_date, numerator, denominator, total, is_census, share,"
    no = "null::double, null::double"
    tables = {
        "headline_sensitivity": f"{columns} share_low, share_high):"
        f"('two_factor_shown', 'projects', 'all', 'enforced', 1, 4, 5, false, 0.25, {no}),"
        f"('two_factor_shown', 'projects', 'all', 'announced', 2, 4, 5, false, 0.5, {no}),"
        f"('two_factor_shown', 'downloads', 'all', 'enforced', 9, 40, 50, false, 0.2, {no}),"
        f"('two_factor_shown', 'downloads', 'all', 'announced', 9, 40, 50, false, 0.2, {no}),"
        f"('attested', 'projects', 'all', 'enforced', 0, 4, 5, false, 0.0, {no})",
        "projects": "(critical_by, two_factor_evidence): ([]::varchar[], 'none'), (['top1pct'], 'none'),"
        "([], 'announced'), ([], 'enforced'), ([], 'unknown')",
    }
    wanted = "criticality, strict_numerator, weak_numerator, none_numerator, denominator, total, none_share"
    assert found("critical", tables, wanted) == [("all", 1, 2, 2, 4, 5, 0.5)]


def test_each_cut_date_is_that_of_projects() -> None:
    columns = "(tier, unit, measure, numerator, denominator, total, is_census, share, share_low, share_high)"
    rows = [("evidence_shown", 1), ("evidence_shown_or_announced", 3), ("evidence_announced", 2)]
    of = "4, 4, true, 0.5, null::double, null::double"
    given = [f"('all', '{unit}', '{name}', {n}, {of})" for unit in ("projects", "downloads") for name, n in rows]
    tables = {"tier_summary": f"{columns}: {', '.join(given)}"}
    assert found("cut_dates", tables, "tier, strict_numerator, weak_numerator") == [("all", 1, 3)]


def test_shares_of_evidence_are_of_the_projects_whose_newest_upload_is_known() -> None:
    tables = {
        "projects": "(tier, two_factor_evidence): ('top_100', 'none'), ('top_100', 'enforced'), ('top_100', 'unknown'),"
        "(null, 'none')"
    }
    assert found("evidence", tables) == [
        ("all", "enforced", 1, 3, 4, 1 / 3),
        ("all", "none", 2, 3, 4, 2 / 3),
        ("all", "unknown", 1, 3, 4, None),
        ("top_100", "enforced", 1, 2, 3, 0.5),
        ("top_100", "none", 1, 2, 3, 0.5),
        ("top_100", "unknown", 1, 2, 3, None),
    ]


def test_a_band_of_ranks_holds_the_first_ten_then_five_a_power_of_ten() -> None:
    evidence = {1: "none", 10: "enforced", 11: "enforced", 15: "unknown", 16: "none", 100: "none", 158: "none"}
    rows = ", ".join(f"({rank}, '{name}')" for rank, name in evidence.items())
    tables = {"projects": f"(download_rank, two_factor_evidence): {rows}, (null, 'none')"}
    assert found("evidence_by_rank", tables) == [
        (0, "enforced", 1, 2, 2, 1, 10, 0.5),
        (0, "none", 1, 2, 2, 1, 10, 0.5),
        (1, "enforced", 1, 1, 2, 11, 15, 1.0),
        (1, "unknown", 1, 1, 2, 11, 15, None),
        (2, "none", 1, 1, 1, 16, 16, 1.0),
        (6, "none", 2, 2, 2, 100, 158, 1.0),
    ]


def test_shares_of_provenance_are_of_the_projects_of_which_it_could_be_observed() -> None:
    tables = {
        "projects": "(tier, publishing_evidence): ('t', 'attested'), ('t', 'not_attested'), ('t', 'unobserved'),"
        "('t', 'not_observable'), (null, 'attested')"
    }
    assert found("publishing", tables) == [
        ("all", "attested", 2, 3, 5, 2 / 3),
        ("all", "not_attested", 1, 3, 5, 1 / 3),
        ("all", "not_observable", 1, 3, 5, None),
        ("all", "unobserved", 1, 3, 5, None),
        ("t", "attested", 1, 2, 4, 0.5),
        ("t", "not_attested", 1, 2, 4, 0.5),
        ("t", "not_observable", 1, 2, 4, None),
        ("t", "unobserved", 1, 2, 4, None),
    ]


def test_a_project_that_may_need_something_does_not_need_nothing() -> None:
    columns = "(tier, closure_size, closure_without_evidence_count, closure_unobserved_count,"
    tables = {
        "dependency_exposure": f"{columns} closure_unfollowed_count, closure_unlisted_count): ('t', 0, 0, 0, 0, 0),"
        "('t', 0, 0, 0, 1, 0), ('t', 0, 0, 0, 0, 1), ('t', 2, 0, 1, 0, 0), ('t', 2, 0, 0, 0, 0), ('t', 5, 4, 1, 0, 0),"
        "('t', 2, 1, 0, 0, 0), (null, 3, 3, 0, 0, 0)"
    }
    shown = (
        "tier, evidence, numerator, denominator, share_low, share_high, median_without_evidence, most_without_evidence"
    )
    assert found("exposure", tables, shown) == [
        ("all", "all_shown", 1, 8, None, None, None, None),
        ("all", "exposure_unknown", 3, 8, None, None, None, None),
        ("all", "needs_nothing", 1, 8, None, None, None, None),
        ("all", "some_without", 3, 8, 3 / 8, 6 / 8, 3.0, 4),
        ("t", "all_shown", 1, 7, None, None, None, None),
        ("t", "exposure_unknown", 3, 7, None, None, None, None),
        ("t", "needs_nothing", 1, 7, None, None, None, None),
        ("t", "some_without", 2, 7, 2 / 7, 5 / 7, 2.5, 4),
    ]
    tables["dependency_exposure"] = f"{columns} closure_unfollowed_count, closure_unlisted_count): ('t', 5, 4, 1, 0, 0)"
    assert found("exposure", tables, "share_low, share_high") == [(None, None)] * 2


def test_the_register_is_listed_in_two_parts_by_position() -> None:
    columns = "(position, project, tier, reasons, two_factor_evidence, publishing_evidence, newest_upload_at,"
    kinds = [(place, "unknown" if place % 2 else "none") for place in range(100, 0, -1)]
    rows = [f"({n}, 'p{n}', 't', [], '{kind}', 'x', null, null, {n}, 1, 1, 1)" for n, kind in kinds]
    register = f"{columns} newest_upload_precision, download_rank, downloads_30d, owner_count, dependents_transitive): "
    tables = {
        "risk_register": register + ", ".join([*rows, rows[1].replace("'none'", "'announced'").replace("99", "0")])
    }
    assert [place for (place,) in found("register", tables, "position")] == list(range(2, 81, 2))
    assert [place for (place,) in found("register_unknown", tables, "position")] == [0, *range(1, 79, 2)]


def test_the_register_is_counted_by_what_its_entries_show() -> None:
    kinds = ("none", "none", "announced", "unknown", "none", "unknown")
    tables = {"risk_register": "(two_factor_evidence): " + ", ".join(f"('{kind}')" for kind in kinds)}
    assert found("register_size", tables) == [(6, 3, 1, 2)]


def test_months_of_release_are_those_from_2018_on_and_hold_projects_of_no_tier_in_all_only() -> None:
    tables = {
        "projects": "(tier, newest_upload_at, two_factor_evidence): ('t', timestamp '2018-01-01', 'none'),"
        "('t', timestamp '2017-12-31 23:59:59', 'none'), (null, timestamp '2018-01-31', 'none'), ('t', null, 'unknown')"
    }
    month = date(2018, 1, 1)
    assert found("release_months", tables) == [("all", month, "none", 2), ("t", month, "none", 1)]


def test_released_after_ends_with_the_last_month_that_was_seen_as_a_whole_by_every_source() -> None:
    tables = {
        "coverage": "(measure, observed_count, observed_on): ('newest_upload', 1, date '2018-04-30'),"
        "('newest_upload', 1, date '2018-05-31'), ('newest_upload', 0, date '2018-02-28'),"
        "('files', 1, date '2018-01-31')",
        "projects": "(tier, newest_upload_at): ('t', timestamp '2018-01-31'), ('t', timestamp '2018-02-01'),"
        "('t', timestamp '2018-03-05')",
    }
    assert found("released_after", tables, "month, numerator, denominator") == [
        (date(2018, 1, 1), 2, 3),
        (date(2018, 2, 1), 1, 3),
        (date(2018, 3, 1), 0, 3),
    ]


def test_the_run_counts_what_was_uploaded_after_its_last_day_and_names_the_month_before() -> None:
    columns = "(source, period, code_version, parameters, is_simulated, observed_on, announced_from, enforced_from,"
    cuts = "date '2024-01-01', date '2024-08-02', date '2024-10-21'"
    tables = {
        "runs": f"{columns} provenance_from, started_at):"
        f"('given', '2026-10', 'v', '', false, date '2026-10-31', {cuts}, timestamp '2026-11-01')",
        "projects": "(newest_upload_at): (timestamp '2026-10-31 23:59:59'), (timestamp '2026-11-01'), (null)",
        "project_history": "(source, period): ('given', '2026-07'), ('given', '2026-08'), ('other', '2026-09'),"
        "('given', '2026-10'), ('given', '2026-11')",
    }
    assert found("run", tables, "later_count, previous_period") == [(1, "2026-08")]


def test_the_weakest_links_are_those_that_most_depend_on() -> None:
    columns = "(project, tier, two_factor_evidence, newest_upload_at, dependents_direct, dependents_transitive,"
    rows = [("c", "announced", 5), ("b", "none", 5), ("a", "none", 0), ("d", "enforced", 9), ("e", "unknown", 9)]
    rows += [("f", "none", 7)] + [(f"few-{n:02}", "none", 1) for n in range(30)]
    given = ", ".join(
        f"('{name}', 't', '{kind}', timestamp '2020-01-01', 1, {count}, null)" for name, kind, count in rows
    )
    tables = {"projects": f"{columns} has_single_owner): {given}", "dependency_exposure": "(project): ('a'), ('b')"}
    links = found("weakest_links", tables, "project, denominator")
    assert links == [(name, 2) for name in ["f", "b", "c", *(f"few-{n:02}" for n in range(17))]]


def test_each_measure_against_incidents_has_its_own_verdict_and_reason() -> None:
    columns = "(id, date, vector, would_2fa_have_prevented, reason_2fa, would_trusted_publishing_have_prevented,"
    tables = {
        "incidents": f"{columns} reason_trusted_publishing, incident_date):"
        "('x', '2026', 'v', 'yes', 'one', 'no', 'other', date '2026-01-01')"
    }
    assert found("prevention", tables, "measure, verdict, reason") == [
        ("2FA", "yes", "one"),
        ("Trusted Publishing", "no", "other"),
    ]


def test_the_published_share_of_publishers_lies_within_its_reading_error() -> None:
    columns = "(month, publisher_share_pct, publisher_share_error_pp, files, files_error, source)"
    tables = {"publisher_share_official": f"{columns}: (date '2026-01-01', 25.0::double, 1.0::double, 9, 1, 's')"}
    shares = found("publisher_share", tables, "share, share_low, share_high, share_error")
    assert shares == [(0.25, 0.24, 0.26, 0.01)]


@pytest.mark.parametrize(("figure", "denominator"), [("measures", True), ("adoption", True), ("tiers", False)])
def test_what_was_not_observed_has_no_bar(figure: str, *, denominator: bool) -> None:
    columns = "(month, tier, measure, unit, numerator, denominator, total, is_census, share, share_low, share_high)"
    rows = [("attested", 1, 2), ("attested_of_opportunity", 1, 1), ("single_owner", 0, 0), ("organization", 1, 3)]
    no = "false, null::double, null::double, null::double"
    given = [f"(date '2026-01-01', 'all', '{name}', 'files', {n}, {of}, 3, {no})" for name, n, of in rows]
    tables = {mart: f"{columns}: {', '.join(given)}" for mart in ("tier_summary", "adoption_monthly")}
    counts = {
        "measures": [("attested", 1, 2), ("attested_of_opportunity", 1, 1), ("organization", 1, 3)],
        "adoption": [("opportunity", 1, 1), ("plain", 1, 2)],
        "tiers": [("attested", 1, 2), ("attested_of_opportunity", 1, 1), ("single_owner", 0, 0)],
    }
    name = "denominator_kind" if figure == "adoption" else "measure"
    assert found(figure, tables, f"{name}, numerator, denominator") == counts[figure]
