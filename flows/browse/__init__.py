"""The store in a browser: Datasette on the SQLite file, read only, on this machine alone."""
