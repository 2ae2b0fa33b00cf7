"""Forms in which the result of an audit is given: a table, JSON, a page."""
