"""What a requirement asks for (PEP 508): which project, and whether it applies in one stated environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import InvalidName, canonicalize_name, is_normalized_name

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
"""A longer text is not parsed and counts as not valid. The specification sets no limit, but the time to evaluate a
marker grows with the square of the number of extras that it names: 0.3 s at this length, at worst."""

_FIELDS: list[tuple[str, pa.DataType]] = [
    ("requirement", pa.string()),
    ("required_name", pa.string()),
    ("is_valid", pa.bool_()),
    ("extra", pa.string()),
    ("applies", pa.bool_()),
    ("applies_with_extra", pa.bool_()),
]


def parse_requirements(requirements: pa.Table, *, environment: Mapping[str, str] = STATED_ENVIRONMENT) -> pa.Table:
    """Parse requirements and evaluate their markers, extras apart.

    Args:
        requirements: One column `requirement`: distinct texts as uploaded, of any content.
        environment: All marker variables of PEP 508 and what they hold.

    Returns:
        One row per given row, in the given order. `is_valid`: whether `packaging.requirements.Requirement`, the
        reference implementation of PEP 508, reads the text; where it does not, every other column is NULL.
        `required_name`: the PEP 503 name asked for. `applies`: there is no marker, or it holds in the environment
        without any extra. `applies_with_extra`: it does not hold so, but does once one extra is asked for. `extra`:
        those extras (PEP 685 names, sorted, joined by commas), otherwise NULL. As installers do, extras are tried one
        at a time. `applies`, `applies_with_extra` and `extra` are NULL where a valid marker cannot be evaluated, such
        as one that compares two literals.
    """
    texts: list[str | None] = requirements.column("requirement").to_pylist()
    conditions: dict[str, _Condition | None] = {}
    rows = [_parse(text, environment, conditions) for text in texts]
    columns: dict[str, list[object]] = {
        "requirement": [*texts],
        "required_name": [row.name for row in rows],
        "is_valid": [row.name is not None for row in rows],
        "extra": [",".join(row.condition.extras) or None for row in rows],
        "applies": [row.condition.applies for row in rows],
        "applies_with_extra": [row.condition.applies_with_extra for row in rows],
    }
    return pa.table(columns, schema=pa.schema(_FIELDS))


@dataclass(frozen=True, slots=True)
class _Condition:
    """When a requirement applies; all unknown where its marker cannot be evaluated."""

    applies: bool | None = None
    extras: tuple[str, ...] = ()

    @property
    def applies_with_extra(self) -> bool | None:
        return None if self.applies is None else bool(self.extras)


@dataclass(frozen=True, slots=True)
class _Parsed:
    name: str | None
    condition: _Condition


_ALWAYS, _UNKNOWN = _Condition(applies=True), _Condition()
_INVALID = _Parsed(None, _UNKNOWN)
_NAME_AND_REST = re.compile(r"[ \t]*([A-Za-z0-9._-]*)(.*)", re.DOTALL)


def _parse(text: str | None, environment: Mapping[str, str], conditions: dict[str, _Condition | None]) -> _Parsed:
    parts = None if text is None or len(text) > MAXIMUM_CHARACTERS else _NAME_AND_REST.fullmatch(text)
    if parts is None:
        return _INVALID
    # The library takes 35 µs a requirement. What follows the name (`>=2.0; python_version < "3.9"`) repeats far more
    # often than the whole text and means the same after any name, so the library reads each distinct rest once.
    name, rest = parts.groups()
    try:
        normalized = canonicalize_name(name, validate=True)
    except InvalidName:
        return _INVALID
    if rest not in conditions:
        conditions[rest] = _condition(rest, environment)
    condition = conditions[rest]
    return _INVALID if condition is None else _Parsed(normalized, condition)


def _condition(rest: str, environment: Mapping[str, str]) -> _Condition | None:
    """When a requirement with this text after its name applies; None where the text is not valid."""
    # A few hundred brackets exhaust the recursive parser; a number of more digits than Python converts is a plain
    # ValueError, as InvalidRequirement is.
    try:
        marker = Requirement(f"x{rest}").marker
    except (ValueError, RecursionError):
        return None
    try:
        return _ALWAYS if marker is None else _evaluate(marker, environment)
    # Besides the errors above: UndefinedComparison is a ValueError, UndefinedEnvironmentName a KeyError.
    except (ValueError, KeyError, RecursionError):
        return _UNKNOWN


def _evaluate(marker: Marker, environment: Mapping[str, str]) -> _Condition:
    if marker.evaluate(environment):
        return _ALWAYS
    # The library has no public way to ask a marker which extras it names; this is its parsed form.
    named = {extra for extra in _extras(marker._markers) if is_normalized_name(extra)}  # noqa: SLF001
    switching = [extra for extra in sorted(named) if marker.evaluate({**environment, "extra": extra})]
    return _Condition(applies=False, extras=tuple(switching))


def _extras(node: object) -> Iterator[str]:
    """The literals that a parsed marker compares with the variable `extra`; a comparison is a tuple of three."""
    if isinstance(node, list):
        for part in node:
            yield from _extras(part)
    elif isinstance(node, tuple):
        left, _, right = node
        if "extra" in {left.value, right.value}:
            yield right.value if left.value == "extra" else left.value
