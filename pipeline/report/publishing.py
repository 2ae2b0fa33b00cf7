"""Where reports lie: page and record of each month, and beside them the list of all months with its feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.errors import ReportError
from pipeline.files import publish_file, replace_file, write_beside
from pipeline.report.feed import make_feed
from pipeline.report.page import make_index, make_report
from pipeline.report.record import NAME, Listed, Record, read_record

FOLDER = re.compile(r"(?:simulated-)?\d{4}-\d{2}", re.ASCII)
FEEDS = {False: "feed.xml", True: "feed-simulated.xml"}
"""By whether the reports are simulated."""


@dataclass(frozen=True)
class Prepared:
    """A report that is finished beside its place, and not there yet."""

    page: Path
    """Where the page goes."""
    parts: tuple[tuple[Path, Path], ...]
    """Finished files, each with its place."""


def prepare_report(connection: duckdb.DuckDBPyConnection, reports: Path, *, shows_accounts: bool = False) -> Prepared:
    """Write page and record of a published file beside their places.

    Until the report is published, the caller lets nobody else write into `reports`: all runs of a month write to the
    same hidden files, so that what a killed one left is overwritten.

    Raises:
        ReportError: the file lacks a mart, or its period is no month.
        OSError: the folder cannot be written to.
    """
    page, record = make_report(connection, shows_accounts=shows_accounts)
    folder = reports / _folder(record)
    places = {folder / "index.html": page, folder / NAME: record.model_dump_json(indent=1) + "\n"}
    return Prepared(folder / "index.html", tuple((write_beside(path, text), path) for path, text in places.items()))


def publish_report(prepared: Prepared) -> list[str]:
    """Put a prepared report into its place, and make the list of all reports anew.

    Page and record carry the same hash, so that the list never shows the one with the other's figures.

    Returns:
        What is wrong with reports that are therefore not listed, a line each.

    Raises:
        OSError: the folder cannot be written to.
    """
    reports = prepared.page.parent.parent
    for part, path in prepared.parts:
        publish_file(part, path)
    return _list_reports(reports)


def _list_reports(reports: Path) -> list[str]:
    listed, complaints = _read_all(reports)
    groups = {simulated: [one for one in listed if one.record.is_simulated is simulated] for simulated in FEEDS}
    replace_file(reports / "index.html", make_index(groups[False], groups[True]))
    for is_simulated, feed in FEEDS.items():
        if groups[is_simulated]:
            replace_file(reports / feed, make_feed(groups[is_simulated], feed, is_simulated=is_simulated))
    return complaints


def _read_all(reports: Path) -> tuple[list[Listed], list[str]]:
    """Every report that can be listed, the newest month first; folders without a record are no reports."""
    listed, complaints = [], []
    for path in sorted(reports.glob(f"*/{NAME}"), reverse=True):
        if not FOLDER.fullmatch(path.parent.name):
            continue
        try:
            record = read_record(path)
            is_at_home = _folder(record) == path.parent.name
        except ReportError as error:
            complaints.append(f"Not listed: {error}")
            continue
        if is_at_home:
            listed.append(Listed(path.parent.name, record))
        else:
            complaints.append(f"Not listed: {path} is of {record.period}, and lies in another folder.")
    return listed, complaints


def _folder(record: Record) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}", record.period, re.ASCII):
        raise ReportError(
            f"The period of a report is {record.period!r}, no month.",
            way_out="Make it anew with `pypi-adoption build`.",
        )
    return f"simulated-{record.period}" if record.is_simulated else record.period
