"""The report: one self-contained HTML page, every figure of which is a named query on the published file."""
