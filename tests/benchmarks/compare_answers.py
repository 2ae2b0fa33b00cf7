"""Whether all programs gave the same answers: `python compare_answers.py FOLDER_OF_FOLDERS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl
from core import ANSWERS
from polars.testing import assert_frame_equal

ENGINES = ("duckdb", "polars", "pandas")


def differences(folder: Path) -> list[str]:
    """Where the answers differ; a number is the same as an integer and as a floating-point number of its value."""
    found = []
    for name, key in ANSWERS.items():
        ours, *others = (_plain(folder / engine / f"{name}.parquet").sort(key) for engine in ENGINES)
        for engine, theirs in zip(ENGINES[1:], others, strict=True):
            try:
                assert_frame_equal(ours, theirs, check_column_order=False, check_exact=True)
            except AssertionError as error:
                found.append(f"{name}: {ENGINES[0]} and {engine} differ: {error}")
        if ours.select(pl.struct(key).is_duplicated().any()).item():
            found.append(f"{name}: two rows have the same {', '.join(key)}")
    return found


def _plain(path: Path) -> pl.DataFrame:
    numbers = pl.selectors.integer() | pl.selectors.float()
    return pl.read_parquet(path).with_columns(numbers.cast(pl.Int64), pl.selectors.datetime().cast(pl.Datetime("us")))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"differences": differences(Path(sys.argv[1]))}))
