"""The rows of a figure over marts of a few rows."""

from __future__ import annotations

import duckdb

from pipeline.figures import FOLDERS, figure_queries


def found(name: str, tables: dict[str, str], columns: str = "*", where: str = "true") -> list[tuple]:
    """The rows of a figure; `tables` gives each mart that it reads as `(columns): rows`."""
    with duckdb.connect() as connection:
        for table, given in tables.items():
            names, rows = given.split(":", 1)
            connection.execute(f"create table {table} as from (values {rows}) as t {names}")
        return connection.sql(figure_queries(*FOLDERS)[name]).filter(where).select(columns).fetchall()
