"""Out of all uploads: the projects with their newest day, and the requirements of each newest release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.computed.versions import order_versions
from pipeline.sources.contract import LANDING_TABLES
from pipeline.sources.names import normalised

Ints = NDArray[np.int64]

_BELOW_ALL_VALID: Final = -(2**62)
"""Added to the upload time of a version that PEP 440 does not know: it stands behind all others, the latest first."""
_STABLE: Final = 2**40
"""Added to the order of a stable version: it stands before every pre-release."""
_LEAST: Final = np.iinfo(np.int64).min
_GREATEST: Final = np.iinfo(np.int64).max


class Uploads:
    """All uploads as numbers: projects and versions once as texts, and three columns of integers."""

    def __init__(self, files: Iterable[Path], until: int) -> None:
        """Read the columns that are needed.

        Args:
            files: Parquet files of the ledger, kind `files`.
            until: Microseconds since 1970 (UTC); uploads from then on are left out.
        """
        columns = ["project_name", "version", "uploaded_at"]
        names = ["project_name", "version"]
        table = pa.concat_tables([pq.read_table(path, columns=columns, read_dictionary=names) for path in files])
        table = table.filter(pc.field("uploaded_at") < pa.scalar(until, pa.timestamp("us", tz="UTC")))
        table = table.unify_dictionaries()
        self.spellings, self._spelling = _codes(table["project_name"])
        self.versions, self._version = _codes(table["version"])
        self.uploaded_at: Ints = table["uploaded_at"].cast(pa.int64()).to_numpy()
        projects = normalised(self.spellings).dictionary_encode()
        self._project_of: Ints = projects.indices.to_numpy().astype(np.int64)
        self._project_count = len(projects.dictionary)

    def index(self) -> pa.RecordBatch:
        """The landing table `index`: one row per project, spelled as in its newest upload, with the day of that.

        Of spellings uploaded at the same instant it is the first by code points.
        """
        project = self._project_of[self._spelling]
        newest = np.full(self._project_count, _LEAST)
        np.maximum.at(newest, project, self.uploaded_at)
        is_newest = self.uploaded_at == newest[project]
        spelling = _least_text(self.spellings, self._spelling[is_newest], project[is_newest], self._project_count)
        is_there = spelling >= 0
        names = self.spellings.take(pa.array(spelling[is_there]))
        days = newest[is_there].astype("datetime64[us]").astype("datetime64[D]")
        months = days.astype("datetime64[M]").astype("datetime64[D]")
        columns = [names, pa.array(months), pa.array(days), pa.nulls(len(days), pa.int32())]
        return pa.record_batch(columns, schema=LANDING_TABLES["index"])

    def uploads_a_day(self) -> dict[int, int]:
        """Number of files by day since 1970."""
        days = self.uploaded_at // 86_400_000_000
        first = days.min(initial=0)
        counts = np.bincount(days - first)
        present = np.flatnonzero(counts)
        return dict(zip((present + first).tolist(), counts[present].tolist(), strict=True))

    def requirements_of_newest(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The landing table `requirements`, out of the requirements of all releases.

        The newest release is the greatest stable version ever uploaded (PEP 440), else the greatest pre-release, else
        the version uploaded last; deleted and yanked ones are not known here. What its first uploaded file stated
        counts, as the index shows it.
        """
        version, first_upload = self._newest()
        spelling_places, version_places = _places(self.spellings), _places(self.versions)
        schema = LANDING_TABLES["requirements"]
        for batch in batches:
            spelling = _found(batch["project_name"], spelling_places)
            project = np.where(spelling >= 0, self._project_of[spelling], 0)
            is_meant = (
                (spelling >= 0)
                & (_found(batch["version"], version_places) == version[project])
                & (batch["uploaded_at"].cast(pa.int64()).to_numpy() == first_upload[project])
            )
            chosen = batch.filter(pa.array(is_meant))
            lists = chosen["requires_dist"]
            parents = pc.list_parent_indices(lists)
            columns = [chosen["project_name"].take(parents), chosen["version"].take(parents), pc.list_flatten(lists)]
            rows = pa.record_batch(columns, names=schema.names)
            yield pa.record_batch(rows.filter(pc.is_valid(rows["requirement"])).columns, schema=schema)

    def _newest(self) -> tuple[Ints, Ints]:
        """Of each project the number of its newest version, and when its first file was uploaded.

        Of spellings that PEP 440 holds equal it is the one uploaded first, else the first by code points.
        """
        ordered = order_versions(pa.table({"version": self.versions}))
        order = ordered["version_order"].fill_null(0).to_numpy()
        is_unstable = pc.coalesce(ordered["is_prerelease"], pc.invert(ordered["is_valid"]))
        is_stable = pc.invert(is_unstable).to_numpy(zero_copy_only=False)
        of_version = order + _STABLE * is_stable
        is_valid = ordered["is_valid"].to_numpy(zero_copy_only=False)
        project = self._project_of[self._spelling]
        score = np.where(is_valid[self._version], of_version[self._version], self.uploaded_at + _BELOW_ALL_VALID)
        best = np.full(self._project_count, _LEAST)
        np.maximum.at(best, project, score)
        rows = np.flatnonzero(score == best[project])
        # PEP 440 holds several spellings equal (`1.0`, `1.0.0`), and the rows come in no order.
        first = np.full(self._project_count, _GREATEST)
        np.minimum.at(first, project[rows], self.uploaded_at[rows])
        rows = rows[self.uploaded_at[rows] == first[project[rows]]]
        version = _least_text(self.versions, self._version[rows], project[rows], self._project_count)
        is_newest = self._version == version[project]
        np.minimum.at(first, project[is_newest], self.uploaded_at[is_newest])
        return version, first


def _codes(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int32]]:
    """The distinct texts, and for each row the place of its text among them."""
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], column.type)
    return combined.dictionary, combined.indices.to_numpy()


def _least_text(texts: pa.Array, places: Ints, groups: Ints, count: int) -> Ints:
    """Of each group the place of its first text by code points, -1 where it has none."""
    order = pc.array_sort_indices(texts).to_numpy().astype(np.int64)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    least = np.full(count, len(order))
    np.minimum.at(least, groups, rank[places])
    found: Ints = np.append(order, -1)[least]
    return found


def _places(texts: pa.Array) -> dict[str, int]:
    return {text: place for place, text in enumerate(texts.to_pylist())}


def _found(column: pa.Array, places: Mapping[str, int]) -> Ints:
    """Where each value stands among the known texts, -1 where it does not; each distinct value is looked up once."""
    encoded = column.dictionary_encode()
    known = np.array([places.get(text, -1) for text in encoded.dictionary.to_pylist()], dtype=np.int64)
    return known[encoded.indices.to_numpy()] if len(known) else np.empty(0, dtype=np.int64)
