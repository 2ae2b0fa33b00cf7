"""Charts: one pure function each, from a small table to Altair, shared by notebooks and reports."""
