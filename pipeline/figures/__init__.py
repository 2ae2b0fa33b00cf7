"""The figures: named queries over the marts (`<folder>/<name>.sql`), for the report and the notebooks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

FOLDERS = ("report", "notebook")
"""The report reads all of its own folder; a notebook asks for any figure by its name."""


@cache
def figure_queries(*folders: str) -> dict[str, str]:
    """The text of each query of these folders, by name; no two have the same."""
    root = files("pipeline.figures")
    found = [entry for folder in folders for entry in root.joinpath(folder).iterdir() if entry.name.endswith(".sql")]
    return {entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8") for entry in sorted(found, key=str)}
