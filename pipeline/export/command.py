"""`pypi-adoption export`: the tables as a package to hand on."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.export.citation import CITATION
from pipeline.export.package import FORMATS, export_package
from pipeline.options import Place, database_option
from pipeline.progress import Reporter
from pipeline.settings import PROJECT_ROOT, Settings


@click.command()
@click.argument("folder", metavar="DIR", type=Place(path_type=Path, resolve_path=True))
@click.option(
    "--format",
    "formats",
    type=click.Choice([*FORMATS, "all"]),
    multiple=True,
    required=True,
    help="How the tables are written; repeatable.",
)
@database_option
@click.option("--show-accounts", "shows_accounts", is_flag=True, help="Name accounts (docs/ethics.md).")
def export(*, folder: Path, formats: tuple[str, ...], db: Path, shows_accounts: bool) -> None:
    """Write all published tables as a Frictionless Data Package into DIR, a new or empty folder; prints it.

    With checksums, a README and CITATION.cff, ready to be deposited (docs/export.md). Accounts stand under numbers.
    """
    chosen = FORMATS if "all" in formats else formats
    settings = Settings(database=db, shows_accounts=shows_accounts)
    with Reporter().stage("Exporting") as advance:
        export_package(folder, chosen, settings, PROJECT_ROOT / CITATION, advance)
    click.echo(folder)
