"""What every page of this project shares: templates, style, and the policy under which it asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from pipeline.charts.theme import DARK, LIGHT, css_variables
from pipeline.report.words import FILTERS


def template_text(name: str) -> str:
    """One of the files beside the templates."""
    return files("pipeline.report").joinpath("templates", name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The style sheet, with the colours of the charts for light and dark."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{css_variables(DARK)}}}}}"
    colours = f":root{{{css_variables(LIGHT)}}}{dark}"
    return f"{colours}\n{template_text('style.css')}"


def policy_for(scripts: list[str], style: str) -> str:
    """A Content Security Policy under which the page runs its own scripts and asks nobody for anything.

    Vega evaluates its expressions with its interpreter, so nothing needs `unsafe-eval`, and each script is allowed by
    its hash, so that markup out of a stranger's text could not run even if it came through.
    """
    return "; ".join(
        [
            "default-src 'none'",
            *([f"script-src {' '.join(_hash(script) for script in scripts)}"] if scripts else []),
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def environment(*packages: str) -> Environment:
    """Where templates are found and how they are filled: everything is escaped, and nothing may be missing.

    Args:
        packages: Import packages whose templates are found before those of the report.
    """
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "pipeline.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made
