"""Bars of 100 % for groups that are no tiers: definitions of critical, kinds of owners."""

from __future__ import annotations

from pipeline.charts.bars import stacked_bars
from pipeline.charts.labels import CRITICALITY, EVIDENCE, PUBLISHING
from pipeline.charts.theme import Chart, Look, Table, Words, as_rows

OWNERS = {
    "organization": "Projects of an organization",
    "several": "Several owners",
    "single": "One owner",
    "none": "No owner shown",
}
"""Kinds of owners of a project, from the direct roles that the index shows."""


def evidence_by_definition(table: Table, look: Look) -> Chart:
    """Does the evidence depend on what "critical" means?

    Args:
        table: One row per definition (codes of `CRITICALITY`) and class: `criticality`, `evidence` (codes of
            `EVIDENCE`), `numerator`, `total` (projects).
        look: Palette and source.
    """
    words = Words(
        title='Does the evidence depend on what "critical" means?',
        denominator="Share of the projects that are critical under each definition and whose newest upload is known; "
        "the definitions overlap",
        description="Stacked bars of the classes of two-factor evidence, one for each definition of critical.",
    )
    return stacked_bars(as_rows(table), "criticality", CRITICALITY, list(EVIDENCE), words, look)


def evidence_by_owners(table: Table, look: Look) -> Chart:
    """Do projects of organizations show more than those of one person?

    Args:
        table: One row per kind of owners (codes of `OWNERS`) and class: `owners`, `evidence` (codes of `EVIDENCE`),
            `numerator`, `total` (projects).
        look: Palette and source.
    """
    words = Words(
        title="Do projects of organizations show more than those of one person?",
        denominator="Share of the projects of each kind whose newest upload is known; direct roles of today, members "
        "of organizations are hidden",
        description="Stacked bars of the classes of two-factor evidence, one for each kind of owners.",
    )
    return stacked_bars(as_rows(table), "owners", OWNERS, list(EVIDENCE), words, look)


def publishing_by_owners(table: Table, look: Look) -> Chart:
    """Do projects of organizations attest more than those of one person?

    Args:
        table: As for `evidence_by_owners`, with codes of `PUBLISHING`.
        look: Palette and source.
    """
    words = Words(
        title="Do projects of organizations attest more than those of one person?",
        denominator="Share of the projects of each kind whose files were observed; direct roles of today, members of "
        "organizations are hidden",
        description="Stacked bars of the classes of publishing evidence, one for each kind of owners.",
    )
    return stacked_bars(as_rows(table), "owners", OWNERS, list(PUBLISHING), words, look)
