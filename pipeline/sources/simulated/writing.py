"""A simulated index as files, with its truth beside it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import LandingError
from pipeline.files import replace_file
from pipeline.sources.simulated.model import REFERENCE_DAY
from pipeline.sources.simulated.observed import observed_tables
from pipeline.sources.simulated.truth import TRUTH_TABLES, changes_between, truth_tables
from pipeline.sources.simulated.world import World, make_world

_README = """# SIMULATED index

Nothing in this folder is real: no project, account, organization, repository or download exists.
Drawn by `pypi-adoption simulate` with {projects:,} projects and seed {seed}, as it looks on {observed_on}.
The same arguments give the same files.

* `*.parquet`: what the outside systems would show, one file per landing table, in the schemas of the landing contract.
* `truth/*.parquet`: what is true, computed by a route of its own. Columns that begin with `true_` can be seen by no
  source. `changes` tells what changed since {earlier}.

{dictionary}"""


def write_simulation(folder: Path, projects: int, seed: int, observed_on: date = REFERENCE_DAY) -> list[Path]:
    """Write the landing tables, the truth tables and a README to `folder`, over what lies there.

    Args:
        folder: Made where it is missing.
        projects: How many projects, see `make_world`.
        seed: See `make_world`.
        observed_on: See `make_world`. The truth table `changes` compares it with the last day of the month before.

    Returns:
        The files written.

    Raises:
        UsageError: such an index cannot be drawn.
        LandingError: the folder cannot be written to.
    """
    world = make_world(projects, seed, observed_on)
    earlier = observed_on.replace(day=1) - timedelta(days=1)
    try:
        paths = [_write(folder / f"{name}.parquet", table) for name, table in observed_tables(world)]
        tables = truth_tables(world) | {"changes": changes_between(make_world(projects, seed, earlier), world)}
        paths += [_write(folder / "truth" / f"{name}.parquet", table) for name, table in tables.items()]
        readme = folder / "README.md"
        replace_file(readme, _readme(world, earlier))
    except OSError as error:
        raise LandingError(
            f"{folder} cannot be written: {error.strerror or error}.", way_out="Give another folder, or make room."
        ) from error
    return [*paths, readme]


def _write(path: Path, table: pa.Table) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = path.with_name(f".{path.name}.part")
    marked = table.replace_schema_metadata({"SIMULATED": "nothing in this file is real"})
    pq.write_table(marked, candidate, compression="zstd")
    return candidate.replace(path)


def _readme(world: World, earlier: date) -> str:
    return _README.format(
        projects=world.requested_projects,
        seed=world.seed,
        observed_on=world.observed_on,
        earlier=earlier,
        dictionary="\n".join(
            f"## truth/{table}.parquet\n\n"
            + "\n".join(f"* `{name}`: {meaning}" for name, (_, meaning) in columns.items())
            + "\n"
            for table, columns in TRUTH_TABLES.items()
        ),
    )
