"""Accounts: which of them hold roles on which project from when to when, who uploads, and who has 2FA since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.adoption import Adoption
from pipeline.sources.simulated.model import Ints, chance, stream
from pipeline.sources.simulated.population import Population
from pipeline.sources.simulated.standing import Standing

_ACCOUNTS_PER_PROJECT: Final = 0.6
_ACCOUNTS_PER_ORGANIZATION: Final = 4
_ENROLS: Final = (0.4, 0.25, 0.35)
"""Shares of accounts that enrol of their own accord, at the mandate, and only where the index refuses otherwise."""


@dataclass(frozen=True)
class Primaries:
    """Who uploads a project: one account, after a handover another one."""

    first: Ints
    second: Ints
    handover_at: Ints
    account_count: int
    """All accounts of the world: individuals first, then four an organization, then one a fleet."""
    individual_count: int

    def at(self, project: Ints, instant: Ints) -> Ints:
        """Number of the account that acts for each project at each instant."""
        return np.where(instant < self.handover_at[project], self.first[project], self.second[project])


def _skewed(rng: np.random.Generator, limit: int, count: int) -> Ints:
    """Numbers below `limit`, the low ones far more often: few accounts hold many projects."""
    return (limit * rng.random(count) ** 1.5).astype(np.int64)


def make_primaries(people: Population, seed: int) -> Primaries:
    """Draw the uploading account of every project."""
    rng = stream(seed, "primaries")
    count = people.count
    individuals = max(2, int(_ACCOUNTS_PER_PROJECT * count))
    groups = [people.owner_group[people.owner_kind == kind].max(initial=-1) + 1 for kind in (m.ORGANIZATION, m.FLEET)]
    fleets_from = individuals + _ACCOUNTS_PER_ORGANIZATION * int(groups[0])
    member = (
        individuals + _ACCOUNTS_PER_ORGANIZATION * people.owner_group + _skewed(rng, _ACCOUNTS_PER_ORGANIZATION, count)
    )
    alone = _skewed(rng, individuals, count)
    first = np.where(people.owner_kind == m.ORGANIZATION, member, alone)
    first = np.where(people.owner_kind == m.FLEET, fleets_from + people.owner_group, first)
    begins = people.created + 100 * m.DAY
    when = (begins + rng.random(count) * np.maximum(m.HORIZON - begins, 1)).astype(np.int64)
    hands_over = (people.owner_kind == m.INDIVIDUAL) & chance(rng, 0.06, count) & (when < m.HORIZON)
    return Primaries(
        first=first,
        second=np.where(hands_over, (first + 1) % individuals, first),
        handover_at=np.where(hands_over, when, m.NEVER),
        account_count=fleets_from + int(groups[1]),
        individual_count=individuals,
    )


def make_roles(people: Population, primaries: Primaries, standing: Standing, seed: int) -> pl.DataFrame:
    """One row per project, account and role over time: `project_id`, `account_id`, `role`, `from`, `until`, `invited`.

    `invited` is FALSE for who created the project. When an organization takes a project over, four of ten of its
    projects lose all direct roles.
    """
    rng = stream(seed, "roles")
    every = np.arange(people.count)
    (handed,) = np.nonzero(primaries.handover_at < m.NEVER)
    (doubled,) = np.nonzero(chance(rng, 0.015, people.count))
    extras = rng.poisson(np.where(people.owner_kind == m.FLEET, 0.0, 0.15 + 1.2 * (1 - people.quantile) ** 3))
    project = np.repeat(every, extras)
    colleague = people.owner_kind[project] == m.ORGANIZATION
    account = np.where(
        colleague,
        primaries.individual_count
        + _ACCOUNTS_PER_ORGANIZATION * people.owner_group[project]
        + rng.integers(0, _ACCOUNTS_PER_ORGANIZATION, len(project)),
        _skewed(rng, primaries.individual_count, len(project)),
    )
    joins = (people.created[project] + rng.random(len(project)) * (m.HORIZON - people.created[project])).astype(
        np.int64
    )
    leaves = (joins + rng.random(len(project)) * (m.HORIZON - joins)).astype(np.int64)
    leaves = np.where(chance(rng, 0.12, len(project)), leaves, m.NEVER)
    role = np.where(chance(rng, 0.4, len(project)), "Owner", "Maintainer")
    rows = pl.concat(
        [
            _rows(every, primaries.first, "Owner", people.created, primaries.handover_at, invited=False),
            _rows(handed, primaries.second[handed], "Owner", primaries.handover_at[handed] - m.DAY, None, invited=True),
            _rows(doubled, primaries.first[doubled], "Maintainer", people.created[doubled], None, invited=False),
            _rows(project, account, pl.Series(role, dtype=pl.String), joins, leaves, invited=True),
        ]
    ).unique(["project_id", "account_id", "role"], keep="first", maintain_order=True)
    emptied = (standing.organization >= 0) & chance(rng, 0.4, people.count)
    ends = np.where(emptied, standing.organization_from, m.NEVER)[rows["project_id"].to_numpy()]
    return rows.with_columns(until=pl.min_horizontal("until", pl.Series(ends)))


def _rows(
    project: Ints, account: Ints, role: str | pl.Series, begins: Ints, ends: Ints | None, *, invited: bool
) -> pl.DataFrame:
    return pl.DataFrame({"project_id": project, "account_id": account, "from": begins}).with_columns(
        role=pl.lit(role) if isinstance(role, str) else role,
        until=pl.lit(m.NEVER) if ends is None else pl.Series(ends),
        invited=pl.lit(invited),
    )


def enrolments(files: pl.DataFrame, roles: pl.DataFrame, primaries: Primaries, adoption: Adoption, seed: int) -> Ints:
    """Instant from which each account has a second factor, `NEVER` for those that never enrol.

    Some enrol of their own accord or at the mandate. The rest enrol at the first act that the index refuses without:
    a token upload since 2024-08-02, registering a publisher since 2023-08-16, accepting an invitation since 2023-10-02.
    Uploads by a Trusted Publisher check nobody.
    """
    rng = stream(seed, "second factor")
    count = primaries.account_count
    early = m.SECOND_FACTOR_FROM + np.sqrt(rng.random(count)) * (m.MANDATE - m.SECOND_FACTOR_FROM)
    mandated = m.MANDATE + rng.normal(0, 45, count) * m.DAY
    moved_by = rng.choice(3, count, p=_ENROLS)
    own_accord = np.select([moved_by == 0, moved_by == 1], [early, mandated], m.NEVER).astype(np.int64)
    required = np.full(count, m.NEVER)
    by_token = files.filter((pl.col("uploader") >= 0) & (pl.col("uploaded_at") >= m.TOKEN_NEEDS_2FA_FROM))
    np.minimum.at(required, by_token["uploader"].to_numpy(), by_token["uploaded_at"].to_numpy())
    published = adoption.publisher_from
    (registers,) = np.nonzero((published >= m.PUBLISHER_FORM_NEEDS_2FA_FROM) & (published < m.NEVER))
    np.minimum.at(required, primaries.at(registers, published[registers]), published[registers])
    accepts = roles.filter(pl.col("invited") & (pl.col("from") >= m.INVITATION_NEEDS_2FA_FROM))
    np.minimum.at(required, accepts["account_id"].to_numpy(), accepts["from"].to_numpy())
    enrolled: Ints = np.minimum(own_accord, required)
    return enrolled
