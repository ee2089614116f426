"""Prefect's process worker, which gives back the memory that it has freed.

``python -m flows.process_worker --pool NAME``, with the options of `prefect worker start --type process`.
"""

import sys

from prefect.cli import app

from flows.memory import keep_trimmed


def main() -> None:
    """Take flow runs until SIGTERM."""
    keep_trimmed()
    sys.argv = ["prefect", "worker", "start", "--type", "process", *sys.argv[1:]]
    app()


if __name__ == "__main__":
    main()
