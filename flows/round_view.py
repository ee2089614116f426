"""What a round's artifacts show beside its sums: titles, what moved, the last hours. Read where something came in."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from flows import charts, tally
from flows.arrivals import language_name
from flows.outcomes import RoundReport
from flows.shifts import Shift, find_shifts, since_yesterday
from storage import newest, tallies
from storage.newest import Brought

HOURS = 24
_LANGUAGES, _FEEDS = 6, 12  # that a picture names; there are as many colours
OTHERS = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundView:
    """A round that brought something."""

    articles: tuple[Brought, ...] = ()
    feed_titles: dict[str, str]
    shifts: tuple[Shift, ...] = ()
    picture: str = ""  # a data address


def view(session: Session, report: RoundReport, now: datetime) -> RoundView:
    """Read what the report of a round names: by keys alone, so that it costs no more where more is stored."""
    came = report.arrivals
    shifts = find_shifts(session, since_yesterday(now), came.dropped.keys() | came.kept.keys(), came.rules.keys())
    titles = newest.feed_titles(session, came.feeds.keys())
    return RoundView(
        articles=tuple(newest.of_pages(session, came.page_ids)),
        feed_titles=titles,
        shifts=tuple(shifts),
        picture=_picture(session, came.feeds, titles, now),
    )


def _picture(session: Session, feeds: Counter[str], titles: dict[str, str], now: datetime) -> str:
    """The articles of the last 24 hours by hour and language, and this round's by feed, as a data address."""
    until = tally.hour_of(now) + timedelta(hours=1)
    hours = [until - timedelta(hours=HOURS - at) for at in range(HOURS)]
    by_hour = charts.Panel(
        title="Articles stored in the last 24 hours, by hour (UTC) and language",
        places=[f"{hour:%H}" for hour in hours],
        series=_by_language(tallies.read(session, [tally.BY_HOUR], hours[0], until), hours),
    )
    return charts.picture([by_hour, _by_feed(feeds, titles)] if feeds else [by_hour])


def _by_feed(feeds: Counter[str], titles: dict[str, str]) -> charts.Ranking:
    """This round's articles by feed."""
    rows = [(titles.get(url, url), count) for url, count in feeds.most_common(_FEEDS)]
    rest = feeds.total() - sum(count for _, count in rows)
    rows += [(f"{len(feeds) - _FEEDS} others", rest)] if rest else []
    return charts.Ranking(title="New articles of this round, by feed", rows=rows)


def _by_language(counts: list[tallies.Tally], hours: list[datetime]) -> list[charts.Series]:
    sums: Counter[str] = Counter()
    for one in counts:
        sums[one.subject] += one.count
    named = [language for language, _ in sums.most_common(_LANGUAGES)]
    cells: dict[str, Counter[datetime]] = defaultdict(Counter)
    for one in counts:
        cells[one.subject if one.subject in named else OTHERS][one.started_at] += one.count
    return [
        charts.Series(language_name(language), [cells[language][hour] for hour in hours])
        for language in (*named, OTHERS)
        if language in cells
    ]
