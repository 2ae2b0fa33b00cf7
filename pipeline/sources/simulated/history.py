"""Everything that ever happens in a fictitious index, up to a horizon that no day of observation reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.sources.simulated.adoption import Adoption, make_adoption
from pipeline.sources.simulated.files import make_files
from pipeline.sources.simulated.model import AdoptionModel, Ints
from pipeline.sources.simulated.names import project_names
from pipeline.sources.simulated.people import Primaries, enrolments, make_primaries, make_roles
from pipeline.sources.simulated.population import Population, make_population
from pipeline.sources.simulated.releases import make_releases
from pipeline.sources.simulated.requirements import make_requirements
from pipeline.sources.simulated.standing import Standing, make_standing


@dataclass(frozen=True)
class History:
    """Arrays and tables over all projects; instants are seconds since 1970, `model.NEVER` for what does not happen."""

    seed: int
    names: list[str]
    people: Population
    adoption: Adoption
    standing: Standing
    primaries: Primaries
    releases: pl.DataFrame
    """See `releases.make_releases`."""
    files: pl.DataFrame
    """See `files.make_files`."""
    roles: pl.DataFrame
    """See `people.make_roles`."""
    enrolled_at: Ints
    """One entry per account."""
    requirements: pl.DataFrame
    """See `requirements.make_requirements`."""


def make_history(projects: int, seed: int, law: AdoptionModel) -> History:
    """Draw the whole history; it depends on nothing but the arguments."""
    people = make_population(projects, seed)
    adoption = make_adoption(people, seed, law)
    standing = make_standing(people, adoption, seed)
    primaries = make_primaries(people, seed)
    releases = make_releases(people, adoption, seed, law)
    files = make_files(people, adoption, primaries, releases, seed)
    roles = make_roles(people, primaries, standing, seed)
    names = project_names(seed, people.count)
    release_counts = np.bincount(releases["project_id"].to_numpy(), minlength=people.count)
    return History(
        seed=seed,
        names=names,
        people=people,
        adoption=adoption,
        standing=standing,
        primaries=primaries,
        releases=releases,
        files=files,
        roles=roles,
        enrolled_at=enrolments(files, roles, primaries, adoption, seed),
        requirements=make_requirements(people, names, release_counts, seed),
    )
