"""Adoption by month as it happened, and the law that made it happen."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pipeline.sources.simulated.model import AdoptionModel
from pipeline.sources.simulated.truth.records import File, Project

FIRST_MONTH: Final = date(2023, 1, 1)
_ALL: Final = "all"


def monthly_rows(projects: list[Project], ranks: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The truth table `adoption_monthly`, ordered by month and tier."""
    counts: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for project in projects:
        for month, counted in _months_of([file for file in project.files if file.is_attested is not None]).items():
            counts[month, _ALL].update(counted)
            counts[month, ranks[project.name]["tier"]].update(counted)
    return [
        {"month": month, "tier": tier, **counts[month, tier]} for month, tier in sorted(counts) if month >= FIRST_MONTH
    ]


def _months_of(files: list[File]) -> dict[date, Counter[str]]:
    """What one project adds to each month."""
    months: dict[date, Counter[str]] = defaultdict(Counter)
    releases: dict[str, list[File]] = defaultdict(list)
    for file in files:
        month = months[_month(file)]
        month["file_count"] += 1
        month["attested_file_count"] += bool(file.is_attested)
        month["project_count"] = 1
        month["attested_project_count"] |= bool(file.is_attested)
        releases[file.version].append(file)
    for members in releases.values():
        month = months[min(_month(file) for file in members)]
        month["release_count"] += 1
        month["attested_release_count"] += any(file.is_attested for file in members)
    attested = [_month(file) for file in files if file.is_attested]
    if attested:
        months[min(attested)]["first_attested_project_count"] = 1
    return months


def _month(file: File) -> date:
    return file.uploaded_at.date().replace(day=1)


def model_rows(law: AdoptionModel) -> list[dict[str, Any]]:
    """The truth table `adoption_model`: every parameter of the law, one row per level."""
    rows = []
    for field in dataclasses.fields(law):
        value = getattr(law, field.name)
        levels = value.items() if isinstance(value, Mapping) else [("", value)]
        rows += [{"parameter": field.name, "level": level, "value": float(number)} for level, number in levels]
    return rows
