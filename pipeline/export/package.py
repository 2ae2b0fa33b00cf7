"""A package: the folder with the tables, what describes them, and their checksums; there whole, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.errors import ExportError
from pipeline.export.citation import CITATION
from pipeline.export.descriptor import Written, describe
from pipeline.export.identity import Identity, citation_of, read_identity
from pipeline.export.marts import Mart, read_marts
from pipeline.export.pseudonyms import with_numbers
from pipeline.export.readme import render
from pipeline.export.sqlite import write_sqlite
from pipeline.files import flush, locked, replace_file, sha256_of
from pipeline.settings import Settings
from pipeline.warehouse.catalog import load_catalog
from pipeline.warehouse.plain import harmless, literal, quoted
from pipeline.warehouse.published import open_published

FORMATS = ("parquet", "csv", "sqlite")
SQLITE_FILE = "adoption.sqlite"
CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class _Work:
    """What every format needs."""

    connection: duckdb.DuckDBPyConnection
    marts: Sequence[Mart]
    identity: Identity
    folder: Path
    advance: Callable[[str], None]


def export_package(
    folder: Path, formats: Sequence[str], settings: Settings, citation: Path, advance: Callable[[str], None]
) -> Path:
    """Write all tables of the schema `main`, with `datapackage.json`, README.md, CITATION.cff and SHA256SUMS.

    Args:
        folder: Where the package goes: a folder that does not exist yet, or is empty.
        formats: Out of `FORMATS`.
        settings: The published file, what DuckDB may hold in memory, and whether accounts have names.
        citation: CITATION.cff of this project.
        advance: Told every table before it is written.

    Returns:
        The folder.

    Raises:
        BuildError: the published file cannot be read.
        ExportError: the folder is not empty, or a table cannot be written; nothing is left behind then.
        OSError: another file cannot be written; the same.
        PublishError: another export into this folder is at work.
    """
    with _beside(folder) as part, open_published(settings.database, writes_to=part) as connection:
        connection.execute("set memory_limit = $limit", {"limit": settings.memory_limit})
        identity = read_identity(connection, settings.database, citation)
        marts = read_marts(connection, load_catalog())
        if not settings.shows_accounts:
            marts = with_numbers(connection, marts)
        work = _Work(connection, marts, identity, part, advance)
        files = [written for name in FORMATS if name in formats for written in _WRITERS[name](work)]
        shutil.rmtree(part / ".spill", ignore_errors=True)
        descriptor = json.dumps(describe(identity, files), indent=2, ensure_ascii=False) + "\n"
        replace_file(part / "datapackage.json", descriptor)
        replace_file(part / "README.md", render(identity, files, shows_accounts=settings.shows_accounts))
        replace_file(part / CITATION, citation_of(identity))
        sums = "".join(f"{sha256_of(path)}  {path.name}\n" for path in sorted(part.iterdir()))
        replace_file(part / CHECKSUMS, sums)
    return folder


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A hidden folder beside `folder`, which takes its place in the end; what a killed export left is removed first."""
    part, lock = (folder.with_name(f".{folder.name}.{kind}") for kind in ("part", "lock"))
    with locked(lock):
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise ExportError(
                    f"{folder} exists and is not an empty folder.", way_out="Name one that does not exist yet."
                )
            if part.exists():
                shutil.rmtree(part)
            part.mkdir()
            yield part
            _flush(part)
            part.replace(folder)
        except duckdb.IOException as error:
            what = str(error).splitlines()[0]
            # DuckDB has one class for what cannot be written and what cannot be read.
            if str(part) not in what:
                raise
            raise ExportError(
                f"{folder} cannot be written: {what}", way_out="Make room on the disk, or choose another place."
            ) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
            # Who waits for it sees that it is gone, and makes a new one.
            lock.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    """Wait until files and folder are on the disk, so that a crash leaves no package with empty files."""
    for path in (*folder.iterdir(), folder):
        flush(path)


def _write_parquet(work: _Work) -> Iterator[Written]:
    # COPY takes no bound values.
    facts = {"title": work.identity.title, "is_simulated": str(work.identity.is_simulated).lower()}
    noted = ", ".join(f"{name}: {literal(text)}" for name, text in facts.items())
    for mart in work.marts:
        options = f"format parquet, compression zstd, kv_metadata {{{noted}}}"
        yield _copy(work, mart, "parquet", "*", options)


def _write_csv(work: _Work) -> Iterator[Written]:
    for mart in work.marts:
        values = ", ".join(
            f"{harmless(quoted(column.name), column.kind)} as {quoted(column.name)}" for column in mart.columns
        )
        yield _copy(work, mart, "csv", values, "format csv, header")


def _copy(work: _Work, mart: Mart, format_name: str, values: str, options: str) -> Written:
    path = work.folder / work.identity.file_name(f"{mart.name}.{format_name}")
    work.advance(path.name)
    asked = f"select {values} from {mart.address}"  # noqa: S608 - quoted names
    work.connection.execute(f"copy ({asked}) to {literal(str(path))} ({options})")
    return Written(path, format_name, mart)


def _write_sqlite(work: _Work) -> Iterator[Written]:
    path = work.folder / work.identity.file_name(SQLITE_FILE)
    work.advance(path.name)
    write_sqlite(work.connection, work.marts, work.identity, path)
    yield Written(path, "sqlite", None)


_WRITERS: Mapping[str, Callable[[_Work], Iterator[Written]]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "sqlite": _write_sqlite,
}
