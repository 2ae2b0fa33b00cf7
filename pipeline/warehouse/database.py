"""The file of the warehouse: begun anew, opened for reading, renamed over the published one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.errors import BuildError, LandingError, PublishError
from pipeline.files import publish_file, replace_file
from pipeline.settings import Settings
from pipeline.warehouse.catalog import LAYERS
from pipeline.warehouse.plain import literal

STORAGE_VERSION = "v1.2.0"
"""The oldest DuckDB that must be able to open the published file; later versions read it too."""


@contextmanager
def candidate_for(database: Path) -> Iterator[Path]:
    """Where a new file is built, in a folder beside the database; what a killed run left there is removed first."""
    folder = database.with_name(f".{database.name}.building")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    try:
        yield folder / database.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(candidate: Path, database: Path) -> None:
    """Rename a finished build over the published file. Readers keep the file that they opened.

    Raises:
        PublishError: another program has unsaved changes to the published file.
    """
    journal = database.with_name(database.name + ".wal")
    if journal.exists():
        raise PublishError(
            f"{journal} exists: another program has opened {database.name} for writing, and has changes not yet in it.",
            way_out="Close that program (open the file read-only), or remove the journal, and run again.",
        )
    publish_file(candidate, database)
    replace_file(_stamp(database), _state(database))


def is_as_published(database: Path) -> bool:
    """Whether nobody has written into the file, or put another one in its place, since it was published."""
    stamp = _stamp(database)
    return database.exists() and stamp.exists() and stamp.read_bytes() == _state(database).encode()


def _stamp(database: Path) -> Path:
    return database.with_name(f".{database.name}.stamp")


def _state(database: Path) -> str:
    state = database.stat()
    return f"{state.st_ino} {state.st_size} {state.st_mtime_ns}\n"


@contextmanager
def open_read_only(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for reading.

    Raises:
        BuildError: there is none, it is no DuckDB file, or another program has locked it.
    """
    if not database.exists():
        raise BuildError(f"There is no database {database}.", way_out="Make it with `pypi-adoption run`.")
    if not _is_duckdb_file(database):
        # DuckDB would look for an extension that reads it, or wait for the other end of a pipe.
        raise BuildError(
            f"{database} is no DuckDB file.", way_out="Name another file, or make one with `pypi-adoption run`."
        )
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        what = str(error).splitlines()[0]
        raise BuildError(
            f"{database} cannot be opened for reading: {what}",
            way_out="Close the program that has it open for writing, or make it again with `pypi-adoption run`.",
        ) from error
    try:
        yield connection
    finally:
        connection.close()


def _is_duckdb_file(path: Path) -> bool:
    """Whether a file begins as the files of DuckDB do: eight bytes of checksum, then `DUCK`."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(12)[8:] == b"DUCK"


@contextmanager
def new_database(path: Path, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a new file with the layers as schemas, in the storage version that old readers understand.

    Raises:
        BuildError: the file cannot be written (the disk is full, the folder is read-only).
        LandingError: a file of the landing cannot be read.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": str(path.with_suffix(".spill")),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute(f"attach {literal(str(path))} as warehouse (storage_version '{STORAGE_VERSION}')")
        connection.execute("use warehouse")
        connection.execute("set timezone = 'UTC'")
        for schema in LAYERS.values():
            connection.execute(f"create schema if not exists {schema}")
        yield connection
    except (duckdb.IOException, duckdb.TransactionException) as error:
        what = str(error).splitlines()[0]
        # DuckDB has one class for both; spilled rows lie beside the new file.
        if str(settings.landing) in what and str(path.parent) not in what:
            raise LandingError(
                f"What was landed cannot be read: {what}",
                way_out="Run `pypi-adoption fetch` again with the same options.",
            ) from error
        raise BuildError(
            f"{path} cannot be written: {what}", way_out="Make room on the disk, or choose another place with --db."
        ) from error
    finally:
        connection.close()
