"""The order of the risk register: downloads, then rank, then dependents, then names; what is not known stands last."""

from __future__ import annotations

from datetime import UTC, datetime


def test_the_register_is_ordered_by_what_an_attacker_would_reach(make_warehouse) -> None:
    """300 projects, so that three are critical by each definition; two are by downloads, both with 40."""
    uploads = {"p000": (2024, 3, 1), "p001": (2020, 1, 1), "p002": (2024, 8, 2)}
    uploads |= {f"p03{number}": (2025, 1, 1) for number in range(4)}
    needs = [("p030", "p021"), ("p031", "p021"), ("p032", "p022"), ("p033", "p020")]
    ranks = {"p000": 1, "p001": 2, "p002": 3, "p011": 9}
    rows = {
        "index": [
            {"project_name": name, "download_rank": ranks.get(name)} for name in (f"p{n:03}" for n in range(300))
        ],
        "observations": [{"project_name": "p001", "status": "archived"}],
        "roles": [{"project_name": "p001", "account": "ann", "role": "Owner"}],
        "download_totals": [{"project_name": name, "download_count": 40} for name in ("p010", "p011")],
        "files": [
            {"project_name": name, "version": "1", "uploaded_at": datetime(*day, tzinfo=UTC)}
            for name, day in uploads.items()
        ],
        "requirements": [{"project_name": one, "version": "1", "requirement": other} for one, other in needs],
    }
    register = make_warehouse(rows, "main.risk_register").sql(
        "select position, project, critical_by, reasons from risk_register"
    )
    unknown = ["newest_upload_unknown"]
    assert register.fetchall() == [
        (1, "p011", ["mass80"], unknown),
        (2, "p010", ["mass80"], unknown),
        (3, "p000", ["top1pct"], ["no_upload_since_enforcement"]),
        (4, "p001", ["top1pct"], ["no_upload_since_mandate", "single_owner", "archived"]),
        (5, "p021", ["dependents", "pagerank"], unknown),
        (6, "p020", ["dependents", "pagerank"], unknown),
        (7, "p022", ["dependents", "pagerank"], unknown),
    ]
