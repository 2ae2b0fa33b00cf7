"""The building of a warehouse: every table of the catalog out of the landing into a new file, and its checks."""

from __future__ import annotations

import importlib
import inspect
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.errors import BuildError
from pipeline.manifest import Landing
from pipeline.settings import Settings
from pipeline.warehouse import checks as checking
from pipeline.warehouse.catalog import Table, names_in
from pipeline.warehouse.database import is_as_published, new_database, open_read_only
from pipeline.warehouse.plain import literal
from pipeline.warehouse.records import input_records, landing_records, run_record
from pipeline.warehouse.reuse import Builds, Built, content_of, earlier_builds

CHECKS = "main.checks"
"""The one table that is written after all others, since it holds what was found out about them."""


@dataclass(frozen=True)
class Facts:
    """What a run brings along besides its landings."""

    run: Mapping[str, Any]
    """The row of the table `runs`."""
    history: Mapping[str, pa.Table]
    """Observations of other months (see `pipeline.warehouse.history`)."""


def build(
    path: Path,
    tables: Sequence[Table],
    landings: Sequence[Landing],
    settings: Settings,
    facts: Facts,
    advance: Callable[[str], None],
) -> list[checking.Result]:
    """Build every table into a new file at `path`, run the checks, and give what they found.

    Where the published file holds the same month already, and nobody has written into it since, the new file begins as
    a copy of it, and only what changed is built (see `pipeline.warehouse.reuse`).

    Args:
        path: A file that does not exist yet.
        tables: The catalog, in the order of building.
        landings: What was fetched; each landing table is read from all landings that hold it.
        settings: Memory, threads, and the values that the SQL wants bound.
        facts: What the run knows about itself and about other months.
        advance: Told the address of a table before it is built.

    Raises:
        BuildError: a table cannot be built; the message names it.
    """
    ordinary = [table for table in tables if table.address != CHECKS]
    earlier = _earlier(settings.database, tables, facts.run)
    if earlier:
        shutil.copyfile(settings.database, path)
    with new_database(path, settings) as connection:
        builds = build_tables(connection, ordinary, landings, settings, facts, advance, earlier)
        results = _check(connection, tables, builds)
        connection.register("check_results", checking.as_arrow(results))
        build_tables(connection, [t for t in tables if t.address == CHECKS], landings, settings, facts, advance)
        builds.write(connection)
        for table in tables:
            if not table.card.kept:
                connection.execute(f"drop view {table.address}")
        connection.execute("checkpoint")
    return results


def _check(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table], builds: Builds) -> list[checking.Result]:
    """Run the checks; one whose tables hold what they held before has the result that it had."""
    checks = [check for table in tables for check in table.checks()]
    earlier: dict[str, checking.Result] = {}
    if builds.is_again:
        query = f"select name, severity, status, value, bound, reason from {CHECKS}"  # noqa: S608 - our own name
        known = {row[0]: checking.Result(*row) for row in connection.execute(query).fetchall()}
        earlier = {
            check.name: known[check.name]
            for check in checks
            if check.name in known and builds.stayed(names_in(check.sql, connection)[0])
        }
    anew = checking.run_checks(connection, [check for check in checks if check.name not in earlier])
    found = earlier | {result.name: result for result in anew}
    return [found[check.name] for check in checks]


def build_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table],
    landings: Sequence[Landing],
    settings: Settings,
    facts: Facts,
    advance: Callable[[str], None],
    earlier: Mapping[str, Built] = MappingProxyType({}),
) -> Builds:
    """Build tables, in the given order, into an open database; the other parameters are those of `build`.

    What is `earlier` in the database, and would come out the same, is not built again. Gives what it holds now.
    """
    records = {
        "run_record": run_record(facts.run),
        "input_records": input_records(landings),
        "landing_records": landing_records(landings),
        **facts.history,
    }
    for name, record in records.items():
        connection.register(name, record)
    values = settings.bound_values(facts.run["observed_on"])
    for name, paths in _landing_paths(landings).items():
        # A variable and not a bound value, since the text of a view takes none.
        connection.execute(f"set variable {name} = $paths", {"paths": paths})
    builds = Builds(earlier, landings, values)
    for table in tables:
        advance(table.address)
        if not builds.holds(table):
            before = content_of(connection, table) if builds.has(table) else None
            _build_table(connection, table, values)
            builds.put(table, is_changed=before is None or content_of(connection, table) != before)
    return builds


def _earlier(database: Path, tables: Sequence[Table], run: Mapping[str, Any]) -> dict[str, Built]:
    if not is_as_published(database):
        return {}
    with open_read_only(database) as connection:
        return earlier_builds(connection, tables, run)


def _landing_paths(landings: Sequence[Landing]) -> dict[str, list[str]]:
    paths: dict[str, list[str]] = {}
    for landing in landings:
        for table in landing.manifest.tables:
            paths.setdefault(table, []).append(str(landing.path(table)))
    return paths


def _build_table(connection: duckdb.DuckDBPyConnection, table: Table, values: Mapping[str, object]) -> None:
    try:
        if table.sql is not None:
            bound = {name: values[name] for name in table.parameters}
            kind = "table" if table.card.kept else "view"
            connection.execute(f"create or replace {kind} {table.address} as {table.sql}", bound)
        else:
            connection.register("made_by_python", _call(connection, table, values))
            connection.execute(f"create or replace table {table.address} as from made_by_python")
            connection.unregister("made_by_python")
    except KeyError as error:
        raise BuildError(f"{table.address} wants the value ${error.args[0]}, which this run does not have.") from error
    except (duckdb.IOException, duckdb.TransactionException):  # a full disk is told as either
        raise
    except duckdb.Error as error:
        raise BuildError(f"{table.address} cannot be built: {str(error).splitlines()[0]}") from error
    _comment(connection, table)


def _call(connection: duckdb.DuckDBPyConnection, table: Table, values: Mapping[str, object]) -> pa.Table:
    """Call the function that the card names: Arrow tables in, the bound values that it names, one Arrow table out."""
    module, _, name = str(table.card.python).partition(":")
    function = getattr(importlib.import_module(module), name)
    wanted = {
        parameter.name: values[parameter.name]
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    arrow = [connection.sql(f"from {address}").to_arrow_table() for address in table.card.inputs]
    result = function(*arrow, **wanted)
    assert isinstance(result, pa.Table)  # noqa: S101 - a mistake of ours, not of the data
    return result


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Write the card into the file, and hold its columns against those that were built."""
    built = [row[0] for row in connection.execute(f"describe {table.address}").fetchall()]
    if built != list(table.card.columns):
        raise BuildError(f"{table.address} has the columns {built}, its card describes {list(table.card.columns)}.")
    if not table.card.kept:
        return
    text = f"{table.card.description} Grain: {table.card.grain}"
    comments = [f"comment on table {table.address} is {literal(_one_line(text))}"]
    for column, description in table.columns.items():
        comments.append(f'comment on column {table.address}."{column}" is {literal(_one_line(description))}')
    # COMMENT takes no bound values. In one transaction, since every commit waits for the disk.
    connection.execute(";".join(["begin", *comments, "commit"]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
