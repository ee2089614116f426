"""How writers on SQLite take turns: who waits looks often, and who wrote for long lets others in first."""

import sqlite3
import time

from sqlalchemy import Connection

# SQLite itself looks again every 100 ms. Beside a writer whose transactions follow one another at once, as an import's
# do, it met the moment between two of them every six seconds on average, and not within 30 every now and then.
_LOOK_AGAIN_SECONDS = 0.002
_GAP_SECONDS = 0.003  # left to others after a transaction that held the lock for long
_LONG_SECONDS = 0.05
_BEGAN, _HELD, _ENDED = "feedmill_began", "feedmill_held", "feedmill_ended"  # of a connection's last transaction


def begin_writing(connection: Connection, most_seconds: float) -> None:
    """Begin a transaction that holds the write lock, waiting for it so long. Raises as ``BEGIN IMMEDIATE`` does."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection), "only SQLite locks the whole file"
    _let_others_in(connection)
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        if not _has_begun(raw, time.monotonic() + most_seconds):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last attempt, whose error is told as any other
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(most_seconds * 1_000)}")
    connection.info[_BEGAN] = time.monotonic()


def note_end(connection: Connection) -> None:
    """Remember that a transaction is about to end, and how long it held the lock if it did."""
    now = time.monotonic()
    connection.info[_HELD] = now - connection.info.pop(_BEGAN, now)
    connection.info[_ENDED] = now


def _let_others_in(connection: Connection) -> None:
    held, ended = connection.info.get(_HELD, 0.0), connection.info.get(_ENDED, 0.0)
    if held >= _LONG_SECONDS and time.monotonic() - ended < _LONG_SECONDS:
        time.sleep(_GAP_SECONDS)


def _has_begun(raw: sqlite3.Connection, until: float) -> bool:
    while time.monotonic() < until:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return True
    return False
