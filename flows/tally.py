"""What a round counts for the days after it: the names of tallies, and how a batch's sums become them."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from flows.mill import Mill
from flows.outcomes import RoundReport
from storage import tallies
from storage.tallies import Tally

log = logging.getLogger(__name__)

ARTICLES, WHOLE, PARTIAL, WORDS = "articles", "whole", "partial", "words"
REQUESTS, POLLS, FAILED_POLLS = "requests", "polls", "failed polls"
DROPPED, KEPT = "blocks dropped", "blocks kept"
TOTALS = (ARTICLES, WHOLE, PARTIAL, WORDS, REQUESTS, POLLS, FAILED_POLLS, DROPPED, KEPT)
FAILING = "feeds failing"  # measured each night, not counted
LATE = "late"  # articles, by seconds
BY_RULE, DROPPED_AT, KEPT_AT = "blocks by rule", "blocks dropped at", "blocks kept at"  # the latter two by host
BY_HOUR = "articles by hour"  # by language
KEPT_DAYS = {BY_HOUR: 3, DROPPED_AT: 35, KEPT_AT: 35, BY_RULE: 35, LATE: 100}  # the rest are a few rows a day


def day_of(moment: datetime) -> datetime:
    """When the day began, in UTC."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def hour_of(moment: datetime) -> datetime:
    """When the hour began."""
    return moment.replace(minute=0, second=0, microsecond=0)


async def record(mill: Mill, report: RoundReport) -> None:
    """Count a batch. That this fails is a bug of ours, which costs the counts alone: what they are of is stored."""
    counted = list(tallies_of(report, mill.clock()))
    try:
        await mill.writer.apply(lambda session: tallies.add(session, counted))
    except Exception:
        log.exception("a batch was not counted, for a reason of ours")
        report.bugs += 1


def tallies_of(report: RoundReport, now: datetime) -> Iterator[Tally]:
    """A batch's sums as tallies of this day and hour."""
    came, day, hour = report.arrivals, day_of(now), hour_of(now)
    totals = {
        ARTICLES: came.articles,
        WHOLE: came.whole,
        PARTIAL: came.partial,
        WORDS: came.words,
        REQUESTS: report.requests,
        POLLS: report.feeds_polled,
        FAILED_POLLS: report.feeds_failed,
        DROPPED: came.dropped.total(),
        KEPT: came.kept.total(),
    }
    yield from (Tally(name, "", day, count) for name, count in totals.items())
    by_subject: dict[str, Mapping[str, int]] = {BY_RULE: came.rules, DROPPED_AT: came.dropped, KEPT_AT: came.kept}
    for name, counts in by_subject.items():
        yield from (Tally(name, subject, day, count) for subject, count in counts.items())
    yield from (Tally(LATE, str(seconds), day, count) for seconds, count in came.late.items())
    yield from (Tally(BY_HOUR, language, hour, count) for language, count in came.languages.items())


def kept_since(now: datetime) -> dict[str, datetime]:
    """From when on the tallies of each name are kept that are not kept for ever."""
    return {name: day_of(now) - timedelta(days=days) for name, days in KEPT_DAYS.items()}
