"""What a clock that ran ahead left behind: moments that no rule could have set, brought back (rule 27)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, select, update
from sqlmodel import Session

from storage.due import PENDING
from storage.tables import FEED, PAGE, SITE

# Longer than any wait that is decided: Retry-After is obeyed for 7 days, a page's last attempt is 2 days ahead,
# a feed that is gone is looked for after 30 days, and jitter adds a fifth.
_LONGEST_HOLD = timedelta(days=9)
_LONGEST_LEASE = timedelta(hours=1)
_LATE = timedelta(minutes=5)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # "not again by itself" stays so


def bring_back(session: Session, now: datetime) -> int:
    """Correct what was written while the clock was ahead; gives how many feeds were.

    A feed polled "in the future" keeps its wait, counted from now: feeds stay as spread out as they were. The
    caller commits.
    """
    connection = session.connection()
    feeds = _shift_feeds(connection, now)
    held = SITE.c.next_request_at > now + _LONGEST_HOLD
    connection.execute(update(SITE).where(held).values(next_request_at=now, is_hold_asked=False))
    connection.execute(update(SITE).where(SITE.c.lease_until > now + _LONGEST_LEASE).values(lease_until=now))
    put_off = and_(PAGE.c.state == PENDING, PAGE.c.next_attempt_at > now + _LONGEST_HOLD)
    connection.execute(update(PAGE).where(put_off).values(next_attempt_at=now))
    return feeds


def _shift_feeds(connection: Connection, now: datetime) -> int:
    columns = (FEED.c.id, FEED.c.last_polled_at, FEED.c.next_poll_at)
    rows = connection.execute(select(*columns).where(FEED.c.last_polled_at > now + _LATE)).all()
    if not rows:
        return 0
    statement = update(FEED).where(FEED.c.id == bindparam("of_feed"))
    statement = statement.values(last_polled_at=now, next_poll_at=bindparam("due_at"))
    moved = [{"of_feed": row.id, "due_at": _shifted(row.next_poll_at, row.last_polled_at, now)} for row in rows]
    connection.execute(statement, moved)
    return len(rows)


def _shifted(due_at: datetime | None, polled_at: datetime, now: datetime) -> datetime | None:
    if due_at is None or due_at >= _NEVER:
        return due_at
    return now + max(due_at - polled_at, timedelta())
