"""The releases of every project up to the horizon: when, under which version, and what became of them."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.adoption import Adoption
from pipeline.sources.simulated.model import AdoptionModel, Bools, Floats, Ints, chance, stream
from pipeline.sources.simulated.population import Population

STABLE, PRE_RELEASE, INVALID = range(3)

_SUFFIXES: Final = (".dev3", "a1", "b2", "rc1", "", ".post1")
"""In PEP 440 order; the empty one is the plain release."""
_PLAIN: Final = 4
_BACKPORT_DISTANCE: Final = 3
"""A back-port continues the release that came so many releases before."""
_SLOPPY_UNTIL: Final = m.midnight(2016, 1, 1)
"""Versions that PEP 440 does not know were still accepted."""


def make_releases(people: Population, adoption: Adoption, seed: int, law: AdoptionModel) -> pl.DataFrame:
    """One row per release, ordered by project and time.

    Columns: `release_id`, `project_id`, `ordinal` (0 for the first), `released_at` (seconds), `version`, `kind`
    (`STABLE`, `PRE_RELEASE`, `INVALID`), `version_key` (orders the valid versions of a project as PEP 440 does),
    `is_adoption`, `is_by_publisher`, `is_attested` (at least one file), `yanked_at`, `is_partly_yanked` (one file
    only), `deleted_at` (all files).
    """
    project, at, is_adoption = _times(people, adoption, seed)
    first_of_project = np.concatenate([[0], np.cumsum(np.bincount(project, minlength=people.count))])
    ordinal = np.arange(len(project)) - first_of_project[project]
    rng = stream(seed, "release method")
    lapses = chance(rng, law.lapse_share, len(project)) & ~is_adoption
    attested = (at >= adoption.attested_from[project]) & (at < adoption.attested_until[project]) & ~lapses
    published = (at >= adoption.publisher_from[project]) & (at < adoption.publisher_until[project])
    frame = pl.DataFrame(
        {
            "release_id": np.arange(len(project)),
            "project_id": project,
            "ordinal": ordinal,
            "released_at": at,
            "is_adoption": is_adoption,
            "is_by_publisher": published & ~lapses,
            "is_attested": attested,
        }
    )
    versions = _versions(people, project, ordinal, at, seed)
    return pl.concat([frame, versions, _fates(people, project, at, is_adoption, seed)], how="horizontal")


def _times(people: Population, adoption: Adoption, seed: int) -> tuple[Ints, Ints, Bools]:
    """Project, instant and whether it is the adoption, ordered by project and instant."""
    lasts = np.maximum(adoption.stops - people.created, 0)
    counts = np.where(people.has_files, (lasts / people.gap).astype(np.int64) + 1, 0)
    project = np.repeat(np.arange(people.count), counts)
    step = np.arange(len(project)) - np.repeat(np.cumsum(counts) - counts, counts)
    shift = np.where(step > 0, stream(seed, "release times").uniform(-0.3, 0.3, len(project)), 0.0)
    at = (people.created[project] + (step + shift) * people.gap[project]).astype(np.int64)
    sleeps = (at >= people.dormant_from[project]) & (at < people.dormant_until[project])
    kept = (at < adoption.stops[project]) & ~sleeps
    marks = [(project[kept], at[kept], np.zeros(int(kept.sum()), dtype=np.bool_))]
    for instants, is_adoption in ((people.dormant_until, False), (adoption.attested_from, True)):
        (happens,) = np.nonzero(people.has_files & (instants < adoption.stops))
        marks.append((happens, instants[happens], np.full(len(happens), is_adoption)))
    project, at, adopts = (np.concatenate(parts) for parts in zip(*marks, strict=True))
    order = np.lexsort((adopts, at, project))
    return project[order], at[order], adopts[order]


def _versions(people: Population, project: Ints, ordinal: Ints, at: Ints, seed: int) -> pl.DataFrame:
    """Semantic or calendar versions, with pre-releases, back-ports to an older line, and a few that are no version."""
    rng = stream(seed, "versions")
    patches, minors = rng.integers(2, 14, people.count)[project], rng.integers(4, 15, people.count)[project]
    starts = rng.choice([0, 0, 0, 1], people.count)[project]
    is_calendar = chance(rng, 0.06, people.count)[project]
    always_pre = chance(rng, 0.02, people.count)[project]
    is_sloppy = chance(rng, 0.25, people.count)[project] & (at < _SLOPPY_UNTIL)
    suffix = np.full(len(project), _PLAIN)
    suffix[chance(rng, 0.01, len(project))] = _PLAIN + 1
    is_pre = always_pre | chance(rng, 0.05, len(project))
    suffix[is_pre] = rng.integers(0, _PLAIN, len(project))[is_pre]
    is_backport = (suffix == _PLAIN) & (ordinal >= _BACKPORT_DISTANCE) & chance(rng, 0.03, len(project)) & ~is_calendar
    is_invalid = is_sloppy & chance(rng, 0.3, len(project))
    place = ordinal - _BACKPORT_DISTANCE * is_backport
    months = at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    parts = [
        np.where(is_calendar, 1970 + months // 12, starts + place // (patches * minors)),
        np.where(is_calendar, months % 12 + 1, place // patches % minors),
        np.where(is_calendar, ordinal, place % patches),
    ]
    key = ((parts[0] * 1_000 + parts[1]) * 1_000 + parts[2]) * 20 + is_backport * 10 + suffix
    text = pl.DataFrame(dict(zip("abc", parts, strict=True))).with_columns(
        ending=pl.Series(np.where(is_backport, ".1", np.array(_SUFFIXES)[suffix])),
        ordinal=pl.Series(ordinal),
    )
    regular, irregular = pl.format("{}.{}.{}{}", "a", "b", "c", "ending"), pl.format("{}.{}.GA{}", "a", "b", "ordinal")
    return text.select(
        version=pl.when(pl.Series(is_invalid)).then(irregular).otherwise(regular),
        kind=pl.Series(np.where(is_invalid, INVALID, np.where(is_pre, PRE_RELEASE, STABLE))),
        version_key=pl.Series(key),
    )


def _fates(people: Population, project: Ints, at: Ints, is_adoption: Bools, seed: int) -> pl.DataFrame:
    """Yanked and deleted releases. The adoption release stays listed, so that its instant can always be observed."""
    rng = stream(seed, "fates")
    count = len(project)

    def after(days: float) -> Floats:
        return at + rng.exponential(days, count) * m.DAY

    yanked = np.where(chance(rng, 0.02, count), np.maximum(after(10), m.YANKING_FROM), m.NEVER)
    gives_up = np.where(chance(rng, 0.01, people.count), people.stops + 60 * m.DAY, m.NEVER)[project]
    yanked = np.minimum(yanked, np.where(gives_up < m.NEVER, np.maximum(gives_up, m.YANKING_FROM), m.NEVER))
    yanked = np.where(yanked > at, yanked, at + m.DAY)
    deleted = np.where(chance(rng, 0.008, count), after(100), m.NEVER)
    withdrawn = np.where(chance(rng, 0.012, people.count), people.stops + 90 * m.DAY, m.NEVER)[project]
    withdrawn = np.where(people.is_alive_at_start[project], m.NEVER, withdrawn)
    deleted = np.where(is_adoption, m.NEVER, np.minimum(deleted, np.maximum(withdrawn, at + m.DAY)))
    return pl.DataFrame(
        {
            "yanked_at": yanked.astype(np.int64),
            "is_partly_yanked": chance(rng, 0.15, count),
            "deleted_at": deleted.astype(np.int64),
        }
    )
