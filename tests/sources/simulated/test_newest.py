"""The vectorised choice of the newest release against the plain one of the truth, and both by hand."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.sources.simulated.newest import newest_releases
from pipeline.sources.simulated.truth.evidence import newest_release
from pipeline.sources.simulated.truth.records import read_projects


@pytest.mark.parametrize("seed", range(5))
def test_both_routes_choose_the_same_release(world_of, seed):
    world = world_of(300, seed)
    listed = world.files.filter(~pl.col("is_deleted"))
    chosen = newest_releases(listed, world).join(world.projects, "project_id")
    vectorised = dict(chosen.select("name", "version").iter_rows())
    plain = {
        project.name: found[1]
        for project in read_projects(world)
        if not project.is_quarantined and (found := newest_release(project.files))
    }
    assert {name: vectorised[name] for name in plain} == plain


def test_both_routes_choose_the_same_of_every_kind(large, large_truth):
    chosen = newest_releases(large.files.filter(~pl.col("is_deleted")), large).join(large.projects, "project_id")
    vectorised = dict(chosen.select("name", "version").iter_rows())
    kinds = set()
    for row in large_truth["projects"].to_pylist():
        if row["newest_version"] and row["status"]:
            assert vectorised[row["project"]] == row["newest_version"]
            kinds.add(row["newest_release_kind"])
    assert kinds == {"stable", "prerelease", "yanked", "invalid"}
