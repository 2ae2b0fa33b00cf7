"""What a requirement asks for (PEP 508): which project, and whether it applies in one stated environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa
from packaging.requirements import Requirement
from packaging.utils import InvalidName, canonicalize_name

STATED_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "implementation_name": "cpython",
        "implementation_version": "3.13.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": "3.13.0",
        "python_version": "3.13",
        "sys_platform": "linux",
        "extra": "",
    }
)
"""CPython 3.13.0 on Linux x86_64 with no extra asked for; the build of the operating system is left open (PEP 508: the
empty text where a value cannot be determined). Every variable is stated, so that a result never depends on the machine
that makes it."""

MAXIMUM_CHARACTERS = 10_000
"""A longer text is not parsed and counts as not valid; the specification sets no limit."""

_FIELDS: list[tuple[str, pa.DataType]] = [
    ("requirement", pa.string()),
    ("required_name", pa.string()),
    ("is_valid", pa.bool_()),
    ("applies", pa.bool_()),
]


def parse_requirements(requirements: pa.Table) -> pa.Table:
    """Parse requirements and evaluate their markers in `STATED_ENVIRONMENT`, no extra asked for.

    Args:
        requirements: One column `requirement`: distinct texts as uploaded, of any content.

    Returns:
        One row per given row, in the given order. `is_valid`: whether `packaging.requirements.Requirement`, the
        reference implementation of PEP 508, reads the text; where it does not, every other column is NULL.
        `required_name`: the PEP 503 name asked for. `applies`: there is no marker, or it holds; NULL where a valid
        marker cannot be evaluated, such as one that compares two literals.
    """
    texts: list[str | None] = requirements.column("requirement").to_pylist()
    conditions: dict[str, _Condition] = {}
    rows = [_parse(text, conditions) for text in texts]
    columns = {
        "requirement": texts,
        "required_name": [name for name, _ in rows],
        "is_valid": [name is not None for name, _ in rows],
        "applies": [applies for _, applies in rows],
    }
    return pa.table(columns, schema=pa.schema(_FIELDS))


_Condition = tuple[bool, bool | None]
"""Whether what follows a name is valid, and whether it lets the requirement apply (None: nobody can tell)."""
_NAME_AND_REST = re.compile(r"[ \t]*([A-Za-z0-9._-]*)(.*)", re.DOTALL)


def _parse(text: str | None, conditions: dict[str, _Condition]) -> tuple[str | None, bool | None]:
    """The name asked for (None where the text is not valid), and whether the requirement applies."""
    parts = None if text is None or len(text) > MAXIMUM_CHARACTERS else _NAME_AND_REST.fullmatch(text)
    if parts is None:
        return None, None
    # The library takes 35 µs a requirement. What follows the name (`>=2.0; python_version < "3.9"`) repeats far more
    # often than the whole text and means the same after any name, so the library reads each distinct rest once.
    name, rest = parts.groups()
    try:
        normalized = canonicalize_name(name, validate=True)
    except InvalidName:
        return None, None
    if rest not in conditions:
        conditions[rest] = _condition(rest)
    is_valid, applies = conditions[rest]
    return (normalized if is_valid else None), applies


def _condition(rest: str) -> _Condition:
    # A few hundred brackets exhaust the recursive parser; a number of more digits than Python converts is a plain
    # ValueError, as InvalidRequirement is.
    try:
        marker = Requirement(f"x{rest}").marker
    except (ValueError, RecursionError):
        return False, None
    try:
        return True, marker is None or marker.evaluate(STATED_ENVIRONMENT)
    # Besides the errors above: UndefinedComparison is a ValueError, UndefinedEnvironmentName a KeyError.
    except (ValueError, KeyError, RecursionError):
        return True, None
