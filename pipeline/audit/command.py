"""`pypi-adoption audit`: the dependencies of a file, or of this environment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from pipeline.audit.conditions import CONDITIONS, fail_on
from pipeline.audit.inputs import FORMATS
from pipeline.errors import UsageError
from pipeline.files import replace_file
from pipeline.options import Place, filled
from pipeline.progress import Reporter
from pipeline.settings import PROJECT_ROOT

CACHE = PROJECT_ROOT / "data" / "landing" / "audit"


@click.command()
@click.argument("file", required=False, type=Place(path_type=Path))
@click.option(
    "--format", "format_name", type=click.Choice(sorted(FORMATS)), help="Format of FILE [default: told by it]."
)
@click.option("--index-url", callback=filled, help="Simple API of another index.")
@click.option("--contact", envvar="PYPI_ADOPTION_CONTACT", help="E-mail or web address, told to the index.")
@click.option("--show-accounts", "shows_accounts", is_flag=True, help="Name the accounts.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (docs/audit.md).")
@click.option("--html", "page", type=Place(path_type=Path), help="Also write it as a page to this file.")
@click.option(
    "--fail-on",
    "conditions",
    multiple=True,
    type=click.Choice(list(CONDITIONS)),
    help="Exit with 3 when a dependency meets it; repeatable.",
)
@click.option(
    "--cache",
    type=Place(path_type=Path, file_okay=False),
    default=CACHE,
    show_default=False,
    help="Folder of answers that were given before [default: data/landing/audit/].",
)
def audit(*, contact: str | None, as_json: bool, page: Path | None, conditions: tuple[str, ...], **asked: Any) -> None:
    """Say through which of your dependencies one stolen account could reach you.

    FILE is a requirements file, pylock.toml, uv.lock, poetry.lock, pdm.lock, Pipfile.lock, or a CycloneDX or SPDX
    document in JSON; without FILE it is the environment that this command runs in.
    """
    # What the audit rests on takes a second to import, and --help does without.
    from pipeline.audit.asking import Question, make_audit  # noqa: PLC0415
    from pipeline.audit.formats.terminal import show  # noqa: PLC0415

    if contact is None:
        raise UsageError(
            "The index wants to know who asks.", way_out="Add --contact with an e-mail or web address of yours."
        )
    if page is not None and page.exists() and not _is_page(page):
        raise UsageError(f"{page} is there already, and is no page.", way_out="Give --html another path.")
    result = make_audit(Question(contact=contact, **asked), lambda: datetime.now(UTC), Reporter().console)
    if page is not None:
        from pipeline.audit.formats.html import render  # noqa: PLC0415 - with the charts of the report

        replace_file(page, render(result))
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        show(result, Console())
    fail_on(result, conditions)


def _is_page(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(9).lower() == b"<!doctype"
