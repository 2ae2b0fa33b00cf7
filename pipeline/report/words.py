"""How values are written in the report: numbers, shares, dates, names of codes, and what is not known."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from pipeline.charts.labels import estimate_name, percent, spoken, term_name

Row = Mapping[str, Any]

UNKNOWN = Markup('<span class="unknown">not observed</span>')
TIME = Markup("<time>{}</time>")


def count(number: float | None) -> str:
    """A whole number with separators of thousands, or that it is not observed."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def share(fraction: float | None) -> str:
    """A share (0 to 1) in percent, or that it is not observed."""
    return UNKNOWN if fraction is None else percent(fraction).replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float | None) -> str:
    """A number as it was published, without zeros that say nothing."""
    return UNKNOWN if value is None else f"{value:,.10g}"


def points(fraction: float | None) -> str:
    """A difference of shares (0 to 1) in percentage points with two decimals, or that it is not observed."""
    return UNKNOWN if fraction is None else f"{100 * fraction:.2f}"


def signed(fraction: float | None) -> str:
    """A difference of shares (0 to 1) in percentage points with one decimal and its sign."""
    return UNKNOWN if fraction is None else f"{100 * fraction:+.1f}".replace("-", "\N{MINUS SIGN}")


def ratio(value: float | None) -> str:
    """An estimate with three significant digits, or that it is not known."""
    return UNKNOWN if value is None else f"{float(f'{value:.3g}'):,.10g}".replace("-", "\N{MINUS SIGN}")


def day(value: date | None) -> str:
    """A date, `YYYY-MM-DD`, that no line breaks, or that it is not observed."""
    return UNKNOWN if value is None else TIME.format(f"{value:%Y-%m-%d}")


def month(value: date | None) -> str:
    """A month, `YYYY-MM`, that no line breaks, or that it is not observed."""
    return UNKNOWN if value is None else TIME.format(f"{value:%Y-%m}")


def newest_upload(row: Row) -> str:
    """The newest upload of a project, as precisely as it was observed."""
    return month(row["newest_upload_at"]) if row["newest_upload_precision"] == "month" else day(row["newest_upload_at"])


def since(cut: date, *, is_by_month: bool) -> str:
    """When no upload is shown of what lies before a cut date. Where only months are known, its own lies before it."""
    return f"after {cut:%Y-%m}" if is_by_month and cut.day == 1 else f"since {cut}"


def is_certain(row: Row, numerator: str = "numerator", low: str = "share_low", high: str = "share_high") -> bool:
    """Whether an interval reaches as far as the units that were not observed can move the share: then it is certain."""
    if row["total"] is None:
        return False
    missing = row["total"] - row["denominator"]
    ends = row[numerator] / row["total"], (row[numerator] + missing) / row["total"]
    return math.isclose(row[low], ends[0]) and math.isclose(row[high], ends[1])


def verdict(low: float | None, high: float | None) -> str:
    """What the interval of a difference shows."""
    if low is None or high is None or low <= 0 <= high:
        return "no difference is shown"
    return "more than chance" if low > 0 else "less than chance"


def about(number_of: float | None, qualifier: str | None) -> str:
    """A published number with its qualifier, unless it is exact."""
    return count(number_of) if qualifier in (None, "exactly") else f"{qualifier} {count(number_of)}"


def joined(*parts: str) -> str:
    """The parts that say something, as one text."""
    return "; ".join(part for part in parts if part)


def marked_code(text: str) -> Markup:
    """Escape a text, and set what stands between backticks as code."""
    pieces = re.split(r"`([^`]*)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


def pick(rows: Iterable[Row], **values: Any) -> Row | None:
    """The first row that holds these values, or None."""
    return next((row for row in rows if all(row[name] == value for name, value in values.items())), None)


_WRITERS = (
    *(count, share, points, signed, ratio, number, about, is_certain),
    *(day, month, newest_upload, since, verdict, spoken, estimate_name, term_name, marked_code, pick),
)

FILTERS = {function.__name__: function for function in _WRITERS}
