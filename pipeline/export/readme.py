"""README.md of a package: what it is, how to read it, how to cite it, for somebody who has nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.export.descriptor import Written
from pipeline.export.identity import DATA_LICENCE, Identity
from pipeline.export.pseudonyms import NOTE

_HOW = {
    "csv": """`*.csv`: UTF-8, commas, a header line. An empty cell is NULL; the empty text is a pair of quotes (`""`),
  where a reader tells the two apart. Instants are ISO 8601 in UTC, lists are JSON text. **A text that a spreadsheet
  could run as a formula begins with an apostrophe**, and so does a text that begins with an apostrophe anyway: to read
  a text cell as it was, drop one leading apostrophe. Numbers are never changed. Tell a spreadsheet that commas separate
  the cells, and pandas that words are words: `pd.read_csv(name, keep_default_na=False, na_values=[""])`; there are
  projects called `nan` and `null`.""",
    "parquet": """`*.parquet`: the types of the database; instants are in UTC, lists are lists.""",
    "sqlite": """`*.sqlite`: all tables in one database. Booleans are 0 and 1, instants and days ISO 8601 text (UTC),
  lists JSON text; the table `about` says what this is, and `dictionary` describes tables and columns.""",
}


def render(identity: Identity, files: Sequence[Written], *, shows_accounts: bool) -> str:
    """The whole page."""
    run = identity.run
    formats = list(dict.fromkeys(file.format_name for file in files))
    marts = {file.mart.name: file.mart for file in files if file.mart}
    listed = "\n".join(f"* `{name}`: {mart.description}" for name, mart in marts.items())
    tables = f"## Tables\n\n{listed}\n\n" if listed else ""
    how = "\n".join(f"* {_HOW[name]}" for name in formats)
    authors = ", ".join(author.title for author in identity.citation.authors)
    accounts = "Accounts stand under their names." if shows_accounts else NOTE
    warning = (
        "**SIMULATED DATA. The index is a fictitious one; only the published figures, milestones and incidents are "
        "real.**\n\n"
        if identity.is_simulated
        else ""
    )
    return f"""# {identity.title}

{warning}| | |
|---|---|
| source | {run["source"]} |
| period | {run["period"]} |
| observed on | {run["observed_on"]} |
| simulated | {"yes: nothing about projects and accounts is real" if identity.is_simulated else "no"} |
| schema version | {run["schema_version"]} |
| made by | pypi-adoption {run["code_version"]}, run {run["run_id"]} of {identity.created:%Y-%m-%d %H:%M} UTC |
| licence | {DATA_LICENCE["title"]} ({DATA_LICENCE["name"]}) |

NULL means "not observed", never "no"; the table `coverage` says what was not observed, and why. Whether an account has
a second factor is not public: everything about it here is evidence, in one direction only. {accounts}

## Files

{how}
* `datapackage.json`: a Frictionless Data Package (v1): every file with its size and SHA-256, and for CSV every column
  with its type and description, the keys, and the accepted values.
* `CITATION.cff`: how to cite the data, and what made them.
* `SHA256SUMS`: `sha256sum --check SHA256SUMS` holds every file against it.

{tables}## To cite

{identity.citation.message} {authors}: {identity.title}; pypi-adoption {run["code_version"]}, {run["observed_on"]}.
"""
