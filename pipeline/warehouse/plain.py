"""Values as SQL writes them for other programs: numbers, booleans and texts, and texts that no spreadsheet runs."""

from __future__ import annotations

_AS_IT_IS = (
    *("BOOLEAN", "VARCHAR", "FLOAT", "DOUBLE", "DECIMAL"),
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
)

FORMULA = r"^(['\t\r\n]|[\s\pZ\pC]*[=+\-@＝＋－＠])"  # noqa: RUF001 - the wide signs are meant
"""A text that a spreadsheet could run, or that would be mistaken for one that was made harmless."""


def quoted(name: str) -> str:
    """A name as SQL wants it, in DuckDB and in SQLite."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL wants it, where it takes no bound values."""
    return "'" + text.replace("'", "''") + "'"


def is_nested(kind: str) -> bool:
    """Whether a DuckDB type holds several values (`VARCHAR[]`, `STRUCT(...)`); such a value becomes JSON text."""
    return kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(", "UNION("))


def plain(column: str, kind: str) -> str:
    """The SQL expression that gives a value as number, boolean or text.

    Instants are taken for UTC and written as ISO 8601 (`2026-10-31T12:00:00Z`, with microseconds where there are any),
    days as `2026-10-31`, lists and structures as JSON text; numbers, booleans and texts stay as they are.

    Args:
        column: A column, quoted as SQL wants it.
        kind: Its DuckDB type.
    """
    if is_nested(kind):
        return f"cast(to_json({column}) as varchar)"
    if kind.startswith("TIMESTAMP"):
        written = f"replace(strftime(cast({column} as timestamp), '%Y-%m-%dT%H:%M:%S.%f'), '.000000', '') || 'Z'"
        return f"if(isfinite({column}), {written}, cast({column} as varchar))"
    if kind.startswith(_AS_IT_IS):
        return column
    return f"cast({column} as varchar)"


def harmless(column: str, kind: str) -> str:
    """The same as `plain`, in which no text is one that a spreadsheet would run as a formula.

    A text that begins with `=`, `+`, `-` or `@` (or their wide forms, or with blanks before them), or with a tab or a
    line end, gets an apostrophe before it, and so does a text that begins with an apostrophe; to read a cell back, drop
    one leading apostrophe (docs/export.md). Numbers stay numbers. Follows OWASP, "CSV Injection"
    (https://owasp.org/www-community/attacks/CSV_Injection).

    Args:
        column: A column, quoted as SQL wants it.
        kind: Its DuckDB type.
    """
    expression = plain(column, kind)
    if kind.startswith(_AS_IT_IS) and not kind.startswith("VARCHAR"):
        return expression
    return f"regexp_replace({expression}, {literal(FORMULA)}, '''\\1')"
