"""The twenty answers of the cookbook, counted in plain Python from the truth of a simulated index.

The truth tables are computed project by project on no code that the pipeline uses for its signals; only the graph
measures of the definitions of critical are counted here, from the true edges.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

Row = dict[str, Any]
PROJECTS, SEED = 600, 5
"""The index of the tests."""
SHOWN = ("trusted_publisher", "enforced")
NOT_SHOWN = ("none", "announced")
ATTESTED = ("attested", "partly_attested")
UNSEEN = ("unobserved", "not_observable")


class Truth:
    """The true tables of one index."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.projects = tables["projects"]
        self.accounts = tables["accounts"]
        self.by_name = {row["project"]: row for row in self.projects}
        self.needs: dict[str, set[str]] = defaultdict(set)
        for edge in tables["dependency_edges"]:
            self.needs[edge["project"]].add(edge["dependency"])
        self.critical_count = len(self.projects) // 100

    def closure(self, project: str) -> set[str]:
        seen: set[str] = set()
        pending = [project]
        while pending:
            for dependency in self.needs[pending.pop()] - seen:
                seen.add(dependency)
                pending.append(dependency)
        return seen - {project}

    def top(self, measure: dict[str, float]) -> set[str]:
        """As many projects as the top 1 % of the index, those with the most of a measure; ties by name."""
        order = sorted(measure, key=lambda name: (-measure[name], name))
        return {name for name in order[: self.critical_count] if measure[name] > 0}

    def top_dependents(self) -> set[str]:
        return self.top({row["project"]: row["dependents_transitive"] or 0 for row in self.projects})

    def top_pagerank(self) -> set[str]:
        """PageRank by iteration of its definition, damping 0.85; what needs nothing gives its rank to all."""
        names = list(self.by_name)
        rank = dict.fromkeys(names, 1 / len(names))
        for _ in range(200):
            dangling = sum(rank[name] for name in names if not self.needs[name])
            following = dict.fromkeys(names, (0.15 + 0.85 * dangling) / len(names))
            for name in names:
                for dependency in self.needs[name]:
                    following[dependency] += 0.85 * rank[name] / len(self.needs[name])
            rank = following
        order = sorted(names, key=lambda name: (-round(rank[name], 15), name))
        return {name for name in order[: self.critical_count] if self.by_name[name]["dependents_direct"]}


def answers(truth: Truth, since: datetime, coverage: list[Row]) -> dict[int, list[tuple]]:
    """The rows of each recipe, in its order and with its columns."""
    projects = truth.projects
    classes = Counter(row["two_factor_evidence"] for row in projects)
    known = [row for row in projects if row["two_factor_evidence"] != "unknown"]
    dated = [row for row in projects if row["newest_upload_at"]]
    seen = [row for row in projects if row["publishing_evidence"] not in UNSEEN]
    ranked = sorted((row for row in projects if row["download_rank"]), key=lambda row: row["download_rank"])
    dependents, pagerank = truth.top_dependents(), truth.top_pagerank()
    critical_accounts = [row for row in truth.accounts if row["critical_project_count"]]
    weak = [row for row in projects if is_in(row, "two_factor_evidence", NOT_SHOWN) and row["dependents_transitive"]]
    weak.sort(key=lambda row: (-row["dependents_transitive"], row["project"]))
    with_needs = [row for row in projects if row["unparsable_requirement_count"] == 0]
    quarters = Counter(quarter(row["first_attested_at"]) for row in projects if row["first_attested_at"])
    owners = Counter(row["publisher_repository"].split("/")[0] for row in projects if row["publisher_repository"])
    return {
        1: sorted(classes.items(), key=lambda item: (-item[1], item[0])),
        2: shares(known, "tier", lambda row: is_in(row, "two_factor_evidence", SHOWN)),
        3: [
            (row["project"], row["download_rank"], row["newest_upload_at"].date())
            for row in ranked[:100]
            if is_in(row, "two_factor_evidence", NOT_SHOWN)
        ],
        4: [
            ("since 2024-01-01", mean(is_in(row, "two_factor_evidence", (*SHOWN, "announced")) for row in known)),
            ("since 2024-08-02", mean(is_in(row, "two_factor_evidence", SHOWN) for row in known)),
        ],
        5: sorted(Counter(str(row["newest_upload_at"].year) for row in dated).items()),
        6: shares(dated, "tier", lambda row: row["newest_upload_at"].replace(tzinfo=None) < since),
        7: sorted(
            {
                "top1pct": sum(row["is_top1pct"] for row in projects),
                "mass80": sum(bool(row["is_mass80"]) for row in projects),
                "dependents": len(dependents),
                "pagerank": len(pagerank),
            }.items()
        ),
        8: [
            (row["project"], row["download_rank"], row["dependents_transitive"], row["two_factor_evidence"])
            for row in ranked
            if row["is_top1pct"]
            and row["is_mass80"]
            and row["project"] in dependents & pagerank
            and is_in(row, "two_factor_evidence", NOT_SHOWN)
        ],
        9: [
            (
                sum(is_in(row, "publishing_evidence", ATTESTED) for row in seen),
                len(seen),
                mean(is_in(row, "publishing_evidence", ATTESTED) for row in seen),
                sum(row["downloads_30d"] or 0 for row in seen if is_in(row, "publishing_evidence", ATTESTED))
                / sum(row["downloads_30d"] or 0 for row in seen),
            )
        ],
        10: shares(
            [row for row in seen if had_opportunity(row)],
            "tier",
            lambda row: is_in(row, "publishing_evidence", ATTESTED),
        ),
        11: sorted(quarters.items()),
        12: sorted(owners.items(), key=lambda item: (-item[1], item[0]))[:10],
        13: [
            (row["project"], row["download_rank"], row["newest_upload_at"].date())
            for row in sorted(projects, key=lambda row: (row["download_rank"] or 10**9, row["project"]))
            if row["has_regressed"]
        ][:10],
        14: shares(
            [row for row in projects if row["has_single_owner"] is not None],
            "tier",
            lambda row: row["has_single_owner"],
        ),
        15: shares(
            [
                row | {"owned_by": "organization" if row["organization"] else "no organization"}
                for row in seen
                if row["owner_count"] is not None
            ],
            "owned_by",
            lambda row: is_in(row, "publishing_evidence", ATTESTED),
        ),
        16: sorted(Counter(row["critical_project_count"] for row in truth.accounts).items()),
        17: [
            (
                sum(bool(row["shown_two_factor"]) for row in critical_accounts),
                len(critical_accounts),
                mean(bool(row["shown_two_factor"]) for row in critical_accounts),
            )
        ],
        18: [
            (row["project"], row["dependents_transitive"], row["dependents_direct"], row["two_factor_evidence"])
            for row in weak[:10]
        ],
        19: shares(
            with_needs,
            "tier",
            lambda row: any(
                is_in(truth.by_name[name], "two_factor_evidence", NOT_SHOWN) for name in truth.closure(row["project"])
            ),
        ),
        20: sorted(
            ((row["measure"], int(row["observed_count"]), int(row["total_count"])) for row in coverage),
            key=lambda row: (row[1], row[0]),
        ),
    }


def is_in(row: Row, column: str, values: tuple[str, ...]) -> bool:
    return row[column] in values


def had_opportunity(row: Row) -> bool:
    """Released since the index shows provenance, from a supported host; whoever attests proves that he could."""
    is_new = row["publishing_evidence"] in (*ATTESTED, "not_attested")
    return is_new and (bool(row["has_supported_url"]) or row["first_attested_at"] is not None)


def shares(rows: list[Row], group: str, holds: Any) -> list[tuple]:
    """Group, number for which it holds, number of all, share; in the order of the groups."""
    held: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        held[row[group]].append(bool(holds(row)))
    return [(name, sum(found), len(found), mean(found)) for name, found in sorted(held.items())]


def mean(values: Any) -> float:
    found = list(values)
    return sum(found) / len(found)


def quarter(moment: datetime) -> date:
    return date(moment.year, 3 * ((moment.month - 1) // 3) + 1, 1)
