"""`pypi-adoption query`: one statement of SQL, asked of the published file, which it cannot change."""
