"""What governs the fictitious index: its calendar, and the true model of how projects come to attest.

The dates of the real index's rules are those of `data/reference/milestones.csv`; everything else here is invented.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAY: Final = 86_400
"""Seconds. Every instant inside the simulation is a whole number of seconds since 1970-01-01 UTC."""
MONTH: Final = 30.4375 * DAY
YEAR: Final = 365.25 * DAY
NEVER: Final = 2**60
"""The instant of what does not happen; later than everything, and small enough to add a life time to."""

REFERENCE_DAY: Final = date(2026, 10, 31)
"""The day on which a world has exactly as many projects as were asked for, and the default day of observation."""
FIRST_OBSERVABLE_DAY: Final = date(2010, 1, 1)
HORIZON_DAY: Final = date(2027, 12, 31)
"""History is drawn up to here whatever the day of observation, so that a later look extends an earlier one."""


def seconds(day: date) -> int:
    """Midnight UTC at the start of `day`, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def midnight(year: int, month: int, day: int) -> int:
    """Midnight UTC at the start of a day, in seconds since 1970."""
    return seconds(date(year, month, day))


def stream(seed: int, topic: str, *more: int) -> np.random.Generator:
    """An independent generator per topic, so that a draw added to one part of the world changes no other part."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode()), *more])


def chance(rng: np.random.Generator, share: float, count: int) -> Bools:
    """`count` draws that are true with probability `share`."""
    return rng.random(count) < share


INDEX_OPENED: Final = midnight(2008, 1, 1)
REFERENCE: Final = seconds(REFERENCE_DAY) + DAY
HORIZON: Final = seconds(HORIZON_DAY) + DAY

CLIENT_NAME_KEPT_FROM: Final = midnight(2018, 7, 26)
SECOND_FACTOR_FROM: Final = midnight(2019, 5, 4)
YANKING_FROM: Final = midnight(2020, 5, 1)
PUBLISHER_FORM_NEEDS_2FA_FROM: Final = midnight(2023, 8, 16)
INVITATION_NEEDS_2FA_FROM: Final = midnight(2023, 10, 2)
MANDATE: Final = midnight(2024, 1, 1)
TOKEN_NEEDS_2FA_FROM: Final = midnight(2024, 8, 2)
PROVENANCE_FROM: Final = midnight(2024, 10, 21)
DEFAULT_ON: Final = midnight(2024, 10, 29)
WAVE_ENDS: Final = midnight(2025, 2, 15)
ORGANIZATIONS_OPEN_FROM: Final = midnight(2025, 4, 14)
STATUS_MARKERS_FROM: Final = midnight(2025, 1, 30)
OLD_RELEASES_CLOSED_FROM: Final = midnight(2026, 7, 8)

TIERS: Final = ("top_100", "top_1000", "top_1pct", "top_15000", "long_tail")
OWNER_KINDS: Final = ("individual", "organization", "fleet")
HOSTS: Final = ("github", "gitlab", "google", "other", "none")
INDIVIDUAL, ORGANIZATION, FLEET = range(3)
GITHUB, GITLAB, GOOGLE, OTHER_HOST, NO_HOST = range(5)

PUBLISHER_KINDS: Final = ("GitHub", "GitLab", "Google")
"""As the Integrity API spells the kind, in the order of the supported `HOSTS`."""
PUBLISHER_FROM: Final = (midnight(2023, 4, 20), midnight(2024, 4, 17), midnight(2024, 4, 17))
ATTESTATIONS_FROM: Final = (midnight(2024, 10, 21), midnight(2024, 11, 20), midnight(2025, 4, 23))


def _ratios(**coefficients: float) -> Mapping[str, float]:
    return MappingProxyType(coefficients)


@dataclass(frozen=True)
class AdoptionModel:
    """The true law of the time of a project's first attested release.

    A project at risk attests for the first time at an instant with hazard
    `baseline(calendar time) * exp(tier + owner + host)`: proportional hazards in calendar time. At risk is a project
    on a supported host that still releases: from the latest of 2024-10-21, its creation, the end of a dormancy and
    the day from which its host can attest. The instant is always that of a release, so the time to the first attested
    release is observed without delay, and right-censoring on the day of observation is independent of it.
    A fleet draws once for all its members, which follow within ten days; its hazard has no tier term.
    """

    hazard_before_default: float = 0.004
    """Per month, from 2024-10-21 until the standard publishing action attests by default."""
    hazard_in_default_wave: float = 0.016
    """Per month, 2024-10-29 to 2025-02-14: projects that published through a Trusted Publisher before attest with their
    next release. The level jump is an effect of the tool, not a choice."""
    hazard_afterwards: float = 0.007
    """Per month, from 2025-02-15."""
    log_ratio_tier: Mapping[str, float] = field(
        default_factory=lambda: _ratios(top_100=1.0, top_1000=0.7, top_1pct=0.6, top_15000=0.3, long_tail=0.0)
    )
    """By tier of long-run popularity; the tier by 30 days of downloads differs from it near the borders."""
    log_ratio_owner: Mapping[str, float] = field(
        default_factory=lambda: _ratios(individual=0.0, organization=0.6, fleet=0.8)
    )
    log_ratio_host: Mapping[str, float] = field(default_factory=lambda: _ratios(github=0.0, gitlab=-0.7, google=0.2))
    unattested_publisher_share: float = 0.08
    """Of the projects that never attest but could: those that publish through a Trusted Publisher all the same."""
    partly_attested_share: float = 0.08
    """Of the adopters: those that upload one file of each release by hand."""
    regression_share: float = 0.07
    """Of the adopters: those that stop attesting for good some time later."""
    lapse_share: float = 0.02
    """Of the releases of adopters: those without any attestation, the next release having it again."""
    repository_change_share: float = 0.05
    workflow_change_share: float = 0.08

    def _breaks(self) -> tuple[Floats, Floats]:
        """Instants, and the cumulated baseline hazard reached at each."""
        instants = np.array([PROVENANCE_FROM, DEFAULT_ON, WAVE_ENDS, WAVE_ENDS + 1e6 * MONTH], dtype=np.float64)
        monthly = np.array([self.hazard_before_default, self.hazard_in_default_wave, self.hazard_afterwards])
        return instants, np.concatenate([[0.0], np.cumsum(monthly * np.diff(instants) / MONTH)])

    def first_attested(self, at_risk_from: Ints, log_ratio: Floats, exponential: Floats) -> Ints:
        """Instants of the first attested release.

        Args:
            at_risk_from: Seconds since 1970, one a project.
            log_ratio: The project's linear predictor.
            exponential: Standard exponential draws.

        Returns:
            Seconds since 1970; `NEVER` beyond the horizon of the simulation.
        """
        instants, cumulated = self._breaks()
        reached = np.interp(at_risk_from.astype(np.float64), instants, cumulated) + exponential * np.exp(-log_ratio)
        first = np.ceil(np.interp(reached, cumulated, instants)).astype(np.int64)
        return np.where(first < HORIZON, np.maximum(first, at_risk_from + 1), NEVER)
