"""The short version of the soak; `make soak` is the long one."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from soak import soak

SEED = 9
"""Draws both sources, and faults of several kinds."""


def test_a_few_refreshes_with_faults_lose_nothing(tmp_path: Path) -> None:
    outcome = soak(3, seed=SEED, folder=tmp_path, projects=40, is_short=True)
    assert outcome.differences == []
    assert outcome.refreshes.total() == 3
    assert outcome.struck.total() >= 3
    assert outcome.readers["openings"] > 0
    assert outcome.readers["kept_files"] > 0
