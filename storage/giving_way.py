"""History gives way: who works on it says so in the host's lease, and lets go where a round waits for the host."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_

from storage.tables import SITE

QUIET = ":backfill"  # how the holder of a lease ends that lets go of the host after the request in hand
WANTED_SECONDS = 3  # a round that waits says so again and again; one that went away is forgotten


def is_quiet(holder: str) -> bool:
    """Whether a lease's holder works on history."""
    return holder.endswith(QUIET)


def is_wanted(asked_at: datetime | None, now: datetime) -> bool:
    """Whether a round has asked for the host a moment ago."""
    return asked_at is not None and timedelta() <= now - asked_at <= timedelta(seconds=WANTED_SECONDS)


def is_unwanted(now: datetime) -> ColumnElement[bool]:
    """The hosts that no round has asked for."""
    asked_at = SITE.c.live_wanted_at
    return or_(asked_at.is_(None), asked_at < now - timedelta(seconds=WANTED_SECONDS), asked_at > now)
