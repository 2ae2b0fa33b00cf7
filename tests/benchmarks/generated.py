"""An index of PyPI's size as a source: fictitious, seeded, every landing table filled, made column by column in numpy.

Sizes of 2026 (scale 1): 880,000 projects, 18 million files of 9 million releases, 500,000 downloaded projects a day for
30 days, 1.1 million roles. Uploads come in the order of their time, as a log of uploads holds them, so that the files
of one project lie far apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.contract import LANDING_TABLES, OBSERVED_TABLES, TIMESTAMP
from pipeline.sources.interface import Description, TableNotes

PROJECTS, FILES, PROJECTS_A_DAY, ROLES, VERSIONS = 880_000, 18_000_000, 500_000, 1_100_000, 500_000
DAYS, ROWS_A_BATCH = 30, 1_000_000
FIRST_UPLOAD, LAST_UPLOAD = np.datetime64("2012-01-01", "us"), np.datetime64("2026-10-31T23:00:00", "us")
PROVENANCE_FROM = np.datetime64("2024-10-21", "us")
LAST_DAY = date(2026, 10, 31)
PACKAGETYPES, TOOLS = ["bdist_wheel", "sdist"], ["twine/6.1.0 CPython/3.13", "uv/0.9.2", "poetry/2.1", "maturin/1.9"]
HOSTS = ["https://github.com/", "https://gitlab.com/", "https://codeberg.org/", "https://example.org/"]
CONDITIONS = ["", ">=1.0", ">=2.1,<4", '>=0.5; python_version < "3.11"', '; extra == "test"']
REQUIRED_BY_PROJECT = 2.2


class GeneratedIndex:
    """A fictitious index of a given size; the same for the same scale and seed."""

    def __init__(self, scale: float, *, seed: int = 1, downloads_seed: int = 1) -> None:
        """Draw what all tables share; the rows are made when they are asked for.

        Args:
            scale: 1 is the size of PyPI in 2026; everything but the days shrinks with it.
            seed: Which index is drawn.
            downloads_seed: Which downloads of it; nothing else changes with them.
        """
        self.scale, self.seed, self.downloads_seed = scale, seed, downloads_seed
        self.projects = int(PROJECTS * scale)
        rng = np.random.default_rng(seed)
        numbers = pa.array(rng.permutation(self.projects)).cast(pa.string())
        words = pa.array(["py", "django", "data", "my-tool", "aws-cdk", "llama", "test", "easy", "x", "openapi-client"])
        self.names = _join(words.take(pa.array(rng.integers(0, len(words), self.projects))), "-", numbers)
        # One project in 20 uploads under another spelling than the normalised one.
        odd = pc.utf8_capitalize(pc.replace_substring(self.names, "-", "_"))
        self.uploaded_names = pc.if_else(pa.array(rng.random(self.projects) < 0.05), odd, self.names)
        self.popularity = rng.permutation(self.projects)
        self.is_attesting = rng.random(self.projects) < 0.06

    def describe(self) -> Description:
        parameters = {
            "scale": f"{self.scale:g}",
            "seed": str(self.seed),
            "downloads_seed": str(self.downloads_seed),
        }
        return Description("generated", f"{LAST_DAY:%Y-%m}", LAST_DAY, is_simulated=True, parameters=parameters)

    def notes(self) -> Mapping[str, TableNotes]:
        totals = TableNotes(is_observed=False, note="Downloads are counted by day instead.")
        return {table: TableNotes(is_observed=True) for table in OBSERVED_TABLES} | {"download_totals": totals}

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:
        yield from self._pages()
        yield from self._people()
        yield from self._requirements()
        yield from self._uploads()
        yield from self._downloads()

    def _pages(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        rng = np.random.default_rng([self.seed, 1])
        count = self.projects
        months = np.datetime64("2019-01") + rng.integers(0, 94, count).astype("timedelta64[M]")
        months = pa.array(months.astype("datetime64[D]"))
        yield _batch("index", self.names, months, pa.nulls(count, pa.date32()), pa.nulls(count, pa.int32()))
        organization = pa.array(rng.integers(0, max(1, count // 50), count)).cast(pa.string())
        is_managed = pa.array(rng.random(count) < 0.02)
        yield _batch(
            "observations",
            self.names,
            pa.repeat(pa.scalar(datetime(2026, 11, 1), TIMESTAMP), count),  # noqa: DTZ001 - the type says UTC
            pa.repeat("1.4", count),
            pa.repeat("active", count),
            pa.repeat(True, count),
            pc.if_else(is_managed, _join(pa.repeat("org", count), "-", organization), pa.scalar(None, pa.string())),
            pa.nulls(count, pa.string()),
        )
        has_link = rng.random(count) < 0.7
        names = self.names.filter(pa.array(has_link))
        hosts = pa.array(HOSTS).take(pa.array(rng.choice(4, len(names), p=[0.9, 0.04, 0.01, 0.05])))
        yield _batch("project_urls", names, pa.repeat("Source", len(names)), _join(hosts, "", names))

    def _people(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        rng = np.random.default_rng([self.seed, 2])
        more = int(ROLES * self.scale) - self.projects
        project = np.concatenate([np.arange(self.projects), rng.integers(0, self.projects, max(0, more))])
        # Few accounts hold many projects: the cube bends a uniform draw towards the first accounts.
        account = (rng.random(len(project)) ** 3 * self.projects * 0.7).astype(np.int64)
        role = pa.array(["Owner", "Maintainer"]).take(pa.array((rng.random(len(project)) < 0.2).astype(np.int8)))
        accounts = _join(pa.repeat("user", len(project)), "", pa.array(account).cast(pa.string()))
        yield _batch("roles", self.names.take(pa.array(project)), accounts, role)

    def _requirements(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        rng = np.random.default_rng([self.seed, 3])
        asking = np.repeat(np.arange(self.projects), rng.poisson(REQUIRED_BY_PROJECT, self.projects))
        # A project needs more popular ones, so that the graph is as shallow as the real one, and closures as small.
        by_popularity = np.argsort(self.popularity)
        wanted = by_popularity[(self.popularity[asking] * rng.random(len(asking)) ** 4).astype(np.int64)]
        conditions = pa.array(CONDITIONS).take(pa.array(rng.choice(5, len(asking), p=[0.3, 0.3, 0.15, 0.1, 0.15])))
        yield _batch(
            "requirements",
            self.names.take(pa.array(asking)),
            pa.repeat("1.0", len(asking)),
            _join(self.names.take(pa.array(wanted)), "", conditions),
        )

    def _uploads(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        rng = np.random.default_rng([self.seed, 4])
        versions = self._versions()
        weights = 1 / (self.popularity + 20.0) ** 0.6
        per_project = np.maximum(1, rng.poisson(weights / weights.sum() * FILES * self.scale))
        project = np.repeat(np.arange(self.projects, dtype=np.int32), per_project)
        starts = np.concatenate([[0], np.cumsum(per_project)[:-1]])
        within = (np.arange(len(project)) - np.repeat(starts, per_project)).astype(np.int32)
        release, releases = within // 2, np.repeat(per_project // 2 + 1, per_project)
        # A third of the projects are alive; the others stopped somewhere on the way.
        ended = np.where(rng.random(self.projects) < 0.33, 1.0, rng.random(self.projects))
        passed = (release + 1) / releases * ended[project] * (LAST_UPLOAD - FIRST_UPLOAD).astype(np.int64)
        uploaded = passed.astype(np.int64) + within % 2 * 1_000_000
        order = np.argsort(uploaded, kind="stable")
        # Most projects begin with the same few versions; the text of the last ones is theirs alone.
        base = (rng.random(self.projects) ** 4 * len(versions)).astype(np.int64)
        seen: dict[str, list[np.ndarray]] = {"project": [], "version": [], "uploaded": []}
        for start in range(0, len(order), ROWS_A_BATCH):
            rows = order[start : start + ROWS_A_BATCH]
            at = FIRST_UPLOAD + uploaded[rows].astype("timedelta64[us]")
            version = (base[project[rows]] + release[rows]) % len(versions)
            is_listed = rng.random(len(rows)) >= 0.01
            has_provenance = is_listed & self.is_attesting[project[rows]] & (at >= PROVENANCE_FROM)
            texts = versions.take(pa.array(version))
            yield self._files(rng, project[rows], texts, within[rows] % 2, at, is_listed, has_provenance)
            for name, values in (("project", project[rows]), ("version", version), ("uploaded", at)):
                seen[name].append(values[has_provenance])
        yield self._publishers(versions, {name: np.concatenate(parts) for name, parts in seen.items()})

    def _files(
        self,
        rng: np.random.Generator,
        project: np.ndarray,
        versions: pa.Array,
        kind: np.ndarray,
        at: np.ndarray,
        is_listed: np.ndarray,
        has_provenance: np.ndarray,
    ) -> tuple[str, pa.RecordBatch]:
        count = len(project)
        names = self.uploaded_names.take(pa.array(project))
        endings = pa.array(["-py3-none-any.whl", ".tar.gz"]).take(pa.array(kind))
        return _batch(
            "files",
            names,
            versions,
            pc.binary_join_element_wise(names, "-", versions, endings, ""),
            pa.array(PACKAGETYPES).take(pa.array(kind)),
            pa.array(at).cast(TIMESTAMP),
            pa.array(rng.integers(2_000, 5_000_000, count)),
            pa.array(is_listed),
            pa.array(rng.random(count) < 0.01, mask=~is_listed),
            pa.array(has_provenance, mask=~is_listed),
            pa.array(TOOLS).take(pa.array(rng.integers(0, len(TOOLS), count))),
        )

    def _publishers(self, versions: pa.Array, attested: dict[str, np.ndarray]) -> tuple[str, pa.RecordBatch]:
        """Of each attesting project the publisher of its first and of its newest attested file."""
        _, first = np.unique(attested["project"], return_index=True)
        _, last = np.unique(attested["project"][::-1], return_index=True)
        rows = np.union1d(first, len(attested["project"]) - 1 - last)
        names = self.names.take(pa.array(attested["project"][rows]))
        texts = versions.take(pa.array(attested["version"][rows]))
        return _batch(
            "publishers",
            names,
            texts,
            _join(names, "-", texts),
            pa.array(attested["uploaded"][rows]).cast(TIMESTAMP),
            pa.repeat("GitHub", len(rows)),
            _join(pa.repeat("owner", len(rows)), "/", names),
            pa.repeat("release.yml", len(rows)),
            pa.nulls(len(rows), pa.string()),
        )

    def _versions(self) -> pa.Array:
        """Distinct version texts; the grid of three numbers first, then nightly builds that nobody else has."""
        count = max(3000, int(VERSIONS * self.scale))
        order = np.arange(count)
        parts = [pa.array(part).cast(pa.string()) for part in (order // 3000, order // 50 % 60, order % 50)]
        plain = pc.binary_join_element_wise(*parts, ".")
        nightly = _join(plain, ".dev", pa.array(20_240_000 + order).cast(pa.string()))
        return pc.if_else(pa.array(order % 7 == 6), nightly, plain)

    def _downloads(self) -> Iterator[tuple[str, pa.RecordBatch]]:
        count = int(PROJECTS_A_DAY * self.scale)
        project = np.argsort(self.popularity)
        for number in range(DAYS):
            rng = np.random.default_rng([self.seed, 5, self.downloads_seed, number])
            day = np.datetime64(LAST_DAY) - np.timedelta64(DAYS - 1 - number, "D")
            # The head is downloaded every day, the tail now and then.
            place = np.unique((rng.random(count * 2) ** 1.3 * self.projects).astype(np.int64))
            place = np.sort(rng.permutation(place)[:count])
            rate = 4e8 / (place + 3.0) ** 1.1
            counts = [pa.array(rng.poisson(rate * share)) for share in (0.5, 0.4, 0.05, 0.02, 0.03)]
            names = self.names.take(pa.array(project[place]))
            yield _batch("downloads_daily", names, pa.array(np.full(len(place), day)), *counts)


def _join(left: pa.Array, between: str, right: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(left, right, between)


def _batch(table: str, *columns: pa.Array) -> tuple[str, pa.RecordBatch]:
    return table, pa.record_batch(list(columns), schema=LANDING_TABLES[table])
