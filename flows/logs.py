"""What our own loggers say, and from which level on."""

import logging

ROOMS = ("flows", "ingest", "storage")


def show_our_logs(level: int = logging.INFO) -> None:
    """Let INFO and up through: the loggers of libraries stay at WARNING (prefect.md rule 11)."""
    for room in ROOMS:
        logging.getLogger(room).setLevel(level)
