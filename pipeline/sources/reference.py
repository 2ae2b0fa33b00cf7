"""The reference facts: published figures, dated changes and incidents, which every run brings along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from pipeline.errors import SourceError
from pipeline.sources.contract import LANDING_TABLES, REFERENCE_TABLES
from pipeline.sources.datacard import read_card, verify
from pipeline.sources.interface import Description, TableNotes


class ReferenceSource:
    """Reads one CSV file a reference table out of a folder, each held against its data card."""

    def __init__(self, folder: Path) -> None:
        self.files = {table: folder / f"{table}.csv" for table in REFERENCE_TABLES}
        for path in self.files.values():
            if not path.is_file():
                raise SourceError(f"{path} is missing.", way_out="Restore it from the repository.")
        self.cards = {table: read_card(path) for table, path in self.files.items()}

    def describe(self) -> Description:
        """The facts stand for the month in which the last of the files was brought up to date."""
        observed_on = max(card.observed_on for card in self.cards.values())
        return Description(
            source="reference",
            period=f"{observed_on:%Y-%m}",
            observed_on=observed_on,
            inputs=tuple(self.files.values()),
        )

    def batches(self, scratch: Path) -> Iterator[tuple[str, pa.RecordBatch]]:  # noqa: ARG002 - nothing to continue
        """Yield every reference table.

        Raises:
            SourceError: a file lacks a column, holds a value of another type, or is not the one of its card.
        """
        for table, path in self.files.items():
            yield from ((table, batch) for batch in _read_csv(path, LANDING_TABLES[table]).to_batches())
            verify(path, self.cards[table])

    def notes(self) -> Mapping[str, TableNotes]:
        """Each table with the words of its data card."""
        return {
            table: TableNotes(is_observed=True, note=f"{card.title}. {card.obtained} Not in it: {card.holds_not}")
            for table, card in self.cards.items()
        }


def _read_csv(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        with csv.open_csv(path) as reader:
            missing = [name for name in schema.names if name not in reader.schema.names]
        if missing:
            raise SourceError(f"{path}: the column {missing[0]} is missing.", way_out="Restore it from the repository.")
        convert = csv.ConvertOptions(column_types=schema, include_columns=schema.names)
        return csv.read_csv(path, convert_options=convert).cast(schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        what = str(error).splitlines()[0]
        raise SourceError(f"{path} cannot be read: {what}.", way_out="Restore it from the repository.") from error
