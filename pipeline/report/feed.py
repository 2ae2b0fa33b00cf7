"""An Atom feed (RFC 4287) of all periods. Links are relative to the feed, so that no host need be known."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.charts.labels import percent
from pipeline.report.record import FIRST, Listed, Record

ATOM = "http://www.w3.org/2005/Atom"
TITLE = "Two-factor authentication and Trusted Publishing on PyPI"


def make_feed(listed: Sequence[Listed], name: str, *, is_simulated: bool) -> str:
    """An Atom feed, the newest month first.

    Identifiers are made of the source and the month alone: a report made anew, or at another address, keeps its own.

    Args:
        listed: The reports, the newest first; at least one.
        name: Name of the file that the feed is written to.
        is_simulated: Marks every title as SIMULATED.
    """
    mark = "SIMULATED · " if is_simulated else ""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(feed, "title", f"{mark}{TITLE}")
    _add(feed, "id", _identifier("feed", "simulated" if is_simulated else "observed"))
    _add(feed, "updated", _instant(max(one.record.made_at for one in listed)))
    _add(ET.SubElement(feed, "author"), "name", "pypi-adoption")
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": name})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": "index.html"})
    for one in listed:
        folder, record = one.folder, one.record
        entry = ET.SubElement(feed, "entry")
        _add(entry, "title", f"{mark}{TITLE}, {record.period}")
        _add(entry, "id", _identifier(record.source, record.period))
        _add(entry, "updated", _instant(record.made_at))
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{folder}/index.html"})
        ET.SubElement(entry, "link", {"rel": "related", "type": "application/json", "href": f"{folder}/report.json"})
        _add(entry, "summary", mark + summary(record))
    ET.indent(feed)
    return ET.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def summary(record: Record) -> str:
    """One sentence for each of the figures that a reader asks for first."""
    sentences = []
    for name, words in FIRST.items():
        headline = record.headline(name)
        if headline is None or headline.value is None or not headline.denominator:
            sentences.append(f"{words}: not observed.")
        else:
            numbers = f"{headline.numerator:,} of {headline.denominator:,}"
            sentences.append(f"{words}: {percent(headline.value)} ({numbers}).")
    adopted, regressed = (record.headline(f"changed/{kind}") for kind in ("adopted", "regressed"))
    if adopted and regressed and adopted.value is not None and regressed.value is not None:
        sentences.append(
            f"Since {record.previous_period}: {adopted.value:,.0f} projects began to attest, "
            f"{regressed.value:,.0f} no longer do."
        )
    return " ".join(sentences)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _identifier(*parts: str) -> str:
    return uuid.uuid5(_NAMESPACE, "/".join(parts)).urn


_NAMESPACE = uuid.UUID("6d2a3f0c-7a7e-4d1d-9c6c-1f3a5f0d2b48")
"""A number drawn once, for identifiers of this project's reports."""
