"""For every test: what Prefect does to the process stays with the tests of flows."""

import os

# Prefect adds handlers to our loggers when a flow runs; they must not warn where a later test logs without one.
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
os.environ.setdefault("DO_NOT_TRACK", "1")
