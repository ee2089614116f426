"""What our own loggers say, from which level on, and with nothing in it that a terminal would obey."""

import logging
import socket
from typing import TYPE_CHECKING, Any

from flows.redaction import redacted
from ingest.text import strip_controls

if TYPE_CHECKING:
    from flows.settings import Settings
    from storage.database import Database

log = logging.getLogger(__name__)

ROOMS = ("flows", "ingest", "storage")
_PLAIN = logging.Formatter()


def show_our_logs(level: int = logging.INFO) -> None:
    """Let INFO and up through: the loggers of libraries stay at WARNING (prefect.md rule 11)."""
    for room in ROOMS:
        logging.getLogger(room).setLevel(level)
    guard_logs()


def say_where(settings: "Settings", database: "Database") -> None:
    """The log's line on which machine a run works, and with whose data: any worker of the pool may have taken it."""
    folder, shown = settings.data_dir.resolve(), database.shown_url
    log.info("This run works on %s with the data folder %s and the database %s.", socket.gethostname(), folder, shown)


def guard_logs() -> None:
    """From now on no record of this process carries control characters or secrets; a message of ours is one line.

    Addresses and titles from the world stand in messages, and in the tracebacks of what failed on them.
    """
    logging.setLogRecordFactory(_GuardedRecord)


class _GuardedRecord(logging.LogRecord):
    """A record that is clean whoever formats it: handlers belong to Prefect, to the command line or to a test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info:
            self.exc_text = redacted(strip_controls(_PLAIN.formatException(self.exc_info)))

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """The message without control characters and, where it is ours, without line breaks: no forged lines."""
        message = redacted(strip_controls(super().getMessage()))
        return " ".join(message.split()) if self.name.partition(".")[0] in ROOMS else message
