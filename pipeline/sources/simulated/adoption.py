"""When each project comes to Trusted Publishing and to attestations, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.model import AdoptionModel, Bools, Floats, Ints, chance, stream
from pipeline.sources.simulated.population import Population

_HOST_COUNT = len(m.PUBLISHER_KINDS)


@dataclass(frozen=True)
class Adoption:
    """One entry per project; instants are `NEVER` for what does not happen."""

    is_at_risk: Bools
    """Whether the project can ever attest: supported host, files, alive on 2024-10-21 or created later."""
    at_risk_from: Ints
    attested_from: Ints
    """Instant of the first attested release."""
    attested_until: Ints
    publisher_from: Ints
    """From here a Trusted Publisher uploads, attested or not."""
    publisher_until: Ints
    is_partly: Bools
    """One file of every release is uploaded by hand."""
    repository_changes: Ints
    workflow_changes: Ints
    stops: Ints
    """No release after this: an adopter lives for some time after it adopted."""


def make_adoption(people: Population, seed: int, law: AdoptionModel) -> Adoption:
    """Draw the adoption history of every project by `law`."""
    at_risk = people.has_files & people.is_alive_at_start & (people.host < _HOST_COUNT)
    host = np.minimum(people.host, _HOST_COUNT - 1)
    risk_from = _at_risk_from(people, host)
    attested_from = np.where(at_risk, _first_attested(people, host, risk_from, seed, law), m.NEVER)
    adopts = attested_from < m.NEVER
    rng = stream(seed, "after adoption")
    count = people.count
    regresses = adopts & chance(rng, law.regression_share, count)
    until = np.where(regresses, attested_from + (30 + rng.exponential(200, count)) * m.DAY, m.NEVER).astype(np.int64)
    back_to_tokens = chance(rng, 0.5, count)
    later = np.where(adopts, attested_from + rng.random(count) * (m.HORIZON - attested_from), m.NEVER).astype(np.int64)
    moves = chance(rng, law.repository_change_share, count)
    renames = chance(rng, law.workflow_change_share, count)
    return Adoption(
        is_at_risk=at_risk,
        at_risk_from=np.where(at_risk, risk_from, m.NEVER),
        attested_from=attested_from,
        attested_until=until,
        publisher_from=_publisher_from(people, host, attested_from, seed, law),
        publisher_until=np.where(back_to_tokens, until, m.NEVER),
        is_partly=adopts & chance(rng, law.partly_attested_share, count),
        repository_changes=np.where(moves, later, m.NEVER),
        workflow_changes=np.where(renames, later, m.NEVER),
        stops=_stops(people, attested_from, rng),
    )


def _at_risk_from(people: Population, host: Ints) -> Ints:
    """The latest of: the host can attest, the project exists, a dormancy has ended."""
    attests = np.array(m.ATTESTATIONS_FROM)[host]
    returned = np.where(people.dormant_until < m.NEVER, people.dormant_until, 0)
    latest: Ints = np.maximum(np.maximum(attests, people.created), returned)
    return latest


def _linear_predictor(people: Population, host: Ints, law: AdoptionModel) -> Floats:
    tier = np.array([law.log_ratio_tier[name] for name in m.TIERS])[people.tier]
    owner = np.array([law.log_ratio_owner[name] for name in m.OWNER_KINDS])[people.owner_kind]
    place = np.array([law.log_ratio_host[name] for name in m.HOSTS[:_HOST_COUNT]])[host]
    predictor: Floats = np.where(people.owner_kind == m.FLEET, 0.0, tier) + owner + place
    return predictor


def _first_attested(people: Population, host: Ints, risk_from: Ints, seed: int, law: AdoptionModel) -> Ints:
    rng = stream(seed, "first attested")
    count = people.count
    predictor = _linear_predictor(people, host, law)
    alone = law.first_attested(risk_from, predictor, rng.exponential(size=count))
    fleet_draws = rng.exponential(size=count)
    in_fleet = people.owner_kind == m.FLEET
    fleet = np.where(in_fleet, people.owner_group, 0)
    together = law.first_attested(np.array(m.ATTESTATIONS_FROM)[host], predictor, fleet_draws[fleet])
    together = together + rng.integers(0, 10 * m.DAY, count)
    first = np.where(in_fleet, together, alone)
    return np.where(first < m.HORIZON, first, m.NEVER)


def _publisher_from(people: Population, host: Ints, attested_from: Ints, seed: int, law: AdoptionModel) -> Ints:
    """Most adopters of the default wave published through a Trusted Publisher before; some others did too."""
    rng = stream(seed, "publishers")
    count = people.count
    opens = np.maximum(np.array(m.PUBLISHER_FROM)[host], people.created)
    adopts = attested_from < m.NEVER
    waits = rng.random(count) < np.where(attested_from < m.WAVE_ENDS, 0.9, 0.35)
    before = (opens + rng.random(count) * np.maximum(attested_from - opens, 1)).astype(np.int64)
    adopters = np.where(waits, np.minimum(before, attested_from), attested_from)
    ends = np.minimum(np.maximum(people.stops, opens + 1), m.HORIZON)
    silent = (opens + rng.random(count) ** 2 * (ends - opens)).astype(np.int64)
    possible = people.has_files & (people.host < _HOST_COUNT) & (people.stops > opens)
    others = np.where(possible & chance(rng, law.unattested_publisher_share, count), silent, m.NEVER)
    return np.where(adopts, adopters, others)


def _stops(people: Population, attested_from: Ints, rng: np.random.Generator) -> Ints:
    """What a project adopts decides how long it lives, never the reverse: the law of adoption stays exact."""
    lives_on = attested_from + (10 + rng.exponential(200, people.count)) * m.DAY
    stops = np.where(attested_from < m.NEVER, np.maximum(people.stops, lives_on), people.stops)
    return np.minimum(np.minimum(stops, m.HORIZON), people.quarantined_at).astype(np.int64)
