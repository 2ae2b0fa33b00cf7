"""What a researcher asks of the published file, timed: `python ask_file.py DATABASE`."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from pipeline.warehouse.published import open_published

HISTORY = """
select version, uploaded_at, is_listed, is_yanked, has_provenance
from staging.files
inner join staging.projects using (project_id)
inner join staging.versions using (version_id)
where project = $project
order by uploaded_at
"""
QUESTIONS = {
    "What share of the projects of each tier shows 2FA or a Trusted Publisher?": """
select tier, avg((two_factor_evidence in ('trusted_publisher', 'enforced'))::integer) as share, count(*) as projects
from projects where two_factor_evidence <> 'unknown' group by tier order by tier
""",
    "How does the share of attested files grow, in the most downloaded 1 %?": """
select date_trunc('month', uploaded_at) as month, count(*) as files, avg(has_provenance::integer) as share
from staging.files inner join projects using (project_id)
where is_top1pct and is_listed group by month order by month
""",
    "Which accounts reach the most downloads, and are they shown to have a second factor?": """
select account, project_count, downloads_30d_reachable, shown_two_factor
from accounts order by downloads_30d_reachable desc, account limit 20
""",
    "Which critical projects need the most projects without evidence?": """
select project, tier, most_exposed_dependency, closure_without_evidence_count, closure_size
from dependency_exposure where tier in ('top_100', 'top_1000', 'top_1pct')
order by closure_without_evidence_count desc, project limit 20
""",
    "Who downloads the 100 most downloaded projects, day by day?": """
select
    day, sum(installer_count) as installers, sum(installer_ci_count) as in_ci, sum(mirror_count) as mirrors,
    sum(other_count) as others, sum(unknown_count) as unknown
from staging.downloads_daily inner join projects using (project_id)
where tier = 'top_100' group by day order by day
""",
}


def main(database: Path) -> None:
    """Ask for two histories and the five questions."""
    with open_published(database) as connection:
        counts = "select project, count(*) as n from staging.files inner join staging.projects using (project_id)"
        ordered = f"with counts as ({counts} group by all) select project from counts order by n desc, project"
        chosen = {
            what: connection.execute(f"{ordered} limit 1 offset {place}").fetchall()[0][0]
            for what, place in (
                ("the project with the most files", "0"),
                ("a median project", "(select count(distinct project_id) // 2 from staging.files)"),
            )
        }
    histories, queries = [], []
    for what, project in chosen.items():
        with open_published(database) as connection:
            asked = _ask(connection, HISTORY, {"project": project}, times=10)
        again = statistics.median(asked["seconds"][1:])
        histories.append(
            {"of": what, "files": asked["rows"], "first_ms": asked["seconds"][0] * 1e3, "median_ms": again * 1e3}
        )
    for question, sql in QUESTIONS.items():
        with open_published(database) as connection:
            asked = _ask(connection, sql, {}, times=5)
        median = statistics.median(asked["seconds"])
        queries.append({"question": question, "sql": sql.strip(), "rows": asked["rows"], "seconds": median})
    sys.stdout.write(json.dumps({"history_sql": HISTORY.strip(), "histories": histories, "queries": queries}))


def _ask(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, str], *, times: int) -> dict[str, Any]:
    seconds = []
    rows: list[Any] = []
    for _ in range(times):
        started = time.perf_counter()
        rows = connection.execute(sql, values).fetchall()
        seconds.append(time.perf_counter() - started)
    return {"rows": len(rows), "seconds": seconds}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
