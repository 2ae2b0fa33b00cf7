"""Names that cannot be mistaken for real ones, and the spellings under which strangers upload the same project."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.sources.simulated.model import Ints, stream

_ADJECTIVES: Final = (
    "amber", "brisk", "calm", "dusky", "eager", "fabled", "gentle", "hollow", "ivory", "jolly", "keen", "lunar",
    "mellow", "narrow", "opal", "placid", "quiet", "russet", "silver", "tidal", "umber", "vivid", "windy", "young",
)  # fmt: skip
_ANIMALS: Final = (
    "heron", "otter", "badger", "curlew", "dormouse", "egret", "ferret", "gannet", "hare", "ibis", "jackdaw", "kestrel",
    "lapwing", "marten", "newt", "osprey", "plover", "quail", "raven", "stoat", "tern", "urchin", "vole", "wren",
)  # fmt: skip

PLAIN: Final = 0
_SPELLINGS: Final = 5
"""Plain (already the PEP 503 name), underscores, dots, capitals, and a mixture with a doubled separator."""


def project_names(seed: int, count: int) -> list[str]:
    """PEP 503 names, one a project, each with its number so that all differ."""
    rng = stream(seed, "names")
    adjectives = rng.integers(0, len(_ADJECTIVES), count).tolist()
    animals = rng.integers(0, len(_ANIMALS), count).tolist()
    return [
        f"simulated-{number:06d}-{_ADJECTIVES[a]}-{_ANIMALS[b]}"
        for number, (a, b) in enumerate(zip(adjectives, animals, strict=True))
    ]


def spelled(name: str, spelling: int) -> str:
    """The same PEP 503 name as somebody may have typed it."""
    match spelling:
        case 1:
            return name.replace("-", "_")
        case 2:
            return name.replace("-", ".")
        case 3:
            return name.title()
        case 4:
            return name.title().replace("-", "_", 1).replace("-", ".", 1).replace("-", "--", 1)
        case _:
            return name


def draw_spellings(rng: np.random.Generator, count: int, share_varied: float) -> Ints:
    """Numbers of spellings, `PLAIN` for all but `share_varied` of them."""
    varied = rng.random(count) < share_varied
    return np.where(varied, rng.integers(1, _SPELLINGS, count), PLAIN)


def account_name(number: int) -> str:
    """The user name of an account."""
    return f"simulated-account-{number:05d}"


def organization_name(number: int) -> str:
    """The name of an organization of the index."""
    return f"simulated-org-{number:05d}"


def repository_owner(kind: str, number: int) -> str:
    """The owner part of a repository address; the doubled hyphen is forbidden to real accounts of the code hosts."""
    return f"simulated--{kind}-{number:05d}"
