"""The marts that hold curves: how adoption goes on with time, and how unevenly reach is spread over accounts."""

from __future__ import annotations

from datetime import date

import polars as pl
import pyarrow as pa

from pipeline.statistics.concentration import concentration

_SCHEMA = pa.schema(
    [
        ("group_kind", pa.string()),
        ("group_name", pa.string()),
        ("day_count", pa.int64()),
        ("share", pa.float64()),
        ("share_low", pa.float64()),
        ("share_high", pa.float64()),
        ("at_risk_count", pa.int64()),
    ]
)


def make_curves(projects: pa.Table, *, provenance_from: date, observed_on: date) -> pa.Table:
    """Make the mart `adoption_curve`: Kaplan-Meier curves for all projects and by tier, host and kind of owner."""
    frame = pl.DataFrame(projects).filter(pl.col("is_attested").is_not_null())
    rows: list[dict[str, object]] = []
    if frame.is_empty():
        return pa.Table.from_pylist(rows, _SCHEMA)
    # statsmodels takes seconds to import; without an observation there is no curve to draw.
    from pipeline.statistics.survival import adoption_curve, adoption_times  # noqa: PLC0415

    groups = {"tier": "tier", "host": "host_kind", "owner": "owner_kind"}
    parts = [("all", "all", frame)]
    parts += [
        (kind, str(name), part)
        for kind, column in groups.items()
        for (name,), part in sorted(frame.drop_nulls(column).group_by(column), key=lambda group: str(group[0]))
    ]
    for kind, name, part in parts:
        times = adoption_times(spells(part), provenance_from=provenance_from, observed_on=observed_on)
        owners = part["cluster_id"].to_numpy()[times.is_included]
        curve = adoption_curve(times.days, times.is_adopted, owners)
        columns = zip(curve.days, curve.share, curve.low, curve.high, curve.at_risk, strict=True)
        rows += [
            dict(zip(_SCHEMA.names, (kind, name, day, share, low, high, at_risk), strict=True))
            for day, share, low, high, at_risk in columns
        ]
    return pa.Table.from_pylist(rows, _SCHEMA)


def make_lorenz_curve(accounts: pa.Table) -> pa.Table:
    """Make the mart `account_concentration`: the Lorenz curve of reach."""
    reach = pl.DataFrame(accounts)["downloads_30d_reachable"].drop_nulls()
    points = concentration(reach.to_numpy()).lorenz
    return pa.table(
        {
            "account_share": pa.array([share for share, _ in points], pa.float64()),
            "downloads_share": pa.array([held for _, held in points], pa.float64()),
        }
    )


def spells(frame: pl.DataFrame) -> pa.Table:
    """Day of the first upload and of the first attested one, as `statistics.survival.adoption_times` takes them."""
    return frame.select("first_upload_at", "first_attested_at").cast(pl.Date).to_arrow()
