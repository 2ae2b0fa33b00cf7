"""A headline: one figure of a report with all that a reader, or a program, needs to check it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from pipeline.charts.origin import Origin
from pipeline.report.words import Row, is_certain

Interval = Literal["census", "wilson_95", "reading_error", "bounds", "estimate_95"]
"""What `low` and `high` are: absent, since everything was observed; a 95 % Wilson interval; the error of reading a
published chart; bounds that are certain; the 95 % interval of an estimate."""


class Headline(BaseModel):
    """One figure with all that a reader needs to check it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Stable from month to month."""
    label: str
    unit: str
    """What is counted or measured."""
    numerator: int | None = None
    denominator: int | None = None
    """Units for which it was observed."""
    total: int | None = None
    """All units, observed or not."""
    value: float | None
    """The share (0 to 1), or the number where nothing is divided; None where it is not known, and `note` says why."""
    low: float | None = None
    high: float | None = None
    interval: Interval | None = None
    """None where there is none."""
    date: str
    """The day or month that the figure speaks of; the first and the last day of what was observed on several."""
    source: str
    is_ours: bool
    """False for figures that others published."""
    method: str = ""
    """How it was estimated, where that is more than counting."""
    note: str = ""
    query: str
    """Name of the query that gives it, in `queries` of the report."""
    row: dict[str, str | int | None]
    """Which row of the query it is, by its columns."""

    @classmethod
    def of_share(
        cls, row: Row, origin: Origin, place: Sequence[str], *, label: str, note: str = "", of: str = ""
    ) -> Self:
        """A share as the marts give it; `place` names the figure, then the columns that say which row it is."""
        query, *keys = place
        low = row.get("share_low")
        census: Interval | None = "census" if row.get("is_census") else None
        return cls(
            name="/".join([query, *(f"{row[key]}" for key in keys if row[key] is not None)]),
            label=label,
            unit=row["unit"],
            numerator=row["numerator"],
            denominator=row["denominator"],
            total=row.get("total"),
            value=row["share"],
            low=low,
            high=row.get("share_high"),
            interval=census if low is None else "bounds" if is_certain(row) else "wilson_95",
            date=of or origin.days,
            source=origin.source,
            is_ours=True,
            note=note,
            query=query,
            row={key: f"{row[key]}" if isinstance(row[key], dt.date) else row[key] for key in keys},
        )
