"""What projects require: a graph that leans on the popular, with the oddities of real requirement strings."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated.model import Bools, Ints, chance, stream
from pipeline.sources.simulated.names import draw_spellings, spelled
from pipeline.sources.simulated.population import Population

_BOUNDS: Final = ("", "", ">=1.0", ">=0.2,<3", "~=1.4", "!=2.0.1", " (>=1.0)", "==1.*", ">=1.0a1")
_MARKERS: Final = (
    "python_version >= '3.9'",
    'sys_platform != "win32"',
    "platform_python_implementation == 'CPython'",
    "python_full_version >= '3.8.1' and os_name == 'posix'",
    "platform_machine == 'x86_64' or platform_machine == 'arm64'",
    "implementation_name == 'cpython'",
    "python_version < '3.8'",
    "python_version >= '3.14'",
    "python_full_version >= '3.13.1'",
    'sys_platform == "win32"',
    "platform_system == 'Darwin'",
    "implementation_name == 'pypy'",
    "os_name == 'nt' and python_version >= '3.9'",
)
"""The first six hold in the environment of `truth.graph.ENVIRONMENT`, the others do not."""
_EXTRAS: Final = ("extra == 'dev'", 'extra == "docs"', "extra == 'fast' and python_version >= '3.9'")
_UNKNOWN_SHARE: Final = 0.02
_BACKWARD_SHARE: Final = 0.003
"""Of the requirements: how many are answered by one in the opposite direction, which closes a cycle."""

_MOST_REQUIRED: Final = 0.03
"""Up to this popularity quantile no requirement is answered, or nearly every closure would hold a cycle."""


def make_requirements(people: Population, names: list[str], release_counts: Ints, seed: int) -> pl.DataFrame:
    """One row per requirement string: `project_id`, `requirement`, `first_ordinal`, `last_ordinal`.

    A requirement stands in the releases of its project from `first_ordinal` to `last_ordinal`, both included.
    """
    rng = stream(seed, "requirements")
    source, target = _edges(people, rng)
    text = _texts(source, target, names, rng)
    counts = release_counts[source]
    added = np.where(chance(rng, 0.25, len(source)), (rng.random(len(source)) * counts).astype(np.int64), 0)
    dropped = added + (rng.random(len(source)) * (counts - added)).astype(np.int64)
    last = np.where(chance(rng, 0.08, len(source)), dropped, counts)
    rows = pl.DataFrame(
        {
            "project_id": source,
            "requirement": pl.Series(text, dtype=pl.String),
            "first_ordinal": added,
            "last_ordinal": last,
        }
    )
    return _with_split_by_python(rows, rng).sort("project_id", maintain_order=True)


def _edges(people: Population, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Requiring and required project; the latter is -1 for one that the index does not know."""
    has_any = people.has_files & chance(rng, 0.62, people.count)
    counts = np.where(has_any, 1 + rng.poisson(2.2, people.count), 0)
    counts = np.where(people.popularity_rank > 1, counts, 0)
    source = np.repeat(np.arange(people.count), counts)
    rank = people.popularity_rank[source]
    leaning = rank ** rng.random(len(source))
    even = 1 + rng.random(len(source)) * (rank - 1)
    by_rank = np.argsort(people.popularity_rank, kind="stable")
    target = by_rank[np.where(chance(rng, 0.7, len(source)), leaning, even).astype(np.int64) - 1]
    backward = chance(rng, _BACKWARD_SHARE, len(source)) & (people.quantile[target] > _MOST_REQUIRED)
    backward &= people.has_files[target]
    themselves = np.flatnonzero(people.has_files & chance(rng, 0.008, people.count))
    source, target = (
        np.concatenate([source, target[backward], themselves]),
        np.concatenate([target, source[backward], themselves]),
    )
    return source, np.where(chance(rng, _UNKNOWN_SHARE, len(target)), -1, target)


def _texts(source: Ints, target: Ints, names: list[str], rng: np.random.Generator) -> list[str]:
    count = len(source)
    spelling = draw_spellings(rng, count, 0.15).tolist()
    bound = rng.integers(0, len(_BOUNDS), count).tolist()
    wants_extra: list[bool] = chance(rng, 0.06, count).tolist()
    is_broken: list[bool] = chance(rng, 0.002, count).tolist()
    marker = np.where(chance(rng, 0.25, count), rng.integers(0, len(_MARKERS), count), -1).tolist()
    extra = np.where(chance(rng, 0.23, count), rng.integers(0, len(_EXTRAS), count), -1).tolist()
    texts = []
    for row, required in enumerate(target.tolist()):
        name = names[required] if required >= 0 else f"simulated-unknown-{int(source[row]):06d}"
        text = spelled(name, spelling[row]) + ("[fast]" if wants_extra[row] else "") + _BOUNDS[bound[row]]
        if is_broken[row]:
            text += " or newer"
        elif marker[row] >= 0:
            text += f"; {_MARKERS[marker[row]]}"
        elif extra[row] >= 0:
            text += f" ; {_EXTRAS[extra[row]]}"
        texts.append(text)
    return texts


def _with_split_by_python(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """A few plain requirements appear twice, once for old and once for new Pythons."""
    chosen: Bools = chance(rng, 0.03, len(rows))
    is_plain = pl.Series(chosen) & ~rows["requirement"].str.contains(";| or ")
    old = rows.filter(is_plain).with_columns(pl.col("requirement") + "; python_version < '3.9'")
    new = rows.filter(is_plain).with_columns(pl.col("requirement") + "; python_version >= '3.9'")
    return pl.concat([rows.filter(~is_plain), old, new])
