"""What is true of a simulated world, computed by a plain route of its own, to hold the pipeline's figures against."""

from pipeline.sources.simulated.truth.changes import changes_between
from pipeline.sources.simulated.truth.columns import TRUTH_TABLES
from pipeline.sources.simulated.truth.tables import truth_tables

__all__ = ["TRUTH_TABLES", "changes_between", "truth_tables"]
