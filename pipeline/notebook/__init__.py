"""What the notebooks import: the published file as tables and figures, and answers that show in a notebook."""

from pipeline.notebook.database import ENVIRONMENT, Adoption, open_database

__all__ = ["ENVIRONMENT", "Adoption", "open_database"]
