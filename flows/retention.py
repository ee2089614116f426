"""Letting old articles go: all that the policy names, a few hundred in a transaction, beside running ingests."""

from collections.abc import Callable
from datetime import datetime

from flows.settings import Settings
from storage import removing, retention
from storage.chunks import chunks
from storage.database import Database
from storage.removing import Removed
from storage.retention import RetentionPolicy
from storage.retention_rules import list_rules

PORTION = 200  # articles a transaction
_PLANNED = 10_000  # at a time, in memory

Progress = Callable[[Removed], None]


def policy_of(settings: Settings) -> RetentionPolicy:
    """What the settings keep."""
    return RetentionPolicy(
        days=settings.retention_days,
        articles=settings.retention_articles,
        revisions=settings.retention_revisions,
        counts_from=settings.retention_counts_from,
    )


def is_anything_set(database: Database, policy: RetentionPolicy) -> bool:
    """Whether the settings, or the rule of any feed or host, let anything go."""
    with database.read() as session:
        rules = list_rules(session)
    limits = [(policy.days, policy.articles, policy.revisions)]
    limits += [(rule.days or 0, rule.articles or 0, rule.revisions or 0) for rule in rules]
    return any(map(any, limits))


def let_go(database: Database, policy: RetentionPolicy, now: datetime, progress: Progress | None = None) -> Removed:
    """Take away what the policy lets go; gives what went. One that was cut off is simply started again."""
    total = Removed()
    while took := _take_articles(database, policy, now):
        total += took
        if progress is not None:
            progress(total)
    return total + _take_versions(database, policy)


def _take_articles(database: Database, policy: RetentionPolicy, now: datetime) -> Removed | None:
    """One pass over what is to go now; None where nothing went."""
    with database.read() as session:
        going = retention.plan(session, policy, now, _PLANNED)
    took = Removed()
    for portion in chunks(going, PORTION):
        with database.begin() as session:
            took += removing.remove(session, portion, now)
    return took if took.articles else None


def _take_versions(database: Database, policy: RetentionPolicy) -> Removed:
    took = Removed()
    while True:
        with database.read() as session:
            ids = retention.old_versions(session, policy, _PLANNED)
        if not ids:
            return took
        for portion in chunks(ids):
            with database.begin() as session:
                took += retention.drop_versions(session, portion)
