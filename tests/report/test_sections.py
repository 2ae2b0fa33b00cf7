"""The sections that need files, roles, requirements or a month before: their prose follows the data, unknown or not."""

from __future__ import annotations

import html
import re

import pytest
from report_marts import OBSERVED, make_marts
from test_page import text_of

from pipeline.report.page import make_report
from pipeline.report.reading import read_figures

pytestmark = pytest.mark.usefixtures("module_without_charts")


def prose(*changes: str, shows_accounts: bool = False) -> str:
    with make_marts(*changes) as connection:
        return text_of(make_report(connection, shows_accounts=shows_accounts)[0])


@pytest.fixture(scope="module")
def observed(module_without_charts) -> str:
    return prose(*OBSERVED)


@pytest.fixture(scope="module")
def unobserved(module_without_charts) -> str:
    return prose()


@pytest.mark.parametrize(
    "sentence",
    [
        (
            "Compared with 2026-08, as the same source saw it: 2 projects began to attest, 1 no longer does; 1 shows "
            "two-factor evidence, unlike then; 1 was published from elsewhere; 3 roles were gained or lost."
        ),
        "Since 2026-08 2 projects began to attest their files, and 1 no longer does",
        # The eight ranked projects without eta (new), and for 2FA without delta (unknown): theta is shown now.
        "Show 2FA or a Trusted Publisher: 33.3 % then, 50.0 % now (2 and 3 of 6)",
        "Carry provenance: 28.6 % then, 42.9 % now (2 and 3 of 7)",
        (
            "lies between 50.0 % (Top 1 % by transitive dependents: 1 of 2) and 66.7 % (Fewest projects with 80 % of "
            "downloads: 2 of 3), by the definition."
        ),
        (
            "Uploaded in 2026-10 with provenance: 30.0 % of the files (3 of 10), 50.0 % of those that could; 20.0 % of "
            "the projects (2 of 10), 40.0 % of those that could; weighted by downloads, 60.0 % of the downloads."
        ),
        "2 of 4 accounts with a direct role can reach a project that is critical by downloads",
        (
            "Of the 2 accounts that reach a critical project, 50.0 % (1) are shown to have (or have had) a second "
            "factor; at most 100.0 % have one."
        ),
        "Between 1 and 2 accounts together reach half of all downloads. Reach is spread with a Gini coefficient of 0.5",
        (
            "2 of 5 projects (40.0 %) need at least one project without evidence (2FA announced, or none), half of "
            "these 1.5 or more, the most exposed 2. Another 1 needs nothing at all. Of 1 more it cannot be told, "
            "because a part of what they need was not observed: with these it would be at most 60.0 %."
        ),
        (
            "1 of 2 comparisons lie apart from no difference: Owner: an organization, against no organization, 3.1 "
            "times as fast (1.4 to 6.9)"
        ),
        "changed by \N{MINUS SIGN}1.2 percentage points (\N{MINUS SIGN}3.0 to +0.6): no difference is shown",
        "+1.0 percentage points (\N{MINUS SIGN}1.0 to +3.0). That is no verdict on the mandate",
    ],
)
def test_each_figure_of_the_prose_is_that_of_the_file(observed, sentence):
    assert sentence in observed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update changes set after = 'not_attested' where project = 'alpha'", "1 project began to attest, 1 no longer"),
        ("delete from changes where what in ('Owner', 'Maintainer')", "0 roles were gained or lost"),
        (
            "update project_history set publishing_evidence = 'unobserved' where period = '2026-08'",
            "which projects began to attest is not observed, which stopped is not observed; 1 shows",
        ),
        (
            "update project_history set publishing_evidence = 'unobserved' where period = '2026-08'",
            "Carry provenance: not observed in both months",
        ),
        (
            "update project_history set owner_count = null where period = '2026-10'",
            "roles are not observed in both months",
        ),
        (
            "update estimates set low = 0.02 where name = 'return_share_difference'",
            "(+2.0 to +3.0). That is no verdict",
        ),
        ("update estimates set low = 0.002, estimate = 0.004 where name like 'activity%'", "more than chance"),
        ("update estimates set low = 1.1 where term like 'tier%'", "2 of 2 comparisons lie apart"),
        (
            "delete from adoption_monthly where month = date '2026-10-01' and unit = 'projects'",
            "50.0 % of those that could; projects: not observed; weighted",
        ),
        (
            "update estimates set low = null, reason = 'no downloads' where name = 'accounts_reaching_half'",
            "How many accounts reach half of all downloads is not known: no downloads.",
        ),
        (
            "update dependency_exposure set closure_without_evidence_count = 0",
            "No project is known to need one without",
        ),
        (
            "update estimates set estimate = null where name like 'activity%'",
            "Whether activity broke at the cut dates cannot be told from this file.",
        ),
        (
            "update estimates set estimate = null, reason = 'files were observed of 9 of 20' where name like 'return%'",
            (
                "Whether dormant projects came back after the mandate cannot be told: files were observed of 9 of 20. "
                "It takes those of nine in ten projects, which pypi-adoption run --source bigquery"
            ),
        ),
        (
            "update estimates set estimate = null, low = null, high = null where name = 'hazard_ratio'",
            "What goes with attesting sooner is not observed. One index was silent.",
        ),
    ],
)
def test_prose_follows_the_data_and_says_what_is_unknown(change, sentence):
    assert sentence in prose(*OBSERVED, change)


@pytest.mark.parametrize(
    "sentence",
    [
        "This file holds no month of the source given before 2026-10, so there is nothing to compare.",
        "pypi-adoption build --source given --period YYYY-MM",
        "One definition only can be applied to this file. Of the 4 definitions, Top 1 % by downloads is known here.",
        "Provenance by month of upload is not observed.",
        "Which accounts reach which projects is not observed. No roles. pypi-adoption run --source pypi observes it.",
        "What projects need is not observed.",
        "What goes with attesting sooner is not observed. Nobody looked. pypi-adoption run --source pypi observes it.",
        "Whether activity broke at the cut dates cannot be told: no months.",
        "Whether dormant projects came back after the mandate cannot be told from this file.",
    ],
)
def test_what_is_not_observed_is_a_sentence_with_the_command(unobserved, sentence):
    assert sentence in unobserved


def test_accounts_are_numbered_in_the_order_of_the_page_and_the_same_within_it(observed):
    table = observed.split("Roles gained or lost, 2026-08 to 2026-10")[1].split("Accounts are numbered")[0]
    assert re.findall(r"account \d", table) == ["account 1", "account 2", "account 1"]
    assert "gamma 3 Owner account 1 gamma 3 Owner account 2 delta 4 Maintainer account 1" in table
    assert not re.search("mallory|trudy|peggy|victor", observed)


def test_accounts_are_named_where_that_was_asked_for():
    text = prose(*OBSERVED, shows_accounts=True)
    assert "gamma 3 Owner mallory gamma 3 Owner trudy delta 4 Maintainer mallory" in text
    assert "because this report was asked for with --show-accounts" in text
    assert "peggy" not in text  # who only reaches much stands nowhere


def test_numbers_of_accounts_do_not_follow_their_names():
    later = ("update changes set before = 'aaron' where project = 'gamma' and before = 'mallory'",)
    text = prose(*OBSERVED, *later)
    assert "gamma 3 Owner account 1 gamma 3 Owner account 2 delta 4 Maintainer account 3" in text


def test_long_lists_say_that_they_are_cut():
    many = (
        (
            "insert into projects select kept.* replace (project || '-' || n as project, 5000 + n as download_rank) "
            "from projects as kept, range(310) as numbers (n) where project = 'alpha'"
        ),
        (
            "insert into changes select 'given', '2026-10', '2026-08', project, 'status', 'active', 'archived' "
            "from projects where project like 'alpha-%'"
        ),
    )
    with make_marts(*OBSERVED, *many) as connection:
        page = make_report(connection)[0]
    text = text_of(page)
    assert "Changed status (310)" in text
    assert "Changed status, 2026-08 to 2026-10; the 300 most downloaded" in text
    assert text.count("archived") == 300


def changed(*rows: str) -> dict[str, list[tuple]]:
    """The rows of `changed_projects` by kind, out of these rows of `changes`."""
    values = ", ".join(f"('given', '2026-10', '2026-08', {row})" for row in rows)
    with make_marts(*OBSERVED, "delete from changes", f"insert into changes values {values}") as connection:
        table = read_figures(connection)["changed_projects"]
    return table.select("kind", "project", "before", "after", "total").rows_by_key("kind")


def test_another_repository_of_another_kind_is_one_project():
    found = changed(
        "'alpha', 'publisher_kind', 'GitHub', 'GitLab'",
        "'alpha', 'publisher_repository', 'a/alpha', 'b/alpha'",
        "'beta', 'publisher_kind', 'GitHub', 'Google'",
    )
    assert found == {
        "publisher": [("alpha", "a/alpha at GitHub", "b/alpha at GitLab", 2), ("beta", "GitHub", "Google", 2)]
    }


def test_only_the_first_release_since_attestations_exist_is_told_as_such():
    found = changed(
        "'alpha', 'publishing_evidence', 'predates_attestations', 'not_attested'",
        "'beta', 'publishing_evidence', 'not_attested', 'predates_attestations'",
    )
    assert found == {
        "older_release": [("beta", "not_attested", "predates_attestations", 1)],
        "published_without": [("alpha", "predates_attestations", "not_attested", 1)],
    }


def test_months_of_other_sources_and_later_ones_are_not_compared(observed):
    page = html.unescape(observed)
    assert "2026-09," not in page.split("Two-factor evidence")[0]
    assert "kappa" not in observed.split("Began to attest (2)")[1].split("No longer attest (1)")[0]
