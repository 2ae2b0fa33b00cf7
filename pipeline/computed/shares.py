"""Shares out of counts, with an interval where a part was not observed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.statistics.proportions import wilson_bounds

Floats = NDArray[np.float64]


def with_intervals(counts: pa.Table) -> pa.Table:
    """Turn counts into shares.

    The interval is for the share among all units. It is the 95 % interval of Wilson (1927), which takes the units that
    were observed for a random draw, cut down to what is possible: if the measure held for none, or for all, of the
    units that were not observed, the share among all would still lie within. Where nearly all was observed, the second
    is the narrower one, and it is certain. Where nobody knows how many units there are, it is Wilson's as it stands.

    Args:
        counts: Columns `numerator`, `denominator`, `total` (whole numbers; `total` is NULL where it is not known),
            `unit`, and any others, which are kept.

    Returns:
        The same rows; `numerator` is NULL where the denominator is 0, and four columns are added: `is_census` (the
        denominator is the total), `share` (0 to 1), and `share_low`, `share_high`, NULL for a census and for downloads,
        which are no independent draws.
    """
    held, observed, total = (
        counts.column(name).cast(pa.float64()).fill_null(missing).to_numpy()
        for name, missing in (("numerator", 0.0), ("denominator", 0.0), ("total", np.nan))
    )
    is_empty = observed == 0
    is_census = ~is_empty & (observed == total)
    is_sample = ~is_empty & ~is_census & (counts.column("unit").to_numpy(zero_copy_only=False) != "downloads")
    low, high = np.full(len(held), np.nan), np.full(len(held), np.nan)
    chance_low, chance_high = wilson_bounds(held[is_sample], observed[is_sample])
    # An unknown total bounds nothing: fmax and fmin pass over it.
    low[is_sample] = np.fmax(chance_low, held[is_sample] / total[is_sample])
    high[is_sample] = np.fmin(chance_high, (held + total - observed)[is_sample] / total[is_sample])
    share = np.divide(held, observed, out=np.full(len(held), np.nan), where=~is_empty)
    position = counts.schema.get_field_index("numerator")
    numerator = pc.if_else(pa.array(is_empty), pa.scalar(None, pa.int64()), counts.column("numerator"))
    return (
        counts.set_column(position, "numerator", numerator)
        .append_column("is_census", pa.array(is_census))
        .append_column("share", _nullable(share))
        .append_column("share_low", _nullable(low))
        .append_column("share_high", _nullable(high))
    )


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
