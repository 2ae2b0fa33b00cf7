"""One careful HTTP client for every source that reads the web."""

from pipeline.sources.web.addresses import check_address, origin_of
from pipeline.sources.web.client import Web
from pipeline.sources.web.exchange import Answer, Limits, Validators, WebError

__all__ = ["Answer", "Limits", "Validators", "Web", "WebError", "check_address", "origin_of"]
