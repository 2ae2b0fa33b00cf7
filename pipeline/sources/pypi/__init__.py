"""The live package index: what its Simple, JSON and Integrity APIs show of the projects asked about."""

from pipeline.sources.pypi.source import Manners, PypiSource, Selection, top_projects

__all__ = ["Manners", "PypiSource", "Selection", "top_projects"]
