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
