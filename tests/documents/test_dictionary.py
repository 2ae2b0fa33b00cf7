from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipeline.documents.dictionary import Types, render, types_of
from pipeline.documents.lineage import flowchart
from pipeline.warehouse.catalog import Table

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


@pytest.fixture(scope="module")
def types(catalog: list[Table]) -> Types:
    return types_of(catalog)


def test_the_page_is_up_to_date(catalog: list[Table], types: Types) -> None:
    assert PAGE.read_text(encoding="utf-8") == render(catalog, types), "run `make dictionary`"


def test_the_types_of_the_marts_are_the_same_whatever_was_observed(make_warehouse, types: Types) -> None:
    connection: duckdb.DuckDBPyConnection = make_warehouse(
        {
            "index": [{"project_name": "a", "download_rank": 1, "newest_release_month": None}],
            "observations": [{"project_name": "a"}],
            "roles": [{"project_name": "a", "account": "ada", "role": "Owner"}],
        }
    )
    found = connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
    ).fetchall()
    kinds = {(table, column): kind for table, column, kind in found}
    marts = [key for key in types if key[0].startswith("main.") and key[0] != "main.checks"]
    assert {key: kinds[key] for key in marts} == {key: types[key] for key in marts}


def test_the_picture_draws_every_signal_and_mart_once_and_only_true_ways(catalog: list[Table]) -> None:
    drawn = flowchart(catalog)
    by_node = {f"{table.layer}_{table.name}": table for table in catalog if table.layer in {"signals", "marts"}}
    assert sorted(re.findall(r"^ {8}(\w+)\[", drawn, re.MULTILINE)) == sorted(by_node)
    arrows = re.findall(r"^ {4}(\w+) --> (\w+)$", drawn, re.MULTILINE)
    assert len(arrows) == len(set(arrows))
    into: dict[str, set[str]] = {}
    for source, target in arrows:
        into.setdefault(target, set()).add(source)
        if source in by_node:
            assert by_node[source].address in by_node[target].references
    for node, table in by_node.items():
        assert bool(into.get(node)) == bool(table.references), node


def test_every_way_can_be_walked_in_the_picture(catalog: list[Table]) -> None:
    into: dict[str, set[str]] = {}
    for source, target in re.findall(r"^ {4}(\w+) --> (\w+)$", flowchart(catalog), re.MULTILINE):
        into.setdefault(target, set()).add(source)

    def behind(node: str) -> set[str]:
        return into.get(node, set()).union(*(behind(one) for one in into.get(node, ())))

    named = {t.address: f"{t.layer}_{t.name}" for t in catalog if t.layer in {"signals", "marts"}}
    for table in catalog:
        if table.address in named:
            assert {named[one] for one in table.references if one in named} <= behind(named[table.address])
