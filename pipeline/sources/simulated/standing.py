"""What the index says about a project as a whole: status markers and the organization that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.adoption import Adoption
from pipeline.sources.simulated.model import Ints, chance, stream
from pipeline.sources.simulated.population import Population


@dataclass(frozen=True)
class Standing:
    """One entry per project; instants are `NEVER` for what does not happen."""

    archived_at: Ints
    deprecated_at: Ints
    organization: Ints
    """Number of the index organization that holds the project sooner or later; -1 for none."""
    organization_from: Ints


def make_standing(people: Population, adoption: Adoption, seed: int) -> Standing:
    """Draw status changes and organization memberships.

    Only projects that no longer release are archived or deprecated. Organizations hold the projects of organization
    owners and of every second fleet, most of them since the spring of 2025; fleet numbers follow the organizations'.
    """
    rng = stream(seed, "standing")
    count = people.count
    ended = np.maximum(adoption.stops, m.STATUS_MARKERS_FROM)
    marked_at = (ended + (30 + rng.exponential(150, count)) * m.DAY).astype(np.int64)
    has_ended = people.has_files & (adoption.stops < m.HORIZON)
    is_archived = has_ended & chance(rng, 0.05, count)
    is_deprecated = has_ended & chance(rng, 0.01, count)
    organizations = int(people.owner_group[people.owner_kind == m.ORGANIZATION].max(initial=-1)) + 1
    in_fleet = people.owner_kind == m.FLEET
    of_fleet = in_fleet & (people.owner_group % 2 == 1)
    of_company = people.owner_kind == m.ORGANIZATION
    number = np.where(of_fleet, organizations + people.owner_group, np.where(of_company, people.owner_group, -1))
    joins_after = rng.exponential(150, max(1, int(number.max(initial=0)) + 1)) * m.DAY
    joined = (m.ORGANIZATIONS_OPEN_FROM + joins_after[np.maximum(number, 0)]).astype(np.int64)
    return Standing(
        archived_at=np.where(is_archived, marked_at, m.NEVER),
        deprecated_at=np.where(is_deprecated, marked_at, m.NEVER),
        organization=number,
        organization_from=np.where(number >= 0, np.maximum(joined, people.created), m.NEVER),
    )
