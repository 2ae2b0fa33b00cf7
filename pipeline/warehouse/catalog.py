"""The catalog: every table of the warehouse as its `.sql` file and its sibling `.yml` describe it.

The `.yml` states the grain, the description, every column and the checks. Tables that SQL cannot make well name a
Python function instead of having a `.sql` file; it takes Arrow tables and gives one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import BuildError
from pipeline.warehouse.plain import literal

_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same loader written in C, where it was built: every command reads a hundred cards."""

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"

LAYERS = {"raw": "raw", "staging": "staging", "signals": "signals", "marts": "main"}
"""Folder of a layer and the schema that it fills, in the order in which they are built."""


class Check(BaseModel):
    """A number that a query gives, and the bound that it must keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    severity: Literal["fail", "warn"] = "fail"
    """`fail` stops publication; `warn` is reported."""
    sql: str
    """One row, one number; by default the number of rows that break a rule."""
    bound: str = "= 0"
    """A comparison with a number: `= 0`, `<= 0.01`, `>= 100000`."""
    reason: str = ""


class TableCard(BaseModel):
    """The `.yml` beside a table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grain: str
    description: str
    columns: dict[str, str | None]
    """Description of each column, with its unit and what it cannot say; empty where a table that this one reads
    describes the column of that name already, since the same name means the same quantity."""
    unique: list[str] = Field(default_factory=list)
    """The columns that make a row unique; checked."""
    not_null: list[str] = Field(default_factory=list)
    """Columns that always hold a value; checked, as are those of `unique`."""
    accepted: dict[str, list[str]] = Field(default_factory=dict)
    """The only values that a column may take; checked, so that a surprise upstream stops the build."""
    checks: list[Check] = Field(default_factory=list)
    python: str | None = None
    """`pipeline.module:function` for a table that SQL does not make."""
    kept: bool = True
    """Whether the published file holds the table. What it does not hold is read where it lies, in the landing, while
    the file is built."""
    inputs: list[str] = Field(default_factory=list)
    """The tables that the function takes, in the order of its parameters."""
    examples: dict[str, str] = Field(default_factory=dict)
    """Questions and the queries that answer them."""


@dataclass(frozen=True)
class Table:
    """One table of the warehouse."""

    layer: str
    name: str
    card: TableCard
    sql: str | None
    """One SELECT statement, or None where the card names a Python function."""
    references: frozenset[str]
    """The addresses of the tables that this one reads."""
    parameters: frozenset[str]
    """The names of the values that the SQL wants bound."""
    landed: frozenset[str] = frozenset()
    """The landing tables that the SQL reads; `getvariable` gives the paths of their files."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Description of each column, inherited ones included."""
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The only values of the columns that have such, inherited with their descriptions."""

    @property
    def schema(self) -> str:
        """The schema of the database that the table lies in."""
        return LAYERS[self.layer]

    @property
    def address(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    def checks(self) -> list[Check]:
        """The checks of the card, those that its short forms stand for included."""
        checks = []
        required = list(dict.fromkeys([*self.card.unique, *self.card.not_null]))
        if self.card.unique:
            key = ", ".join(self.card.unique)
            sql = f"select count(*) - count(distinct ({key})) from {self.address}"  # noqa: S608 - our own card
            checks.append(Check(name=f"{self.address}: unique {key}", sql=sql))
        for column in required:
            sql = f"select count(*) from {self.address} where {column} is null"  # noqa: S608 - our own card
            checks.append(Check(name=f"{self.address}: {column} is there", sql=sql))
        for column, values in self.card.accepted.items():
            listed = ", ".join(map(literal, values))
            sql = f"select count(*) from {self.address} where {column} not in ({listed})"  # noqa: S608 - our own card
            checks.append(Check(name=f"{self.address}: {column} is a known value", sql=sql))
        named = [check.model_copy(update={"name": f"{self.address}: {check.name}"}) for check in self.card.checks]
        return checks + named


def load_catalog(folder: Path = SQL_FOLDER) -> list[Table]:
    """Read every table, in an order in which each comes after those that it reads.

    Raises:
        BuildError: a file cannot be read, stands alone, reads what does not exist, or reads a later layer.
    """
    with duckdb.connect() as parser:
        tables = {table.address: table for layer in LAYERS for table in _load_layer(folder / layer, layer, parser)}
    layer_order = list(LAYERS)
    for table in tables.values():
        for address in table.references:
            if address not in tables:
                raise BuildError(f"{table.address} reads {address}, which does not exist.")
            if layer_order.index(tables[address].layer) > layer_order.index(table.layer):
                raise BuildError(f"{table.address} reads {address}, which stands in a later layer.")
    order = TopologicalSorter({address: sorted(table.references) for address, table in tables.items()})
    ordered: dict[str, Table] = {}
    for address in order.static_order():
        table = tables[address]
        ordered[address] = _described(table, [ordered[other] for other in table.references])
    return list(ordered.values())


def _described(table: Table, read: list[Table]) -> Table:
    """Describe every column; what the card leaves out is that of the nearest layer that is read, with its codes."""
    described = {name: text for name, text in table.card.columns.items() if text is not None}
    codes = {name: tuple(values) for name, values in table.card.accepted.items()}
    for column in table.card.columns.keys() - described.keys():
        holders = [other for other in read if column in other.columns]
        nearest = max((list(LAYERS).index(other.layer) for other in holders), default=0)
        nearest_holders = [other for other in holders if list(LAYERS).index(other.layer) == nearest]
        inherited = {other.columns[column] for other in nearest_holders}
        if len(inherited) != 1:
            found = "several descriptions" if inherited else "no description"
            raise BuildError(f"{table.address}: the column {column} has {found} in the tables that it reads.")
        described[column] = inherited.pop()
        for known in (other.codes[column] for other in nearest_holders if column in other.codes):
            if codes.setdefault(column, known) != known:
                raise BuildError(f"{table.address}: the column {column} has several lists of codes.")
    return replace(table, columns={name: described[name] for name in table.card.columns}, codes=codes)


def _load_layer(folder: Path, layer: str, parser: duckdb.DuckDBPyConnection) -> Iterator[Table]:
    names = {path.stem for path in folder.iterdir() if path.suffix in {".sql", ".yml"}}
    for name in sorted(names):
        path = folder / f"{name}.yml"
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), _SafeLoader)  # noqa: S506 - one of the safe loaders
            card = TableCard.model_validate(content)
        except (OSError, yaml.YAMLError, ValidationError) as error:
            raise BuildError(f"{path} is not the card of a table: {str(error).splitlines()[0]}.") from error
        sql_path = path.with_suffix(".sql")
        if sql_path.exists() == bool(card.python):
            raise BuildError(f"{path} needs either a sibling {sql_path.name} or a Python function, not both.")
        if card.python:
            yield Table(layer, name, card, None, references=frozenset(card.inputs), parameters=frozenset())
        else:
            sql = sql_path.read_text(encoding="utf-8")
            try:
                references, parameters, landed = names_in(sql, parser)
            except ValueError as error:
                raise BuildError(f"{sql_path} is not one SELECT statement: {error}.") from error
            yield Table(layer, name, card, sql, references=references, parameters=parameters, landed=landed)


def names_in(sql: str, parser: duckdb.DuckDBPyConnection) -> tuple[frozenset[str], ...]:
    """The tables, the parameters and the variables that one SELECT statement names, by DuckDB's own parser.

    Raises:
        ValueError: it is not one.
    """
    ((text,),) = parser.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchall()
    tree = json.loads(text)
    if tree["error"]:
        raise ValueError(tree["error_message"])
    tables, parameters, variables = set(), set(), set()
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            pending.extend(node.values())
            if node.get("type") == "BASE_TABLE" and node["schema_name"]:
                tables.add(f"{node['schema_name']}.{node['table_name']}")
            elif node.get("type") == "VALUE_PARAMETER":
                parameters.add(node["identifier"])
            elif node.get("function_name") == "getvariable":
                variables.add(node["arguments"][0]["expression"]["literal"]["text"])
        elif isinstance(node, list):
            pending.extend(node)
    return frozenset(tables), frozenset(parameters), frozenset(variables)
