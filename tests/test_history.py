"""Two months of one simulated index: the changes told are the true ones, and history is never lost or mixed."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.charts.labels import PUBLISHING
from pipeline.cli import main
from pipeline.errors import PublishError, ReportError
from pipeline.progress import Reporter
from pipeline.run import Context, fetch, rebuild, report, run
from pipeline.settings import Settings
from pipeline.sources.simulated.truth import changes_between
from pipeline.sources.simulated.world import make_world

PROJECTS, SEED = 800, 5
"""An index in which projects begin to attest, and others stop, between the two months."""


def context(folder: Path, period: str | None, source: str = "simulated") -> Context:
    settings = Settings(
        source=source,
        projects=PROJECTS,
        seed=SEED,
        period=period,
        database=folder / "a.duckdb",
        landing=folder / "landing",
        reports=folder / "reports",
    )
    return Context(settings, lambda: datetime(2026, 11, 1, tzinfo=UTC), "test", Reporter())


def rows(database: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


CHANGES = "select period, project, what, before, after from changes order by all"
HISTORY = "select source, period, count(*) from project_history group by all order by all"


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("months")
    run(context(folder, "2026-02"))
    run(context(folder, "2026-10"))
    return folder


@pytest.mark.parametrize("what", ["publishing_evidence", "two_factor_evidence", "organization", "Owner", "Maintainer"])
def test_the_changes_between_two_months_are_the_true_ones(two_months: Path, what: str) -> None:
    earlier, later = (make_world(PROJECTS, SEED, day) for day in (date(2026, 2, 28), date(2026, 10, 31)))
    unknown = {"not_observable", "unobserved", "unknown"}
    true = {
        (row["project"], row["before"], row["after"])
        for row in changes_between(earlier, later).to_pylist()
        if row["what"] == what and not {row["before"], row["after"]} & unknown
    }
    found = {
        (project, before, after) for _, project, w, before, after in rows(two_months / "a.duckdb", CHANGES) if w == what
    }
    if what in {"Owner", "Maintainer"}:
        true = {(p, b and b.lower(), a and a.lower()) for p, b, a in true}
    assert found == true
    assert true, "there is something to tell"


def listed(page: str, title: str) -> list[tuple[str, ...]]:
    """The rows that the report lists under a title: project, download rank, and what changed."""
    table = re.search(rf'<details class="changes">\s*<summary>{title} .*?</details>', page, re.DOTALL)
    body = re.search("<tbody>(.*?)</tbody>", table[0], re.DOTALL)[1] if table else ""
    cells = [
        re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall("<tr>.*?</tr>", body, re.DOTALL)
    ]
    return [tuple(html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in row) for row in cells]


@pytest.fixture(scope="module")
def true_changes() -> list[dict[str, str | None]]:
    earlier, later = (make_world(PROJECTS, SEED, day) for day in (date(2026, 2, 28), date(2026, 10, 31)))
    return changes_between(earlier, later).to_pylist()


@pytest.fixture(scope="module")
def page(two_months: Path) -> str:
    return (two_months / "reports" / "simulated-2026-10" / "index.html").read_text(encoding="utf-8")


def test_the_report_lists_exactly_who_adopted_and_who_regressed(page: str, two_months: Path, true_changes) -> None:
    attested, known = {"attested", "partly_attested"}, set(PUBLISHING) - {"not_observable", "unobserved"}
    moved = [row for row in true_changes if row["what"] == "publishing_evidence"]
    moved = [row for row in moved if {row["before"], row["after"]} <= known]
    true = {
        "Began to attest": [row for row in moved if row["after"] in attested and row["before"] not in attested],
        "No longer attest": [row for row in moved if row["before"] in attested and row["after"] not in attested],
    }
    for title, rows_of_truth in true.items():
        expected = {(row["project"], PUBLISHING[row["before"]], PUBLISHING[row["after"]]) for row in rows_of_truth}
        assert expected, "there is something to tell"
        found = [(project, before, after) for project, _, before, after in listed(page, title)]
        assert set(found) == expected
        assert len(found) == len(expected)
    record = json.loads((two_months / "reports" / "simulated-2026-10" / "report.json").read_text())
    counts = {one["name"]: one["value"] for one in record["headlines"] if one["name"].startswith("changed/")}
    assert counts["changed/adopted"] == len(true["Began to attest"])
    assert counts["changed/regressed"] == len(true["No longer attest"])


@pytest.mark.parametrize(
    ("title", "what"),
    [("Published from elsewhere", "publisher_repository"), ("Changed organization", "organization")],
)
def test_the_report_lists_exactly_whose_publisher_or_organization_changed(page, true_changes, title, what) -> None:
    expected = {
        (row["project"], row["before"] or "none", row["after"] or "none")
        for row in true_changes
        if row["what"] == what and (what == "organization" or (row["before"] and row["after"]))
    }
    assert expected
    assert {(project, before, after) for project, _, before, after in listed(page, title)} == expected


def test_the_report_lists_exactly_whose_roles_changed_under_one_number_an_account(page, true_changes) -> None:
    expected = {
        (row["project"], row["what"], *((row[when] or "").lower() for when in ("before", "after")))
        for row in true_changes
        if row["what"] in {"Owner", "Maintainer"}
    }
    found = [(project, *cells) for project, _, *cells in listed(page, "Roles gained or lost")]
    assert len(found) == len(expected)
    assert "simulated-account" not in page
    sides = [{(p, role, bool(lost), bool(gained)) for p, role, lost, gained in rows_} for rows_ in (found, expected)]
    assert sides[0] == sides[1]
    # Each number stands for one account: how often the numbers and the names occur is the same.
    uses = [sorted(Counter(a or b for *_, a, b in rows_).values()) for rows_ in (found, expected)]
    assert uses[0] == uses[1]


def test_a_report_of_another_month_than_the_file_holds_says_how_to_make_it(two_months: Path) -> None:
    said = r"holds simulated 2026-10, not simulated 2026-02.*build --source simulated --period 2026-02"
    with pytest.raises(ReportError, match=said):
        report(context(two_months, "2026-02"))
    assert report(context(two_months, "2026-10")).parent.name == "simulated-2026-10"


def test_a_report_of_another_source_than_the_file_holds_is_refused(two_months: Path, capsys) -> None:
    words = ["report", "--db", str(context(two_months, None).settings.database), "--reports", str(two_months / "asked")]
    with pytest.raises(SystemExit) as refused:
        main([*words, "--source", "pypi"])
    assert refused.value.code == 1
    assert re.search(r"holds simulated 2026-10, not pypi 2026-10\. .*build --source pypi", capsys.readouterr().err)
    assert not (two_months / "asked").exists()
    # The default of --source is nothing that anybody asked for.
    main(words)
    assert (two_months / "asked" / "simulated-2026-10" / "index.html").exists()


def test_accounts_have_their_names_where_that_was_asked_for(two_months: Path) -> None:
    asked = context(two_months, None)
    path = report(replace(asked, settings=replace(asked.settings, shows_accounts=True, reports=two_months / "named")))
    assert "simulated-account" in path.read_text(encoding="utf-8")


def test_list_of_months_and_feed_hold_both(two_months: Path) -> None:
    reports = two_months / "reports"
    assert re.findall(r'href="(simulated-[^"]*)/index.html"', (reports / "index.html").read_text()) == [
        "simulated-2026-10",
        "simulated-2026-02",
    ]
    assert (reports / "feed-simulated.xml").read_text().count("<entry>") == 2
    assert not (reports / "feed.xml").exists()


def test_a_month_built_again_changes_nothing(two_months: Path) -> None:
    before = rows(two_months / "a.duckdb", CHANGES), rows(two_months / "a.duckdb", HISTORY)
    rebuild(context(two_months, "2026-10"))
    assert (rows(two_months / "a.duckdb", CHANGES), rows(two_months / "a.duckdb", HISTORY)) == before


def test_months_can_be_made_anew_from_the_landing_in_any_order(two_months: Path) -> None:
    before = rows(two_months / "a.duckdb", CHANGES)
    (two_months / "a.duckdb").unlink()
    rebuild(context(two_months, "2026-10"))
    assert rows(two_months / "a.duckdb", CHANGES) == []
    rebuild(context(two_months, "2026-02"))
    assert rows(two_months / "a.duckdb", "select period from runs") == [("2026-02",)]
    rebuild(context(two_months, "2026-10"))
    assert rows(two_months / "a.duckdb", CHANGES) == before


def test_real_data_never_replace_simulated_ones(two_months: Path) -> None:
    before = (two_months / "a.duckdb").read_bytes()
    real = context(two_months, None, "snapshot")
    with pytest.raises(PublishError, match=r"holds simulated data.*--db"):
        run(real)
    assert (two_months / "a.duckdb").read_bytes() == before
    # Nor is anything fetched for nothing; what is landed already is refused when it is built.
    assert not (two_months / "landing" / "snapshot").exists()
    fetch(real)
    with pytest.raises(PublishError, match=r"holds simulated data.*--db"):
        rebuild(real)
    assert (two_months / "a.duckdb").read_bytes() == before


def test_a_history_of_another_shape_is_said_to_be_one(two_months: Path, tmp_path: Path) -> None:
    database = tmp_path / "old.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("""
            create table runs as select true as is_simulated, 2 as schema_version, timestamp '2026-11-01' as started_at,
                'simulated' as source, '2026-02' as period, 'x' as run_id, '0.1.0' as code_version,
                date '2026-02-28' as observed_on
        """)
        connection.execute("create table project_history as select 1 as x")
    old = context(two_months, "2026-10")
    with pytest.raises(PublishError, match=r"cannot be taken over.*build --period"):
        rebuild(replace(old, settings=replace(old.settings, database=database)))


def make_older(database: Path, folder: Path, *changes: str) -> Path:
    """A copy of a published file, changed by SQL."""
    path = folder / "older.duckdb"
    path.write_bytes(database.read_bytes())
    with duckdb.connect(str(path)) as connection:
        for change in changes:
            connection.execute(change)
    return path


def rebuilt_over(database: Path, two_months: Path) -> Path:
    asked = context(two_months, "2026-10")
    rebuild(replace(asked, settings=replace(asked.settings, database=database, reports=database.parent / "reports")))
    return database


def test_what_an_older_file_lacks_is_null_or_no_history(two_months: Path, tmp_path: Path) -> None:
    older = make_older(
        two_months / "a.duckdb",
        tmp_path,
        "alter table project_history drop column status",
        "alter table project_history drop column download_rank",
        "alter table project_history drop column first_attested_at",
        "drop table role_history",
    )
    types = "select column_name, data_type from duckdb_columns() where schema_name = 'main' order by all"
    rebuilt_over(older, two_months)
    assert rows(older, HISTORY) == rows(two_months / "a.duckdb", HISTORY)
    assert rows(older, types) == rows(two_months / "a.duckdb", types)
    lacking = "count(status), count(download_rank), count(first_attested_at), count(tier)"
    earlier, later = rows(older, f"select {lacking} from project_history group by period order by period")
    assert earlier[:3] == (0, 0, 0)
    assert earlier[3]
    assert all(later)
    assert rows(older, "select distinct period from role_history") == [("2026-10",)]
    kept = "select project, before, after from changes where what = 'publishing_evidence' order by all"
    assert rows(older, kept) == rows(two_months / "a.duckdb", kept)
    untold = "('status', 'Owner', 'Maintainer', 'organization')"
    assert rows(older, f"select count(*) from changes where what in {untold}") == [(0,)], "a loss is no change"


def test_roles_and_organizations_that_an_older_file_lost_are_not_told_as_changes(
    two_months: Path, tmp_path: Path
) -> None:
    older = make_older(two_months / "a.duckdb", tmp_path, "alter table project_history drop column organization")
    rebuilt_over(older, two_months)
    assert rows(older, "select count(*) from changes where what = 'organization'") == [(0,)]
    assert rows(older, "select count(*) from changes where what = 'publishing_evidence'") != [(0,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("alter table project_history drop column project", "cannot be taken over.*project.*build --period"),
        ("update runs set schema_version = 3", "has schema version 3, and this code reads 2.*build --period"),
        ("update runs set schema_version = 0", "has schema version 0, and this code reads 2.*build --period"),
        ("drop table runs", "is not a database of this project.*build --period"),
        ("delete from runs", "holds no run"),
    ],
)
def test_a_history_that_means_something_else_is_not_taken_over(
    two_months: Path, tmp_path: Path, change: str, words: str
) -> None:
    older = make_older(two_months / "a.duckdb", tmp_path, change)
    before = older.read_bytes()
    with pytest.raises(PublishError, match=words):
        rebuilt_over(older, two_months)
    assert older.read_bytes() == before
