"""Every parser that reads what others wrote: how it is called, what a valid document is, and how it may refuse one."""

from __future__ import annotations

import parsers_of_files
import parsers_of_texts
import parsers_of_the_index
import parsers_of_the_web

PARSERS = (
    *parsers_of_the_index.PARSERS,
    *parsers_of_the_web.PARSERS,
    *parsers_of_files.PARSERS,
    *parsers_of_texts.PARSERS,
)

PASSED_ON = {
    "sources.interface": "the protocol",
    "sources.contract": "the schemas",
    "sources.names": "one function over names that the others have read",
    "sources.registry": "makes the sources; what it reads, it reads through them",
    "sources.web.exchange": "what is sent and what comes back",
    "sources.web.addresses": "reached through `sources.web.client` and `sources.pypi.endpoints`",
    "sources.pypi.releases": "reached through `sources.pypi.observe`",
    "sources.pypi.tables": "reached through `sources.pypi.observe`",
    "sources.pypi.source": "reads through `sources.pypi.observe`",
    "sources.pypi.progress": "reads nothing",
    "sources.pypi.verify": "hands documents to `pypi-attestations`; see test_fuzz.py",
    "sources.beside": "merges what is landed with what `sources.pypi` reads",
    "sources.bigquery.bounds": "looks at SQL of our own",
    "sources.bigquery.pieces": "read through `sources.bigquery.ledger`",
    "sources.bigquery.statement": "holds values of our own",
    "sources.bigquery.engine": "the protocol",
    "sources.bigquery.estimate": "reads what an engine gives, through its library",
    "sources.bigquery.faults": "translates the library's errors",
    "sources.bigquery.fetch": "lands through `sources.bigquery.ledger`",
    "sources.bigquery.guess": "reads figures of our own",
    "sources.bigquery.newest": "reads what is landed",
    "sources.bigquery.plan": "reads nothing",
    "sources.bigquery.pricing": "reads nothing",
    "sources.bigquery.quality": "reads what is landed",
    "sources.bigquery.queries": "reads SQL of our own",
    "sources.bigquery.service": "reads through Google's library; what it gives is landed by `sources.bigquery.ledger`",
    "sources.bigquery.setup": "makes the source",
    "sources.bigquery.shape": "reached through `sources.bigquery.parquet`",
    "sources.bigquery.source": "reads what is landed",
    "sources.bigquery.totals": "reads what is landed",
    "audit.inputs.interface": "the protocol",
    "audit.inputs.documents": "reached through every format",
    "audit.inputs.purls": "reached through the formats of SBOMs",
}
"""Modules of `pipeline.sources` and `pipeline.audit.inputs` that are no way in for a stranger's bytes, and why."""
