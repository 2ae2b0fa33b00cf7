"""From the landing to the published DuckDB file: the tables, their order, their checks."""
