"""Simulated worlds, each drawn once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pyarrow as pa
import pytest

from pipeline.sources.simulated import REFERENCE_DAY, World, make_world, observe, truth_tables

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def world_of() -> MakeWorld:
    @cache
    def make(projects: int = 300, seed: int = 1, observed_on: date = REFERENCE_DAY) -> World:
        return make_world(projects, seed, observed_on)

    return make


@pytest.fixture(scope="session")
def large(world_of: MakeWorld) -> World:
    """Large enough that every oddity occurs."""
    return world_of(4_000, 11)


@pytest.fixture(scope="session")
def large_landing(large: World) -> dict[str, pa.Table]:
    return observe(large)


@pytest.fixture(scope="session")
def large_truth(large: World) -> dict[str, pa.Table]:
    return truth_tables(large)
