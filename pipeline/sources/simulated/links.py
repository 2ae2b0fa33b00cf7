"""Where projects say that they live, and the repositories that publish them."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from pipeline.sources.simulated import model as m
from pipeline.sources.simulated.model import chance, stream
from pipeline.sources.simulated.names import repository_owner, spelled
from pipeline.sources.simulated.people import Primaries
from pipeline.sources.simulated.population import Population

_CODE_HOSTS: Final = {
    m.GITHUB: ("github.com", "github.com"),
    m.GOOGLE: ("github.com", "github.com"),
    m.GITLAB: ("gitlab.com", "gitlab.com"),
    m.OTHER_HOST: ("codeberg.org", "code.example"),
    m.NO_HOST: (None, None),
}
"""Real hosts only where a rule about hosts must know them."""
_UNSTATED_SHARE: Final = 0.04
"""Of the projects on a code host: those that do not say so, which the host rule therefore misses."""


def repositories(people: Population, primaries: Primaries, names: list[str]) -> tuple[list[str], list[str]]:
    """Per project the repository (`owner/name`) before and after it moves. Every second fleet has one for all."""
    before, after = [], []
    for number, name in enumerate(names):
        kind, group = int(people.owner_kind[number]), int(people.owner_group[number])
        owner = repository_owner(m.OWNER_KINDS[kind], group if group >= 0 else int(primaries.first[number]))
        path = "monorepo" if kind == m.FLEET and group % 2 == 0 else name
        folder = "tools/" if people.host[number] == m.GITLAB and number % 3 == 0 else ""
        before.append(f"{owner}/{folder}{path}")
        after.append(f"{repository_owner('moved', number)}/{path}")
    return before, after


def make_links(people: Population, names: list[str], repository: list[str], seed: int) -> pl.DataFrame:
    """One row per link: `project_id`, `label`, `url`.

    Args:
        people: The projects.
        names: Their PEP 503 names.
        repository: Their repository on the day of observation.
        seed: The seed of the world.

    Returns:
        Links of every shape that a rule about hosts must stand: with `www.`, plain http, `.git`, sub-pages, capitals,
        and a documentation page whose path (not host) names a code host.
    """
    rng = stream(seed, "links")
    shape = rng.integers(0, 6, people.count).tolist()
    is_stated = (~chance(rng, _UNSTATED_SHARE, people.count)).tolist()
    has_site = chance(rng, 0.4, people.count).tolist()
    rows: list[tuple[int, str, str]] = []
    for number in np.flatnonzero(people.has_files).tolist():
        host = _CODE_HOSTS[int(people.host[number])][number % 2]
        if has_site[number]:
            rows.append((number, "Documentation", f"https://{spelled(names[number], 0)}.example/en/latest/"))
        if host and is_stated[number]:
            rows += [(number, *link) for link in _code_links(host, repository[number], shape[number])]
        elif shape[number] == 0:
            rows.append((number, "Docs", f"https://pages.example/github.com/{repository[number]}"))
    return pl.DataFrame(rows, schema={"project_id": pl.Int64, "label": pl.String, "url": pl.String}, orient="row")


def _code_links(host: str, repository: str, shape: int) -> list[tuple[str, str]]:
    match shape:
        case 1:
            return [("Homepage", f"https://www.{host}/{repository}")]
        case 2:
            return [("Source Code", f"http://{host}/{repository}.git")]
        case 3:
            return [
                ("Repository", f"https://{host}/{repository}"),
                ("Bug Tracker", f"https://{host}/{repository}/issues"),
            ]
        case 4:
            return [("homepage", f"https://{host.title()}/{repository}/")]
        case _:
            return [("Homepage", f"https://{host}/{repository}")]
