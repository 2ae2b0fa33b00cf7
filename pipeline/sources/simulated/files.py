"""The files of every release up to the horizon: name, type, time, tool, who uploaded, whether attested."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.adoption import Adoption
from pipeline.sources.simulated.model import Bools, Ints, chance, stream
from pipeline.sources.simulated.people import Primaries
from pipeline.sources.simulated.population import Population

SDIST, WHEEL, EGG, INSTALLER = range(4)
PACKAGE_TYPES: Final = ("sdist", "bdist_wheel", "bdist_egg", "bdist_wininst")

_ENDINGS: Final = (
    ".tar.gz",
    "-py3-none-any.whl",
    "-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "-cp313-cp313-manylinux_2_28_aarch64.whl",
    "-cp312-cp312-win_amd64.whl",
    "-cp313-cp313-macosx_11_0_arm64.whl",
    "-cp39-abi3-musllinux_1_2_x86_64.whl",
    "-py2.7.egg",
    ".win32-py2.7.exe",
)
_EGG_ENDING, _INSTALLER_ENDING = 8, 9
_WHEELS_FROM: Final = m.midnight(2013, 2, 1)
_NORMALISED_SDISTS_FROM: Final = m.midnight(2023, 1, 1)
_SMALL: Final = ("position", "ending", "type", "uploader", "tool")
_SDIST_ONLY, _SDIST_AND_WHEEL, _WHEEL_ONLY, _PLATFORM_WHEELS = range(4)

_TOOLS: Final = (
    "twine/1.15.0", "setuptools/41.0.0", "poetry/0.12.17",
    "twine/3.4.2", "poetry/1.1.13", "flit/3.2.0",
    "twine/5.1.1", "poetry/1.8.3", "uv/0.4.18",
    "twine/6.1.0", "uv/0.8.3", "maturin/1.9.4",
)  # fmt: skip
_TOOL_ERAS: Final = tuple(m.midnight(year, 1, 1) for year in (2021, 2024, 2025))


def make_files(
    people: Population, adoption: Adoption, primaries: Primaries, releases: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """One row per file, ordered by project, release and position in the release.

    Columns: `project_id`, `release_id`, `position`, `ending` (of the file name), `type` (index into
    `PACKAGE_TYPES`), `uploaded_at`, `size_bytes`, `uses_other_spelling`, `is_by_publisher`, `is_attested`,
    `uploader` (account number, -1 for a publisher), `tool` (-1 where the index kept none), `yanked_at`, `deleted_at`.
    """
    rng = stream(seed, "files")
    per_project = rng.choice(4, people.count, p=[0.27, 0.50, 0.08, 0.15])
    wheels = rng.integers(2, 7, people.count)
    project, at = releases["project_id"].to_numpy(), releases["released_at"].to_numpy()
    style = per_project[project]
    is_old = at < _WHEELS_FROM
    counts = np.select([style == _SDIST_AND_WHEEL, style == _PLATFORM_WHEELS], [2, 1 + wheels[project]], 1)
    counts = np.where(is_old, np.minimum(counts, 2), counts)
    release = np.repeat(np.arange(len(project)), counts)
    position = np.arange(len(release)) - np.repeat(np.cumsum(counts) - counts, counts)
    ending = _endings(style[release], is_old[release], position)
    is_last_of_several = (position == counts[release] - 1) & (counts[release] > 1)
    by_hand = adoption.is_partly[project[release]] & is_last_of_several
    uploaded = _uploaded(at[release], position, is_last_of_several & ~by_hand, rng)
    published = releases["is_by_publisher"].to_numpy()[release] & ~by_hand
    frame = pl.DataFrame(
        {
            "project_id": project[release],
            "release_id": release,
            "position": position,
            "ending": ending,
            "type": np.select(
                [ending == 0, ending == _EGG_ENDING, ending == _INSTALLER_ENDING], [SDIST, EGG, INSTALLER], WHEEL
            ),
            "uploaded_at": uploaded,
            "size_bytes": (rng.lognormal(10.5, 1.6, len(release)) + 600).astype(np.int64),
            "uses_other_spelling": _respelled(people, project, releases["ordinal"].to_numpy(), seed)[release],
            "is_by_publisher": published,
            "is_attested": releases["is_attested"].to_numpy()[release] & ~by_hand,
            "uploader": np.where(published, -1, primaries.at(project[release], uploaded)),
            "tool": _tools(uploaded, published, rng),
        }
    )
    frame = frame.with_columns(*_fates(releases, release, position, rng), pl.col(_SMALL).cast(pl.Int32))
    return frame.filter(pl.Series(uploaded < people.quarantined_at[project[release]]))


def _endings(style: Ints, is_old: Bools, position: Ints) -> Ints:
    modern = np.select(
        [(style == _WHEEL_ONLY) | ((style == _SDIST_AND_WHEEL) & (position == 1)), position == 0], [1, 0], 1 + position
    )
    old = np.where(position == 0, 0, np.where(style == _PLATFORM_WHEELS, _INSTALLER_ENDING, _EGG_ENDING))
    return np.where(is_old, old, modern).astype(np.int64)


def _uploaded(at: Ints, position: Ints, may_be_late: Bools, rng: np.random.Generator) -> Ints:
    """Files follow each other by seconds; a few come weeks later, in the fortnight that newer rules allow.

    No late file crosses the day of the provenance field: a project that ended before it has no upload after it.
    """
    usual = at + position * rng.integers(2, 30, len(at))
    wait = np.where(at >= m.OLD_RELEASES_CLOSED_FROM - 60 * m.DAY, 8, 55)
    late = at + ((5 + rng.random(len(at)) * wait) * m.DAY).astype(np.int64)
    crosses = (at < m.PROVENANCE_FROM) & (late >= m.PROVENANCE_FROM)
    return np.where(may_be_late & chance(rng, 0.03, len(at)) & ~crosses, late, usual)


def _respelled(people: Population, project: Ints, ordinal: Ints, seed: int) -> Bools:
    """Four projects of a hundred were uploaded under another spelling for their first few releases."""
    rng = stream(seed, "respelled")
    until = np.where(chance(rng, 0.04, people.count), rng.integers(1, 5, people.count), 0)
    return ordinal < until[project]


def _tools(uploaded: Ints, published: Bools, rng: np.random.Generator) -> Ints:
    era = np.searchsorted(np.array(_TOOL_ERAS), uploaded, side="right")
    choice = rng.choice(3, len(uploaded), p=[0.7, 0.2, 0.1])
    tool = 3 * era + np.where(published, 0, choice)
    return np.where(uploaded < m.CLIENT_NAME_KEPT_FROM, -1, tool).astype(np.int64)


def _fates(releases: pl.DataFrame, release: Ints, position: Ints, rng: np.random.Generator) -> list[pl.Series]:
    partly = releases["is_partly_yanked"].to_numpy()[release] & (position > 0)
    yanked = np.where(partly, m.NEVER, releases["yanked_at"].to_numpy()[release])
    alone = chance(rng, 0.003, len(release)) & ~releases["is_adoption"].to_numpy()[release]
    once = releases["released_at"].to_numpy()[release] + 70 * m.DAY
    deleted = np.minimum(releases["deleted_at"].to_numpy()[release], np.where(alone, once, m.NEVER))
    return [pl.Series("yanked_at", yanked), pl.Series("deleted_at", deleted)]


def tool_names() -> pl.Series:
    """Client strings in the order of the `tool` numbers."""
    return pl.Series(_TOOLS)


def file_names(files: pl.DataFrame, spellings: pl.Series, versions: pl.Series) -> pl.Series:
    """File names as the tools of the time made them out of the spelling that was uploaded.

    Wheels and newer source distributions escape separators (binary distribution format; PEP 625); older source
    distributions carry the name as spelled.

    Args:
        files: With `ending`, `uploaded_at` and `spelling_id`.
        spellings: Of projects, by `spelling_id`.
        versions: One a file.
    """
    escaped = spellings.str.replace_all("--", "-", literal=True).str.replace_all("-", "_", literal=True)
    stems = pl.concat([spellings, escaped, escaped.str.to_lowercase()])
    ending, is_new = files["ending"], files["uploaded_at"] >= _NORMALISED_SDISTS_FROM
    is_binary = ending.is_between(1, _EGG_ENDING)
    way = pl.select(pl.when(is_binary).then(1).when((ending == 0) & is_new).then(2).otherwise(0)).to_series()
    stem = stems.gather(files["spelling_id"] + way * len(spellings))
    return pl.select(pl.format("{}-{}{}", stem, versions, pl.Series(_ENDINGS).gather(ending))).to_series()
