"""The result as a table on a terminal, and as tab-separated lines elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.audit.formats.words import HEADER, cells, remarks, sentences
from pipeline.audit.result import Audit
from pipeline.text import visible


def show(audit: Audit, console: Console) -> None:
    """Print the result. A stranger's text cannot steer the terminal: what does not show is written as its code."""
    rows = [[visible(cell) for cell in cells(one)] for one in audit.dependencies]
    if console.is_terminal:
        console.print(_table(rows))
    else:
        for line in (HEADER, *rows):
            _print(console, "\t".join(line))
    _print(console, "")
    for sentence in [*sentences(audit), *remarks(audit)]:
        _print(console, visible(sentence))


def _table(rows: list[list[str]]) -> Table:
    """Two lines a dependency, so that it fits 80 columns."""
    table = Table("project", "2FA evidence", "publishing", "owners", "status", show_lines=True)
    for project, way, evidence, publishing, newest, publisher, owners, alone, status in rows:
        cells = (
            (project, way if way == "direct" else f"by {way}"),
            (evidence, newest),
            (publishing, publisher),
            (owners, f"one alone: {alone}"),
            (status, ""),
        )
        table.add_row(*(Text("\n".join(filter(None, cell)), overflow="fold") for cell in cells))
    return table


def _print(console: Console, line: str) -> None:
    # Not by the console itself, which puts blanks in the place of tabs.
    console.file.write(f"{line}\n")
