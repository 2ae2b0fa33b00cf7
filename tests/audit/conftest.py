"""The examples of all formats in a folder and as an environment, and a way to audit them."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from rich.console import Console

from pipeline.audit.asking import Question, make_audit
from pipeline.audit.result import Audit

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "sources" / "pypi")]

from audited_set import INSTALLED, LISTS, NOW  # noqa: E402 - stands beside this file


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """The examples in a folder of their own, with the address of the public index in them."""
    folder = tmp_path / "lists"
    shutil.copytree(LISTS, folder)
    for path in folder.iterdir():
        path.write_text(path.read_text().replace("INDEX_URL", PYPI_SIMPLE_ENDPOINT))
    return folder


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

    def run(server, file: Path, *, cache="cache", **asked) -> Audit:
        question = Question(
            file=file, contact="test@example.org", cache=tmp_path / cache, index_url=server.simple, **asked
        )
        return make_audit(question, lambda: NOW, Console(file=io.StringIO()))

    return run
