"""Every figure says its grain and its question, and reads marts and nothing else."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from pipeline.figures import FOLDERS, figure_queries

QUERIES = figure_queries(*FOLDERS)


def test_no_two_figures_have_the_same_name() -> None:
    assert len(QUERIES) == sum(len(figure_queries(folder)) for folder in FOLDERS)


@pytest.mark.parametrize("name", QUERIES)
def test_a_figure_says_its_grain_and_question_and_reads_marts_only(name: str, catalog) -> None:
    first, second, *_ = QUERIES[name].splitlines()
    assert first.startswith("-- Grain: one row")
    assert second.startswith("-- Answers: ")
    read = tables_of(QUERIES[name])
    assert read
    assert read <= {table.address for table in catalog if table.address.startswith("main.")}


def tables_of(query: str) -> set[str]:
    """What a query reads, apart from its own steps, by DuckDB's own parser; no schema means `main`."""
    ((text,),) = duckdb.execute("select json_serialize_sql($query)", {"query": query}).fetchall()
    tables, steps = set(), set()
    pending: list[Any] = [json.loads(text)]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending.extend(node.values())
            if node.get("type") == "BASE_TABLE":
                tables.add((node["schema_name"], node["table_name"]))
            steps |= {step["key"] for step in node.get("cte_map", {}).get("map", [])}
        elif isinstance(node, list):
            pending.extend(node)
    return {f"{schema or 'main'}.{name}" for schema, name in tables if schema or name not in steps}
