"""Where the tables come from, as a Mermaid flowchart, which GitHub draws in a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.warehouse.catalog import Table

NAMED = ("signals", "marts")
"""Layers whose tables are drawn one by one; `raw` and `staging` hold what a source gave, and are one box each."""


def flowchart(tables: Sequence[Table]) -> str:
    """The whole way from the landing to the marts.

    An arrow is a reading. Where a table also reads what another one that it reads rests on, the shorter way is left
    out, so that the picture stays legible; the card of the table names all.
    """
    drawn = {table.address: table for table in tables if table.layer in NAMED}
    behind: dict[str, frozenset[str]] = {}
    for table in tables:
        behind[table.address] = table.references.union(*(behind[other] for other in table.references))
    lines = ["flowchart LR", '    landing[("landing (Parquet)")] --> raw']
    lines += [f'    {layer}["{layer}: {_count(tables, layer)} tables"]' for layer in ("raw", "staging")]
    lines.append("    raw --> staging")
    for layer in NAMED:
        names = sorted(table.name for table in drawn.values() if table.layer == layer)
        lines += [f"    subgraph {layer}", *(f'        {layer}_{name}["{name}"]' for name in names), "    end"]
    for table in sorted(drawn.values(), key=lambda one: (NAMED.index(one.layer), one.name)):
        lines += [f"    {source} --> {_node(table)}" for source in _read_by(table, drawn, behind)]
    return "\n".join(["```mermaid", *lines, "```"])


def _read_by(table: Table, drawn: Mapping[str, Table], behind: Mapping[str, frozenset[str]]) -> list[str]:
    """The nodes from which arrows lead to a table."""
    read = sorted(table.references & set(drawn))
    nearest = [one for one in read if not any(one in behind[other] for other in read)]
    if nearest:
        return [_node(drawn[one]) for one in nearest]
    return ["staging"] if table.references else []


def _node(table: Table) -> str:
    return f"{table.layer}_{table.name}"


def _count(tables: Sequence[Table], layer: str) -> int:
    return sum(table.layer == layer for table in tables)
