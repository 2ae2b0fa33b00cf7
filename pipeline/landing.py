"""The landing: what a source gave, kept as Parquet with a manifest, so that a rebuild needs no network.

`<root>/<source>/<period>/manifest.json` names the files of one complete fetch, and replacing it is the moment at
which a fetch counts. Files that no manifest names are left-overs of a killed fetch and are removed by the next one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from pipeline.errors import LandingError
from pipeline.files import flush, naming, replace_file, sha256_of
from pipeline.manifest import MANIFEST, MOST_BYTES, InputFile, LandedTable, Landing, Manifest
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.interface import Description, Source
from pipeline.untrusted import read_bounded, validated_json


def open_landing(folder: Path) -> Landing:
    """Read the manifest of a folder `<root>/<source>/<period>`.

    Raises:
        LandingError: nothing complete was landed there, or the manifest cannot be read.
    """
    path = folder / MANIFEST
    try:
        manifest = validated_json(Manifest, read_bounded(path, MOST_BYTES))
    except FileNotFoundError:
        raise LandingError(
            f"Nothing is landed in {folder}.", way_out="Run `pypi-adoption fetch` with the same options first."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LandingError(
            f"{path} cannot be read: {where[:80] or 'JSON'}: {first['msg']}.",
            way_out=f"Remove {folder} and run `pypi-adoption fetch` again.",
        ) from None
    except OSError as error:
        raise LandingError(
            f"{path} cannot be read: {error.strerror or error}.",
            way_out=f"Remove {folder} and run `pypi-adoption fetch` again.",
        ) from None
    if (manifest.source, manifest.period) != (folder.parent.name, folder.name):
        raise LandingError(
            f"{path} is not of {folder.parent.name} {folder.name}, as its folder says.",
            way_out=f"Move it to where it belongs, or remove {folder} and run `pypi-adoption fetch` again.",
        )
    return Landing(folder, manifest)


def verify(landing: Landing) -> None:
    """Compare every file with the checksum that the manifest holds, and its columns with the contract.

    Raises:
        LandingError: a file is missing, torn or was changed, or another version of this program landed it.
    """
    landing.verify_files()
    if not _fits(landing):
        raise LandingError(
            f"{landing.folder} was landed by another version of this program, with other columns.",
            way_out="Run `pypi-adoption fetch` again with the same options.",
        )


def latest_period(root: Path, source: str) -> str:
    """The newest period that a source has landed.

    Raises:
        LandingError: the source has landed nothing.
    """
    periods = sorted(manifest.parent.name for manifest in (root / source).glob(f"*/{MANIFEST}"))
    if not periods:
        raise LandingError(
            f"Nothing is landed for the source {source} in {root}.",
            way_out=f"Run `pypi-adoption fetch --source {source}` first.",
        )
    return periods[-1]


def land(
    source: Source, root: Path, *, now: Callable[[], datetime], code_version: str, advance: Callable[[str], None]
) -> Landing:
    """Fetch a source into the landing, unless the very same fetch is landed already.

    Args:
        source: Where the rows come from.
        root: The landing folder of all sources.
        now: The clock.
        code_version: Recorded in the manifest.
        advance: Told the name of a landing table whenever a batch of it has been written.

    Raises:
        SourceError: the source failed; what was landed before is untouched.
        LandingError: the batches do not fit the contract.
        OSError: the folder cannot be written to, or the disk is full.
    """
    description = source.describe()
    inputs = [InputFile(name=p.name, size_bytes=p.stat().st_size, sha256=sha256_of(p)) for p in description.inputs]
    folder = root / description.source / description.period
    if (folder / MANIFEST).exists():
        landed = open_landing(folder)
        if _is_same_fetch(landed.manifest, description, inputs):
            landed.verify_files()
            if _fits(landed):
                return landed
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    fetched_at = now()
    # A name of its own for every fetch: the files of the fetch before stay whole until the manifest is replaced.
    fetch_id = uuid.uuid4().hex[:12]
    files = _write_batches(source, folder, fetch_id, scratch, advance)
    manifest = Manifest(
        source=description.source,
        period=description.period,
        observed_on=description.observed_on,
        fetched_at=fetched_at,
        is_simulated=description.is_simulated,
        code_version=code_version,
        parameters=dict(description.parameters),
        inputs=inputs,
        tables=_describe_files(source, folder, files),
    )
    replace_file(folder / MANIFEST, json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n")
    _remove_leftovers(folder, keep={MANIFEST, *(table.file for table in manifest.tables.values())})
    return Landing(folder, manifest)


def _fits(landing: Landing) -> bool:
    """Whether its files have the columns that the contract has today; those of an older version may not."""
    try:
        return all(LANDING_TABLES.get(name) == pq.read_schema(landing.path(name)) for name in landing.manifest.tables)
    except (pa.ArrowException, OSError):
        return False


def _is_same_fetch(manifest: Manifest, description: Description, inputs: list[InputFile]) -> bool:
    return (
        manifest.parameters == dict(description.parameters)
        and manifest.inputs == inputs
        and manifest.observed_on == description.observed_on
    )


def _write_batches(
    source: Source, folder: Path, fetch_id: str, scratch: Path, advance: Callable[[str], None]
) -> dict[str, tuple[str, int]]:
    """Write every batch to the Parquet file of its table; tables without a batch become empty files."""
    rows: dict[str, int] = {}
    writers: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as stack:

        def writer_of(table: str) -> pq.ParquetWriter:
            if table not in writers:
                path = folder / f"{table}-{fetch_id}.parquet"
                writers[table] = stack.enter_context(pq.ParquetWriter(path, LANDING_TABLES[table], compression="zstd"))
                rows[table] = 0
            return writers[table]

        for table, batch in source.batches(scratch):
            _check_batch(table, batch)
            with naming(folder):
                writer_of(table).write_batch(batch)
            rows[table] += batch.num_rows
            advance(table)
        with naming(folder):
            for table in source.notes():
                writer_of(table)
            stack.close()
    return {table: (f"{table}-{fetch_id}.parquet", count) for table, count in rows.items()}


def _check_batch(table: str, batch: pa.RecordBatch) -> None:
    schema = LANDING_TABLES.get(table)
    if schema is None or not batch.schema.equals(schema):
        raise LandingError(f"A batch for the landing table {table} does not have the columns and types agreed on.")
    for field in schema:
        if not field.nullable and batch.column(field.name).null_count:
            raise LandingError(f"A batch for the landing table {table} has no value in {field.name}, which needs one.")


def _describe_files(source: Source, folder: Path, files: Mapping[str, tuple[str, int]]) -> dict[str, LandedTable]:
    tables = {}
    for name, notes in source.notes().items():
        file, row_count = files[name]
        # Before the manifest names it: else a power cut could leave a manifest of files that are not whole.
        flush(folder / file)
        tables[name] = LandedTable(
            file=file,
            row_count=row_count,
            size_bytes=(folder / file).stat().st_size,
            sha256=sha256_of(folder / file),
            is_observed=notes.is_observed,
            note=notes.note,
            query=notes.query,
            query_sha256=hashlib.sha256(notes.query.encode()).hexdigest() if notes.query else None,
            bytes_billed=notes.bytes_billed,
            observed_on=notes.observed_on,
        )
    return tables


def _remove_leftovers(folder: Path, keep: set[str]) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in keep:
            path.unlink()
