"""The Python door to the published file: tables, figures, and answers that show in a notebook."""

from pipeline.door.database import ENVIRONMENT, Adoption, open_database

__all__ = ["ENVIRONMENT", "Adoption", "open_database"]
