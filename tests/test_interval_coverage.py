"""Estimates on 200 small simulated indexes: how often does a 95 % interval hold the true value?"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.world import World, make_world
from pipeline.statistics.clusters import clustered_share
from pipeline.statistics.proportions import two_factor_bounds, wilson

SEEDS = range(200)
PROJECTS = 250
SAMPLE = 60


@pytest.fixture(scope="module")
def worlds() -> list[pl.DataFrame]:
    """Of each world, one row per project with files: whether a listed file of it ever was attested, and its owner."""
    return [_projects(make_world(PROJECTS, seed, REFERENCE_DAY, download_days=1)) for seed in SEEDS]


def _projects(world: World) -> pl.DataFrame:
    attested = world.files.group_by("project_id").agg(is_attested=pl.col("is_attested").any())
    owner = pl.when(pl.col("owner_group") >= 0).then(
        pl.concat_str(pl.col("owner_kind").cast(pl.String), pl.col("owner_group").cast(pl.String), separator="-")
    )
    named = world.projects.with_columns(owner=owner.otherwise(pl.col("name")))
    return named.join(attested, "project_id").select("is_attested", "owner")


def share_covered(covered: list[bool]) -> float:
    assert len(covered) == len(SEEDS)
    return sum(covered) / len(covered)


def test_wilson_holds_the_true_share_of_the_index(worlds: list[pl.DataFrame]) -> None:
    covered = []
    for seed, projects in zip(SEEDS, worlds, strict=True):
        # With replacement: what the interval is for.
        drawn = projects["is_attested"].to_numpy()[np.random.default_rng(seed).integers(0, len(projects), SAMPLE)]
        found = wilson(int(drawn.sum()), SAMPLE)
        covered.append(found.low <= projects["is_attested"].mean() <= found.high)
    assert 0.90 <= share_covered(covered) <= 0.99


def test_clustered_share_holds_what_the_law_of_adoption_leads_to(worlds: list[pl.DataFrame]) -> None:
    """Each index is one draw from the same law, with its own fleets; the mean of all of them is the true share."""
    true_share = pl.concat(worlds)["is_attested"].mean()
    covered, plain = [], []
    for projects in worlds:
        found = clustered_share(projects["is_attested"].to_numpy(), projects["owner"].to_numpy())
        covered.append(found.low <= true_share <= found.high)
        naive = wilson(int(projects["is_attested"].sum()), len(projects))
        plain.append(naive.low <= true_share <= naive.high)
    assert 0.90 <= share_covered(covered) <= 0.99
    assert share_covered(plain) < share_covered(covered), "fleets make the plain interval too narrow"


def test_bounds_always_hold_the_true_share_of_accounts() -> None:
    for seed in range(20):
        world = make_world(PROJECTS, seed, REFERENCE_DAY, download_days=1)
        has_two_factor = world.accounts["enrolled_at"].is_not_null()
        shown = has_two_factor & (pl.Series(np.random.default_rng(seed).random(len(has_two_factor))) < 0.4)
        bounds = two_factor_bounds(int(shown.sum()), len(shown))
        assert bounds.low <= has_two_factor.mean() <= bounds.high
