"""The law of adoption, by hand and as the worlds obey it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.sources.simulated import AdoptionModel, make_world
from pipeline.sources.simulated import model as m


def first_attested(law, start, exponential, log_ratio=0.0):
    return int(law.first_attested(np.array([start]), np.array([log_ratio]), np.array([exponential]))[0])


def test_a_constant_hazard_gives_exponential_waiting_times():
    law = AdoptionModel(hazard_before_default=0.1, hazard_in_default_wave=0.1, hazard_afterwards=0.1)
    start = m.PROVENANCE_FROM
    # A cumulated hazard of 0.2 at 0.1 a month takes two months, whatever pieces it runs through.
    assert first_attested(law, start, 0.2) == start + 2 * m.MONTH
    assert first_attested(law, start, 0.2, np.log(2)) == start + m.MONTH
    assert first_attested(law, start + m.DAY, 0.2) == start + m.DAY + 2 * m.MONTH


def test_the_hazard_jumps_at_the_default():
    law = AdoptionModel(hazard_before_default=0.0, hazard_in_default_wave=0.5, hazard_afterwards=0.0)
    assert first_attested(law, m.PROVENANCE_FROM, 0.25) == pytest.approx(m.DEFAULT_ON + m.MONTH / 2, abs=1)


def test_what_happens_after_the_horizon_does_not_happen():
    assert first_attested(AdoptionModel(), m.PROVENANCE_FROM, 50.0) == m.NEVER


def cumulated_hazard(law, seconds):
    """The baseline hazard from 2024-10-21 to an instant, piece by piece."""
    total = 0.0
    pieces = (
        (m.PROVENANCE_FROM, m.DEFAULT_ON, law.hazard_before_default),
        (m.DEFAULT_ON, m.WAVE_ENDS, law.hazard_in_default_wave),
        (m.WAVE_ENDS, m.HORIZON, law.hazard_afterwards),
    )
    for begin, end, monthly in pieces:
        total += max(0, min(seconds, end) - begin) / m.MONTH * monthly
    return total


@pytest.fixture(scope="module")
def histories():
    """What an observer needs to estimate the hazard ratios; without fleets, whose members share a draw."""
    frames = []
    for seed in range(4):
        world = make_world(3_000, 100 + seed, m.REFERENCE_DAY, download_days=1)
        attested = world.files.filter("is_attested").group_by("project_id").agg(attested_at=pl.col("uploaded_at").min())
        alone = world.projects.filter("is_at_risk", pl.col("owner_kind") != "fleet")
        frames.append(alone.join(attested, "project_id", how="left"))
    return pl.concat(frames)


@pytest.mark.parametrize(
    ("column", "level", "expected"),
    [
        ("popularity_tier", "top_1000", AdoptionModel().log_ratio_tier["top_1000"]),
        ("popularity_tier", "top_15000", AdoptionModel().log_ratio_tier["top_15000"]),
        ("owner_kind", "organization", AdoptionModel().log_ratio_owner["organization"]),
        ("host", "gitlab", AdoptionModel().log_ratio_host["gitlab"]),
    ],
)
def test_observed_events_follow_the_law(histories, column, level, expected):
    """Events over cumulated hazard estimate the ratio, its logarithm with a standard error of 1/sqrt(events)."""
    law = AdoptionModel()
    ratios = {"popularity_tier": law.log_ratio_tier, "owner_kind": law.log_ratio_owner, "host": law.log_ratio_host}
    others = ratios.keys() - {column}
    events, exposure = 0, 0.0
    for row in histories.filter(pl.col(column) == level).iter_rows(named=True):
        begin, end = row["at_risk_from"], row["attested_at"] or m.REFERENCE
        weight = np.exp(sum(ratios[name][row[name]] for name in others))
        exposure += weight * max(0.0, cumulated_hazard(law, end) - cumulated_hazard(law, begin))
        events += row["attested_at"] is not None
    assert events > 25
    assert np.log(events / exposure) == pytest.approx(expected, abs=4 / np.sqrt(events))


def test_the_instant_of_adoption_is_that_of_a_release(world_of):
    world = world_of(300, 3)
    attested = world.files.filter("is_attested").group_by("project_id").agg(pl.col("uploaded_at").min())
    released = attested.join(world.releases, "project_id").filter(pl.col("uploaded_at") == pl.col("released_at"))
    assert set(released["project_id"]) == set(attested["project_id"])
    assert attested.height > 20


def test_fleets_move_together(large):
    attested = large.files.filter("is_attested").group_by("project_id").agg(pl.col("uploaded_at").min())
    fleets = large.projects.filter(pl.col("owner_kind") == "fleet", pl.col("is_at_risk"))
    spread = (
        fleets.join(attested, "project_id")
        .group_by("owner_group")
        .agg(span=pl.col("uploaded_at").max() - pl.col("uploaded_at").min(), members=pl.len())
    )
    assert (spread["members"] >= 10).any()
    assert (spread["span"] <= 10 * m.DAY).all()
