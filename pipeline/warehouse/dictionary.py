"""The data dictionary: the cards of the tables as one Markdown page (`make dictionary` writes it to docs/)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.warehouse.catalog import LAYERS, Table, load_catalog

INTRODUCTION = """# Data dictionary

Made by `make dictionary` out of the cards beside the SQL files (`pipeline/sql/<layer>/<table>.yml`); the same texts are
comments in the DuckDB file itself (`select * from duckdb_columns()`), and `pypi-adoption schema TABLE` prints them.

How to read it:

* NULL means "not observed", never "no"; the table `coverage` says what was not observed, and why.
* `_count` is a number of things, `_share` lies within 0 and 1, `_bytes` are bytes, `_at` is an instant in UTC, `_date`
  and `_month` are days (a month is its first day), `is_` and `has_` are TRUE, FALSE or NULL.
* The tables to read lie in the schema `main`; `signals`, `staging` and `raw` keep the way there.
"""


def render(tables: Sequence[Table]) -> str:
    """The whole page."""
    marts = [table for table in tables if table.layer == "marts"]
    index = "\n".join(f"* [`{t.name}`](#{t.name}): {t.card.grain}" for t in sorted(marts, key=lambda t: t.name))
    parts = [INTRODUCTION, f"## Tables to read\n\n{index}\n"]
    parts += [part for table in sorted(marts, key=lambda t: t.name) for part in _section(table)]
    parts.append("## The way there\n")
    for layer in [layer for layer in LAYERS if layer != "marts"][::-1]:
        rows = [f"| `{t.address}` | {_cell(t.card.grain)} | {_cell(t.card.description)} |" for t in _of(tables, layer)]
        parts.append(f"### {layer}\n\n| table | grain | what it holds |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _of(tables: Sequence[Table], layer: str) -> list[Table]:
    return sorted((table for table in tables if table.layer == layer), key=lambda table: table.name)


def _section(table: Table) -> Iterator[str]:
    yield f"### {table.name}\n\n{table.card.description}\n\nGrain: {table.card.grain}.\n"
    rows = [f"| `{column}` | {_cell(text)} |" for column, text in table.columns.items()]
    yield "| column | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"
    if table.references:
        yield "Made from " + ", ".join(f"`{address}`" for address in sorted(table.references)) + ".\n"
    for question, sql in table.card.examples.items():
        yield f"{question}\n\n```sql\n{sql}\n```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(render(load_catalog()), end="")  # noqa: T201 - the page is the result
