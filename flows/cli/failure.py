"""Failures that a person can act on: one line on stderr, exit code 1, no traceback; with --json a document as well."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Known by name, so that nothing is imported for it.
_EXPECTED = {"CommandError", "IngestError", "StorageError"}
_FILES = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)


class CommandError(Exception):
    """What was asked for failed. The message names the thing and says what to do."""


@dataclass(slots=True)
class _Output:
    """What stands on stdout already."""

    has_document: bool = False


_OUTPUT = _Output()


def note_document() -> None:
    """Say that the one JSON document of this call is out."""
    _OUTPUT.has_document = True


def complain(message: str) -> None:
    """One line on stderr, with nothing in it that a terminal would obey."""
    from flows.redaction import redacted
    from ingest.text import strip_controls

    print(f"feedmill: {redacted(strip_controls(message))}", file=sys.stderr)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Print expected failures in one line. Bugs keep their traceback."""
    try:
        yield
    except Exception as error:
        if not is_expected(error):
            raise
        _tell(in_words(error))
        sys.exit(1)


def _tell(message: str) -> None:
    """The failure on stderr, and where JSON was asked for and none is out, as the document on stdout."""
    complain(message)
    if "--json" in sys.argv and not _OUTPUT.has_document:
        from flows.cli.options import print_json
        from flows.redaction import redacted

        print_json({"error": redacted(message)})


def is_expected(error: Exception) -> bool:
    """Whether it is no bug: bad input, a database or a file that cannot be used, bad settings."""
    return isinstance(error, _FILES) or bool({cls.__name__ for cls in type(error).__mro__} & _EXPECTED)


def in_words(error: Exception) -> str:
    """What happened, for people: a file that cannot be used is named with the reason."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{os.fsdecode(error.filename)} cannot be used: {error.strerror[0].lower()}{error.strerror[1:]}"
    return str(error)


@contextmanager
def quiet_where_nobody_reads() -> Iterator[None]:
    """End well where the reader of our output has gone (`| head`): nothing is to be said, and to nobody."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _is_reader_gone():
            raise  # another pipe: a bug of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the flush at the end must not fail again
        sys.exit(0)


def _is_reader_gone() -> bool:
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
