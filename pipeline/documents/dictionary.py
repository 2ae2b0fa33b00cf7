"""The data dictionary: the cards of the tables as one Markdown page (`make dictionary` writes it to docs/)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from pipeline.documents.lineage import flowchart
from pipeline.landing import land
from pipeline.settings import REFERENCE_FOLDER, Settings
from pipeline.sources.contract import OBSERVED_TABLES
from pipeline.sources.interface import Description, TableNotes
from pipeline.sources.reference import ReferenceSource
from pipeline.warehouse.build import Facts, build
from pipeline.warehouse.catalog import LAYERS, Table, load_catalog
from pipeline.warehouse.history import read_history
from pipeline.warehouse.published import SCHEMA_VERSION, column_types
from pipeline.warehouse.records import run_facts

Types = Mapping[tuple[str, str], str]
"""The DuckDB type of a column, by address of its table and name."""

INTRODUCTION = """# Data dictionary

Schema version {version}; what that promises is said in [schema.md](schema.md).

Made by `make dictionary` out of the cards beside the SQL files (`pipeline/sql/<layer>/<table>.yml`); the same texts are
comments in the DuckDB file itself (`select * from duckdb_columns()`), and `pypi-adoption schema TABLE` prints them.

How to read it:

* NULL means "not observed", never "no"; the table `coverage` says what was not observed, and why.
* `_count` is a number of things, `_share` lies within 0 and 1, `_bytes` are bytes, `_at` is an instant in UTC, `_date`
  and `_month` are days (a month is its first day), `is_` and `has_` are TRUE, FALSE or NULL.
* The tables to read lie in the schema `main`; `signals`, `staging` and `raw` keep the way there, but for the widest
  tables of `raw`, which stay in the landing (their description says so).
"""


LINEAGE = """## Where the tables come from

An arrow is a reading. Where a table also reads what another one that it reads rests on, the shorter way is left out;
below, "Made from" names all.
"""


def render(tables: Sequence[Table], types: Types) -> str:
    """The whole page.

    Args:
        tables: The catalog.
        types: The type of every column of a mart.
    """
    marts = [table for table in tables if table.layer == "marts"]
    index = "\n".join(f"* [`{t.name}`](#{t.name}): {t.card.grain}" for t in sorted(marts, key=lambda t: t.name))
    parts = [
        INTRODUCTION.replace("{version}", str(SCHEMA_VERSION)),
        f"{LINEAGE}\n{flowchart(tables)}\n",
        f"## Tables to read\n\n{index}\n",
    ]
    parts += [part for table in sorted(marts, key=lambda t: t.name) for part in _section(table, types)]
    parts.append("## The way there\n")
    for layer in [layer for layer in LAYERS if layer != "marts"][::-1]:
        rows = [f"| `{t.address}` | {_cell(t.card.grain)} | {_cell(t.card.description)} |" for t in _of(tables, layer)]
        parts.append(f"### {layer}\n\n| table | grain | what it holds |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _of(tables: Sequence[Table], layer: str) -> list[Table]:
    return sorted((table for table in tables if table.layer == layer), key=lambda table: table.name)


def types_of(tables: Sequence[Table]) -> Types:
    """The types of all columns, which are the same in every file: those of one in which nothing was observed."""
    at = datetime(2000, 1, 1, tzinfo=UTC)
    settings = Settings()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        landings = [
            land(source, place, now=lambda: at, code_version="", advance=lambda _: None)
            for source in (_Nothing(), ReferenceSource(REFERENCE_FOLDER))
        ]
        run = run_facts(
            landings[0].manifest, settings.cuts, started_at=at, code_version="", schema_version=SCHEMA_VERSION
        )
        month = {name: run[name] for name in ("source", "period", "is_simulated")}
        history = read_history(place / "none.duckdb", tables, **month)
        build(place / "a.duckdb", tables, landings, settings, Facts(run, history), lambda _: None)
        return column_types(place / "a.duckdb")


class _Nothing:
    """A source that observes nothing."""

    def describe(self) -> Description:
        return Description(source="nothing", period="2000-01", observed_on=date(2000, 1, 1))

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:  # noqa: ARG002 - nothing to continue
        return iter(())

    def notes(self) -> Mapping[str, TableNotes]:
        return {table: TableNotes(is_observed=False, note="") for table in OBSERVED_TABLES}


def _section(table: Table, types: Types) -> Iterator[str]:
    yield f"### {table.name}\n\n{table.card.description}\n\nGrain: {table.card.grain}.\n"
    rows = [f"| `{name}` | {types[table.address, name]} | {_cell(text)} |" for name, text in table.columns.items()]
    yield "| column | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    if table.references:
        yield "Made from " + ", ".join(f"`{address}`" for address in sorted(table.references)) + ".\n"
    for question, sql in table.card.examples.items():
        yield f"{question}\n\n```sql\n{sql}\n```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    catalog = load_catalog()
    print(render(catalog, types_of(catalog)), end="")  # noqa: T201 - the page is the result
