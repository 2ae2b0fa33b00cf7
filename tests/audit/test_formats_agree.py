"""The same set of dependencies gives the same result, whatever the format that lists it."""

from __future__ import annotations

import pytest
from audited_set import FILES, the_index
from index_server import IndexServer

from pipeline.audit import asking
from pipeline.audit.dependencies import Dependency, Indexes, Skipped
from pipeline.audit.inputs import FORMATS, detect, read_dependencies
from pipeline.audit.inputs.environment import read_environment

EXPECTED = (
    Dependency("data-kit", ("1.5",)),
    Dependency("deep", ("4.2",)),
    Dependency("old-one", ("1.0",)),
    Dependency("tiny-lib", ("0.3",)),
    Dependency("webby", ("2.0",)),
)
INDEXES = Indexes("https://index.example.org/simple/")


def test_there_is_an_example_of_every_format():
    assert set(FILES) == set(FORMATS)


@pytest.mark.parametrize(("name", "file"), FILES.items())
def test_each_format_is_told_by_the_file_and_lists_the_same(lists, name, file):
    assert detect(lists / file) == name
    listed = read_dependencies(lists / file, INDEXES)
    assert listed.dependencies == EXPECTED
    assert listed.skipped == (Skipped("git-thing", "vcs"),)


def test_the_environment_lists_the_same(installed):
    listed = read_environment(INDEXES, installed)
    assert listed.dependencies == EXPECTED
    assert listed.skipped == (Skipped("git-thing", "vcs"),)


def test_the_result_is_the_same_in_all_formats(lists, installed, audit, monkeypatch):
    monkeypatch.setattr(asking, "read_environment", lambda indexes: read_environment(indexes, installed))
    with IndexServer(the_index()) as server:
        results = {
            file: audit(server, lists / file if file else None, shows_accounts=True) for file in [*FILES.values(), None]
        }
        asked = [one.status for one in server.asked]
    differing = {"audited", "reached_by"}
    told = {file: result.model_dump(exclude=differing) for file, result in results.items()}
    first = told["requirements.txt"]
    assert all(one == first for one in told.values())
    assert {file for file, one in results.items() if one.reached_by == "requirements"} == {
        "requirements.txt",
        "Pipfile.lock",
    }
    # Two pages of each of five projects, and the publishers of two; after that only whether something has changed.
    assert asked.count(200) == 12
    assert asked.count(304) == 12 * (len(results) - 1)
