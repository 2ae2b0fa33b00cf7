"""The examples of all formats in a folder and as an environment, and a way to audit them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from pipeline.audit.result import Audit

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "sources" / "pypi")]

from audited_set import INSTALLED, audit_file, copy_lists, the_index  # noqa: E402 - stands beside this file
from index_server import IndexServer  # noqa: E402 - as above


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """The examples in a folder of their own, with the address of the public index in them."""
    return copy_lists(tmp_path / "lists")


@pytest.fixture
def installed(tmp_path: Path) -> list[Distribution]:
    """The same set as metadata of an environment."""
    folder = tmp_path / "environment"
    for name, (version, requirements, origin) in INSTALLED.items():
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        (info / "METADATA").write_text("\n".join([*lines, *(f"Requires-Dist: {one}" for one in requirements), ""]))
        if origin:
            (info / "direct_url.json").write_text(origin)
    return list(Distribution.discover(path=[str(folder)]))


@pytest.fixture
def audit(tmp_path: Path) -> Callable[..., Audit]:
    """Audit a file against a server."""

    def run(server, file: Path | None, **asked) -> Audit:
        return audit_file(server, file, tmp_path / "cache", **asked)

    return run


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """The five projects, audited through `uv.lock`."""
    folder = tmp_path_factory.mktemp("found")
    with IndexServer(the_index()) as server:
        return audit_file(server, copy_lists(folder / "lists") / "uv.lock", folder / "cache", shows_accounts=True)
