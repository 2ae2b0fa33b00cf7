"""Reach of accounts: how unevenly it is spread, and how many are shown to have a second factor."""

from __future__ import annotations

import altair as alt
import polars as pl

from pipeline.charts.labels import percent
from pipeline.charts.marks import haloed, share_y
from pipeline.charts.rows import bar_rows
from pipeline.charts.theme import NARROW, Chart, Look, Table, Words, as_rows, chart_of, finish

HEIGHT = 340


def reach_concentration(table: Table, look: Look) -> Chart:
    """How unevenly is reach spread over accounts?

    Args:
        table: Rows of the mart `account_concentration`: `account_share`, `downloads_share` (0 to 1), the accounts with
            the least reach first.
        look: Palette and source.
    """
    rows = as_rows(table).sort("account_share")
    palette = look.palette
    x = alt.X(
        "account_share:Q",
        title="accounts, least reach first",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format="%", tickCount=5, grid=False, domain=False),
    )
    base = chart_of(rows).encode(
        x=x,
        y=share_y("downloads_share:Q"),
        tooltip=[
            alt.Tooltip("account_share:Q", title="Accounts with the least reach", format=".1%"),
            alt.Tooltip("downloads_share:Q", title="hold together", format=".1%"),
        ],
    )
    even = chart_of(pl.DataFrame({"account_share": [0.0, 1.0], "downloads_share": [0.0, 1.0]}))
    marks = _shares_of_the_top(rows)
    points = chart_of(marks).encode(x=x, y=share_y("downloads_share:Q"))
    layers: list[Chart] = [
        even.mark_line(color=palette.muted, strokeDash=[3, 3], strokeWidth=1).encode(
            x=x, y=share_y("downloads_share:Q")
        ),
        base.mark_area(color=palette.accent, opacity=0.1),
        base.mark_line(color=palette.accent),
        points.mark_point(size=60, fill=palette.paper, stroke=palette.accent, strokeWidth=2, opacity=1),
        *haloed(
            points.transform_calculate(shown=f"{NARROW} ? datum.short : datum.label"),
            "shown:N",
            look,
            align="right",
            dx=-12,
            baseline="middle",
        ),
    ]
    words = Words(
        title="How unevenly is reach spread over accounts?",
        denominator="Share of the summed downloads of 30 days that accounts can reach through a direct role; projects "
        "of several accounts count for each of them; dashed: evenly spread",
        description="A Lorenz curve that hangs far below the diagonal where few accounts reach most downloads.",
    )
    return finish(layers, words, look, height=HEIGHT)


def reach_bands(table: Table, look: Look) -> Chart:
    """How much can one account reach, and how many of those are shown to have a second factor?

    Args:
        table: One row per power of ten of reach: `band` (name), `accounts`, `shown` (of these, shown to have a second
            factor), `place` (the most reach first).
        look: Palette and source.
    """
    rows = (
        as_rows(table)
        .sort("place")
        .with_columns(
            name=pl.col("band"),
            value=pl.col("shown"),
            rest=pl.col("accounts"),
            label=pl.struct("shown", "accounts").map_elements(
                lambda row: f"{row['shown']:,} shown, of {row['accounts']:,}", pl.String
            ),
        )
    )
    tooltip = [
        alt.Tooltip("name:N", title="Reaches"),
        alt.Tooltip("accounts:Q", title="Accounts", format=","),
        alt.Tooltip("shown:Q", title="Shown to have a second factor", format=","),
    ]
    words = Words(
        title="How much can one account reach, and is it shown to have a second factor?",
        denominator="Number of accounts by the downloads of 30 days of all projects on which they hold a direct role; "
        "filled: shown to have a second factor, dashed: nothing follows",
        description="One bar a power of ten of reach: the accounts, and those shown to have a second factor.",
    )
    return bar_rows(rows, words, look, tooltip, top=float(rows["accounts"].max() or 1))  # type: ignore[arg-type]


def two_factor_bounds(table: Table, look: Look) -> Chart:
    """How many accounts have a second factor, at least and at most?

    Args:
        table: Rows of the mart `estimates` named `accounts_two_factor_share`: `term` (`all`, `critical`), `low`,
            `high` (bounds, 0 to 1), `n` (accounts).
        look: Palette and source.
    """
    names = {"all": "All accounts with a role", "critical": "Accounts with a role on a critical project"}
    rows = (
        as_rows(table)
        .drop_nulls("low")
        .sort("term")
        .with_columns(
            name=pl.col("term").replace_strict(names),
            value=pl.col("low"),
            rest=pl.col("high"),
            label=pl.struct("low", "high", "n").map_elements(
                lambda row: f"between {percent(row['low'])} and {percent(row['high'])} of {row['n']:,}", pl.String
            ),
        )
    )
    tooltip = [
        alt.Tooltip("name:N", title="Accounts"),
        alt.Tooltip("low:Q", title="At least", format=".1%"),
        alt.Tooltip("high:Q", title="At most", format=".1%"),
    ]
    words = Words(
        title="How many accounts are shown to have a second factor, and how many may have one?",
        denominator="Filled: shown by an upload that, among today's role holders, only this account could make; "
        "dashed: nothing follows",
        description="Two bars: the share of accounts shown to have a second factor, and the share that may have one.",
    )
    return bar_rows(rows, words, look, tooltip, top=1)


def _shares_of_the_top(rows: pl.DataFrame) -> pl.DataFrame:
    """Where the accounts with the most reach begin, for two shares of them, with what they hold."""
    marks = []
    for top in (0.01, 0.1):
        before = rows.filter(pl.col("account_share") <= 1 - top + 1e-9).tail(1)
        for row in before.iter_rows(named=True):
            share = 1 - row["downloads_share"]
            label = f"the {1 - row['account_share']:.1%} with the most reach hold {percent(share)}".replace(".0%", "%")
            short = f"top {percent(1 - row['account_share'])}: {percent(share)}"
            marks.append(row | {"label": label.replace("% with", " % with"), "short": short})
    schema = {"account_share": pl.Float64, "downloads_share": pl.Float64, "label": pl.String, "short": pl.String}
    return pl.DataFrame(marks, schema=schema).unique(maintain_order=True)
