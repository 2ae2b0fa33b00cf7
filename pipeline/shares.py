"""Shares out of counts, with an interval where they are a sample."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipeline.statistics.proportions import wilson_bounds


def with_intervals(counts: pa.Table) -> pa.Table:
    """Turn counts into shares.

    Args:
        counts: Columns `numerator`, `denominator`, `total` (whole numbers), `unit`, and any others, which are kept.

    Returns:
        The same rows; `numerator` is NULL where the denominator is 0, and four columns are added: `is_census` (the
        denominator is the total), `share` (0 to 1), and `share_low`, `share_high`, the 95 % interval of Wilson (1927),
        NULL for a census and for downloads, which are no independent draws.
    """
    numerator, denominator, total = (
        counts.column(name).to_numpy().astype(float) for name in ("numerator", "denominator", "total")
    )
    is_empty = denominator == 0
    is_census = ~is_empty & (denominator == total)
    is_sample = ~is_empty & ~is_census & (counts.column("unit").to_numpy(zero_copy_only=False) != "downloads")
    low, high = wilson_bounds(numerator[is_sample], denominator[is_sample])
    share = np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=~is_empty)

    def nullable(values: np.ndarray, is_null: np.ndarray) -> pa.Array:
        return pa.array(values, mask=is_null)

    def spread(values: np.ndarray) -> pa.Array:
        everywhere = np.full(len(numerator), np.nan)
        everywhere[is_sample] = values
        return nullable(everywhere, ~is_sample)

    position = counts.schema.get_field_index("numerator")
    known = counts.set_column(position, "numerator", nullable(counts.column("numerator").to_numpy(), is_empty))
    return (
        known.append_column("is_census", pa.array(is_census))
        .append_column("share", nullable(share, is_empty))
        .append_column("share_low", spread(low))
        .append_column("share_high", spread(high))
    )
