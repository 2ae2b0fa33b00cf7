"""The `simulated` source: a fictitious index in the shape of all the others, whose truth is known."""

from pipeline.sources.simulated.model import REFERENCE_DAY, AdoptionModel
from pipeline.sources.simulated.observed import as_bigquery, as_pypi, observe
from pipeline.sources.simulated.source import SimulatedSource
from pipeline.sources.simulated.truth import changes_between, truth_tables
from pipeline.sources.simulated.world import World, make_world
from pipeline.sources.simulated.writing import write_simulation

__all__ = [
    "REFERENCE_DAY",
    "AdoptionModel",
    "SimulatedSource",
    "World",
    "as_bigquery",
    "as_pypi",
    "changes_between",
    "make_world",
    "observe",
    "truth_tables",
    "write_simulation",
]
