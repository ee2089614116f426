"""When a stored article is looked at again: soon while it is news, then ever more seldom, then no more."""

from datetime import datetime, timedelta

# Most corrections come within hours, the rest within days; what is a week old is history.
AGES = (timedelta(hours=6), timedelta(days=1), timedelta(days=7))
_JITTER_SHARE = 0.1
_OLD = timedelta(days=7)  # an article that was old when it was found (a backfill, a feed's first poll) is not watched


def next_revisit(first_fetched_at: datetime, now: datetime, jitter: float) -> datetime | None:
    """The next time after ``now``, at an age of six hours, a day or a week; None behind the last.

    ``jitter`` (0 to 1) only lengthens, so that what came in together does not come due together.
    """
    times = (first_fetched_at + age * (1 + _JITTER_SHARE * jitter) for age in AGES)
    return next((time for time in times if time > now), None)


def is_watched(published_at: datetime | None, fetched_at: datetime) -> bool:
    """Whether an article is news when it is stored first; without a date it is taken for such."""
    return published_at is None or fetched_at - published_at < _OLD
