"""Failures that a person can act on: one line on stderr, exit code 1, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class CommandError(Exception):
    """What was asked for failed. The message names the thing and says what to do."""


def complain(message: str) -> None:
    """One line on stderr, with nothing in it that a terminal would obey."""
    from ingest.text import strip_controls

    print(f"feedmill: {strip_controls(message)}", file=sys.stderr)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Print expected failures in one line. Bugs keep their traceback."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone (`| head`): nothing to say
        sys.exit(0)
    except Exception as error:
        if not _is_expected(error):
            raise
        complain(str(error))
        sys.exit(1)


def _is_expected(error: Exception) -> bool:
    """Known by name, so that nothing is imported for it: IngestError, StorageError, CommandError, bad settings."""
    names = {cls.__name__ for cls in type(error).__mro__}
    return bool(
        names
        & {"CommandError", "IngestError", "StorageError", "FileNotFoundError", "IsADirectoryError", "PermissionError"}
    )
