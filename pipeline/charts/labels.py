"""What codes of the marts are called where people read them, and the order in which they stand."""

from __future__ import annotations

import re

TIERS = {
    "all": "Whole index",
    "top_100": "Top 100",
    "top_1000": "Next, to rank 1,000",
    "top_1pct": "Next, to the top 1 %",
    "top_15000": "Next, to rank 15,000",
    "long_tail": "Long tail",
}
"""Tiers by download rank; they do not overlap, so each name says where the one before ends."""

SHORT_TIERS = {
    "all": "All",
    "top_100": "Top 100",
    "top_1000": "to 1,000",
    "top_1pct": "to top 1 %",
    "top_15000": "to 15,000",
    "long_tail": "Long tail",
}
"""Tiers where there is little room and the one before stands beside it."""

EVIDENCE = {
    "trusted_publisher": "Trusted Publisher",
    "enforced": "2FA enforced",
    "announced": "2FA announced",
    "none": "no evidence",
    "unknown": "not observed",
}
"""Classes of `two_factor_evidence`, the strongest first."""

PUBLISHING = {
    "attested": "attested",
    "partly_attested": "partly attested",
    "predates_attestations": "before attestations",
    "not_attested": "not attested",
    "not_observable": "index does not say",
    "unobserved": "not observed",
}
"""Classes of `publishing_evidence`, the strongest first."""

CRITICALITY = {
    "all": "Whole index",
    "top1pct": "Top 1 % by downloads",
    "mass80": "Fewest projects with 80 % of downloads",
    "dependents": "Top 1 % by transitive dependents",
    "pagerank": "Top 1 % by PageRank of the dependencies",
}
"""Definitions under which a project is critical."""

VERDICTS = {"yes": "yes", "partly": "partly", "no": "no"}
"""Would a measure have prevented an incident?"""


ESTIMATES = {
    "share_two_factor_shown": "Share with two-factor evidence",
    "share_attested": "Share whose newest release carries provenance",
    "share_attested_of_opportunity": "The same, of those that could",
    "hazard_ratio": "How many times as fast projects attest (hazard ratio)",
    "median_days_to_attest": "Days until half have attested",
    "activity_level_change": "Activity: jump",
    "activity_slope_change": "Activity: change of the monthly slope",
    "official_publisher_share_level_change": "Published share of Trusted Publishers: jump",
    "official_publisher_share_slope_change": "Published share of Trusted Publishers: change of the monthly slope",
    "return_share": "Dormant projects that came back",
    "return_share_placebo": "Dormant projects that came back, a year before",
    "return_share_difference": "Dormant projects that came back, less those a year before",
    "accounts_gini_of_reach": "Gini coefficient of the reach of accounts",
    "accounts_reaching_half": "Accounts that reach half of all downloads",
    "accounts_two_factor_share": "Accounts with a second factor",
    "criticality_jaccard": "Agreement of two definitions (Jaccard index)",
    "criticality_rank_correlation": "Agreement of two orders (rank correlation)",
}
"""Names of the mart `estimates`."""

_COVARIATES = {"tier": "Tier", "host": "Host", "owner": "Owner"}
_LEVELS = {
    "top_100": "top 100",
    "top_1000": "ranks 101 to 1,000",
    "top_1pct": "ranks to the top 1 %",
    "top_15000": "ranks to 15,000",
    "long_tail": "long tail",
    "github": "GitHub",
    "gitlab": "GitLab",
    "other": "another one",
    "organization": "an organization",
    "individual": "no organization",
    "unknown": "unknown",
}
"""Levels of covariates inside a sentence."""
_ORDERS = {"dependents": "transitive dependents", "pagerank": "PageRank of the dependencies"}


def estimate_name(name: str) -> str:
    """A name of the mart `estimates` in words."""
    return ESTIMATES.get(name, spoken(name))


def term_name(term: str, estimate: str = "") -> str:
    """A term of the mart `estimates` in words.

    `tier: top_100 against top_15000` is "Tier: top 100, against ranks to 15,000"; codes of definitions are named, or,
    in a rank correlation, those of the orders of all projects.
    """
    names = _ORDERS if estimate == "criticality_rank_correlation" else CRITICALITY
    found = re.fullmatch(r"(\w+): (\w+) against (\w+)", term)
    if found is None:
        return " and ".join(names.get(part, part) for part in term.split(" and "))
    kind, level, reference = found.groups()
    return f"{_COVARIATES.get(kind, kind)}: {_LEVELS.get(level, level)}, against {_LEVELS.get(reference, reference)}"


def spoken(code: str) -> str:
    """A code in words: `leaked_token` is `leaked token`."""
    return re.sub("[-_]", " ", code)


def percent(share: float) -> str:
    """A share (0 to 1) in percent with one decimal; what is neither nothing nor all is never written as such."""
    rounded = f"{share:.1%}"
    if rounded == "0.0%" and share > 0:
        return "<0.1 %"
    if rounded == "100.0%" and share < 1:
        return ">99.9 %"
    return rounded.replace("%", " %")
