"""Tables for people: with lines on a terminal, with tabs elsewhere. No text in them can steer the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.text import visible

Cell = bool | int | float | str | None

WORTH_A_COLUMN = 8
"""Characters; where the columns of a table have less than that each, its rows are shown one below the other."""


def print_table(header: Sequence[str], rows: Sequence[Sequence[Cell]], stream: TextIO | None = None) -> None:
    """Print a table to `stream`, by default stdout. NULL is `NULL`, and the text that reads so stands in quotes."""
    out = stream or sys.stdout
    if not out.isatty():
        lines = [list(header), *([shown(value) for value in row] for row in rows)]
        for line in lines:
            click.echo("\t".join(visible(cell) for cell in line), file=out)
        return
    console = Console(file=out)
    if len(header) * WORTH_A_COLUMN > console.width:
        _print_records(header, rows, console)
        return
    table = Table(show_lines=False)
    for place, name in enumerate(header):
        numbers = all(isinstance(row[place], int | float) or row[place] is None for row in rows) and bool(rows)
        table.add_column(Text(visible(name)), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_styled(value) for value in row))
    console.print(table)


def shown(value: Cell) -> str:
    """A value as people read it, not yet made visible."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'NULL'" if value == "NULL" else str(value)


def _print_records(header: Sequence[str], rows: Sequence[Sequence[Cell]], console: Console) -> None:
    for number, row in enumerate(rows, 1):
        console.print(Text(f"row {number}", style="bold"))
        table = Table.grid(padding=(0, 2))
        for name, value in zip(header, row, strict=True):
            table.add_row(Text(f"  {visible(name)}"), _styled(value))
        console.print(table)


def _styled(value: Cell) -> Text:
    return Text("NULL", style="dim italic") if value is None else Text(visible(shown(value)), overflow="fold")
