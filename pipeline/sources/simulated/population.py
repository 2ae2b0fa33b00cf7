"""Who is on the index: when each project appeared, how popular it is, who owns it, where its code lives, how it lives.

Nothing here depends on the day of observation; projects that appear later are already drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.model import Bools, Floats, Ints, chance, stream

_NEWCOMERS_PER_MONTH: Final = 0.012
"""Of the projects of the reference day, how many appear in each month after it."""
_MAY_BE_EMPTY_BEYOND: Final = 0.5
"""Popularity quantile from which some projects never had a file."""
_SMALLEST_WORLD_WITH_FLEETS: Final = 60
_TIER_ENDS: Final = (100, 1_000, 0, 15_000)
"""Last rank of each tier but the last; the third depends on the number of projects."""


@dataclass(frozen=True)
class Population:
    """One entry per project, the newcomers after the reference day last."""

    created: Ints
    popularity_rank: Ints
    """1 is the most popular in the long run; downloads of 30 days follow it with noise."""
    quantile: Floats
    """Popularity from 0 (most popular) to 1."""
    tier: Ints
    """Index into `model.TIERS`, from the popularity rank."""
    owner_kind: Ints
    owner_group: Ints
    """Number of the organization or fleet; -1 for an individual's project."""
    host: Ints
    has_files: Bools
    is_alive_at_start: Bools
    """Still releasing on 2024-10-21, or created afterwards."""
    stops: Ints
    """No release after this, unless the project adopts first."""
    gap: Floats
    """Seconds between two releases."""
    dormant_from: Ints
    dormant_until: Ints
    quarantined_at: Ints
    """From here the index shows nothing of the project, and nobody can upload."""

    @property
    def count(self) -> int:
        """All projects up to the horizon."""
        return len(self.created)


def make_population(projects: int, seed: int) -> Population:
    """Draw everybody. `projects` exist on the reference day, more appear after it."""
    newcomers = int(np.ceil(projects * _NEWCOMERS_PER_MONTH * (m.HORIZON - m.REFERENCE) / m.MONTH))
    count = projects + newcomers
    created = _created(projects, newcomers, seed)
    rank = _popularity_ranks(created, projects, seed)
    quantile = np.minimum(rank / projects, 1.0)
    kind, group, in_fleet = _owners(quantile, projects, seed)
    created = np.where(in_fleet, np.minimum(created, m.PROVENANCE_FROM - 200 * m.DAY), created)
    rng = stream(seed, "life")
    has_files = ~(chance(rng, 0.012, count) & (quantile > _MAY_BE_EMPTY_BEYOND)) | in_fleet
    alive = (rng.random(count) < 0.12 + 0.6 * (1 - quantile) ** 1.5) | in_fleet | (created >= m.PROVENANCE_FROM)
    gap = np.clip(rng.lognormal(np.log(70 * 3**quantile), 0.5), 14, 180) * m.DAY
    stops = _stops(created, alive, seed)
    dormant_from, dormant_until = _dormancies(created, alive & ~in_fleet, stops, seed)
    return Population(
        created=created,
        popularity_rank=rank,
        quantile=quantile,
        tier=_tiers(rank, projects),
        owner_kind=kind,
        owner_group=group,
        host=_hosts(kind, group, seed),
        has_files=has_files,
        is_alive_at_start=alive,
        stops=np.where(in_fleet, m.HORIZON, stops),
        gap=np.maximum(gap, (stops - created) / 60),
        dormant_from=dormant_from,
        dormant_until=dormant_until,
        quarantined_at=_quarantines(created, projects, seed),
    )


def _created(projects: int, newcomers: int, seed: int) -> Ints:
    """The index grows faster than linearly; whole seconds."""
    rng = stream(seed, "created")
    share = rng.random(projects) ** (1 / 2.2)
    old = m.INDEX_OPENED + share * (m.REFERENCE - 20 * m.DAY - m.INDEX_OPENED)
    new = m.REFERENCE + rng.random(newcomers) * (m.HORIZON - m.REFERENCE)
    return np.concatenate([old, new]).astype(np.int64)


def _popularity_ranks(created: Ints, projects: int, seed: int) -> Ints:
    """Older projects tend to be more popular; newcomers come last."""
    age = (m.HORIZON - created) / (m.HORIZON - m.INDEX_OPENED)
    score = stream(seed, "popularity").normal(size=len(created)) + 1.5 * age
    score[projects:] -= 1e6
    rank = np.empty(len(created), dtype=np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(created) + 1)
    return rank


def _tiers(rank: Ints, projects: int) -> Ints:
    ends = np.array(_TIER_ENDS)
    ends[2] = max(projects // 100, ends[1])
    return np.searchsorted(np.maximum.accumulate(ends), rank, side="left").astype(np.int64)


def _owners(quantile: Floats, projects: int, seed: int) -> tuple[Ints, Ints, Bools]:
    """Kind of owner, number of the organization or fleet, and whether the project belongs to a fleet."""
    rng = stream(seed, "owners")
    count = len(quantile)
    kind = np.where(rng.random(count) < 0.08 + 0.27 * (1 - quantile) ** 4, m.ORGANIZATION, m.INDIVIDUAL)
    organizations = max(1, int((kind == m.ORGANIZATION).sum()) // 4)
    group = np.where(kind == m.ORGANIZATION, (organizations * rng.random(count) ** 1.5).astype(np.int64), -1)
    if projects >= _SMALLEST_WORLD_WITH_FLEETS:
        sizes = rng.integers(min(10, projects // 10), min(60, projects // 6), max(1, projects // 500))
        members = rng.permutation(projects)[: sizes.sum()]
        kind[members] = m.FLEET
        group[members] = np.repeat(np.arange(len(sizes)), sizes)[: len(members)]
    return kind.astype(np.int64), group, kind == m.FLEET


def _hosts(kind: Ints, group: Ints, seed: int) -> Ints:
    """Where the code lives. Every third fleet publishes through Google Cloud, the others through GitHub."""
    rng = stream(seed, "hosts")
    hosts = rng.choice(
        [m.GITHUB, m.GITLAB, m.GOOGLE, m.OTHER_HOST, m.NO_HOST], size=len(kind), p=[0.70, 0.07, 0.01, 0.08, 0.14]
    )
    fleet = np.where(group % 3 == 1, m.GOOGLE, m.GITHUB)
    return np.where(kind == m.FLEET, fleet, hosts).astype(np.int64)


def _stops(created: Ints, alive: Bools, seed: int) -> Ints:
    """When releasing ends.

    Projects alive on 2024-10-21 stop in September 2025 at the earliest: all of them release at least once in the ten
    months after that day, so that "released since" selects them without regard to what they adopt.
    """
    rng = stream(seed, "stops")
    count = len(created)
    dead = created + (m.PROVENANCE_FROM - created) * rng.beta(0.5, 1.3, count)
    earliest_recent = m.midnight(2023, 10, 1)
    recent = earliest_recent + rng.random(count) * (m.PROVENANCE_FROM - earliest_recent)
    dead = np.where(chance(rng, 0.08, count), np.maximum(recent, created), dead)
    earliest_stop = m.midnight(2025, 9, 15)
    ends = np.where(
        chance(rng, 0.75, count), m.HORIZON, earliest_stop + rng.random(count) * (m.HORIZON - earliest_stop)
    )
    short_lived = created + rng.exponential(40 * m.DAY, count)
    young = np.where(chance(rng, 0.5, count), short_lived, m.HORIZON)
    living = np.where(created >= m.PROVENANCE_FROM, young, ends)
    return np.maximum(np.where(alive, living, dead).astype(np.int64), created + 1)


def _dormancies(created: Ints, alive: Bools, stops: Ints, seed: int) -> tuple[Ints, Ints]:
    """Spells of more than a year without release that end with a return, at a rate that no mandate changes."""
    rng = stream(seed, "dormancy")
    count = len(created)
    returns_from = m.midnight(2020, 1, 1)
    until = (returns_from + rng.random(count) * (m.HORIZON - returns_from)).astype(np.int64)
    begins = (until - (1.1 + 2.9 * rng.random(count)) * m.YEAR).astype(np.int64)
    happens = alive & chance(rng, 0.10, count) & (begins > created) & (until < stops) & (begins < m.PROVENANCE_FROM)
    return np.where(happens, begins, m.NEVER), np.where(happens, until, m.NEVER)


def _quarantines(created: Ints, projects: int, seed: int) -> Ints:
    """One project in 200 is suspected of malware at some time, and stays quarantined."""
    rng = stream(seed, "quarantine")
    at = np.full(len(created), m.NEVER)
    suspects = rng.permutation(projects)[: projects // 200]
    begins = m.midnight(2024, 6, 1)
    day = (begins + rng.random(len(suspects)) * (m.HORIZON - begins)).astype(np.int64)
    at[suspects] = np.maximum(day, created[suspects] + 20 * m.DAY)
    return at
