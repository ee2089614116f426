"""When it was published: JSON-LD, meta tags, the address, the dates that the page shows; never out of bounds."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from ingest.dates import clamp
from ingest.extract.calendar_text import month_number
from ingest.extract.facts import Facts
from ingest.extract.moments import Calendar, is_american, is_exact, parse_date
from ingest.extract.shown import Shown
from ingest.extract.shown_dates import find_near, find_shown
from ingest.extract.zones import in_own_zone

__all__ = ["find_published", "find_updated", "parse_date"]

_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publication_date", "dc.date.issued", "dcterms.issued",
    "dc.date", "dcterms.created", "dcterms.date", "dc.date.created", "date", "cxenseparse:recs:publishtime", "ptime",
    "og:published_time", "article.published", "published", "citation_publication_date", "citation_online_date",
    "citation_date", "rnews:datepublished", "vr:published_time", "mediator_published_time", "displaydate",
    "publication-date", "date.issued", "published-date", "publish_date", "og:publish_date", "publisheddate", "date-pub",
    "published_at", "published-time", "article:first_published_time", "originalpublicationdate",
)  # fmt: skip
_UPDATED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "article:modified", "lastmod", "last-modified", "modified-date", "og:modified_time",
)  # fmt: skip
_URL_DAY = re.compile(
    r"[/-](20\d{2}|19\d{2})[/-](\d{1,2}|[a-z]{3,9})[/-](\d{1,2})(?=\D|$)|/(20\d{2})([01]\d)([0-3]\d)(?=\D|$)",
    re.IGNORECASE,
)


def find_published(facts: Facts, shown: Shown, url: str | None, now: datetime) -> tuple[datetime | None, str]:
    """The date of publication, in the zone that it is told in, and its source: json-ld, meta, url, page.

    (None, "none") where nothing tells one in bounds.
    """
    calendar = Calendar(now, is_american=is_american(facts, url))
    for text, source in _told(facts, url):
        moment = calendar.read(text)
        if moment is None:
            continue
        if source == "json-ld" and moment == _stamp(facts, calendar):
            # A template that stamps both with the day of an import: what the page shows is older and true.
            older = find_near(shown, calendar)
            if older is not None and older.date() < moment.date():
                return older, "page"
        return in_own_zone(moment, shown, next(_days_in(url, calendar), None)), source
    moment = find_shown(shown, calendar)
    if moment is not None:
        return moment, "page"
    for text, source in _told_late(facts):
        moment = calendar.read(text)
        if moment is not None:
            return moment, source
    return None, "none"


def find_updated(facts: Facts, now: datetime) -> tuple[datetime | None, str]:
    """The date of the last change that the page names and its source: json-ld, meta; (None, "none")."""
    values = _in_nodes(facts, ("dateModified",))
    told = [*((value, "json-ld") for value in values), *((facts.first(name), "meta") for name in _UPDATED_META)]
    for text, source in told:
        moment = clamp(parse_date(text), now) if text else None
        if moment is not None:
            return moment, source
    return None, "none"


def _told(facts: Facts, url: str | None) -> Iterator[tuple[str, str]]:
    """What the head and the address say, where it cannot be misread."""
    for value in _in_nodes(facts, ("datePublished", "dateCreated", "uploadDate")):
        if is_exact(value):
            yield value, "json-ld"
    for name, value in _in_meta(facts):
        # In words a plain "date" is often the server's own.
        if is_exact(value) or (name != "date" and any(map(str.isalpha, value))):
            yield value, "meta"
    for year, month, day in _url_days(url):
        yield f"{year}-{month}-{day}", "url"


def _told_late(facts: Facts) -> Iterator[tuple[str, str]]:
    """What is believed only where the page shows no date.

    Templates that print JSON-LD dates in words take the day of an import for the day of publication, and 03-09-2026
    is March or September.
    """
    for _, value in _in_meta(facts):
        yield value, "meta"
    if facts.script_date:
        yield facts.script_date, "page"
    for value in _in_nodes(facts, ("datePublished", "dateCreated", "uploadDate")):
        yield value, "json-ld"


def _in_meta(facts: Facts) -> list[tuple[str, str]]:
    return [(name, facts.meta[name][0]) for name in _META if name in facts.meta]


def _in_nodes(facts: Facts, names: Iterable[str]) -> list[str]:
    """Dates of the article's own object, then of the other objects that may be the page."""
    nodes = (facts.article, *facts.nodes)
    values = [node[name] for name in names for node in nodes if node.get(name)]
    return [value for value in values if isinstance(value, str)][:5]


def _stamp(facts: Facts, calendar: Calendar) -> datetime | None:
    """The moment of change in the article's JSON-LD."""
    value = facts.article.get("dateModified")
    return calendar.read(value) if isinstance(value, str) else None


def _days_in(url: str | None, calendar: Calendar) -> Iterator[str]:
    days = (calendar.read("-".join(parts)) for parts in _url_days(url))
    return (day.date().isoformat() for day in days if day)


def _url_days(url: str | None) -> Iterator[tuple[str, str, str]]:
    for match in _URL_DAY.finditer(url or ""):
        year, month, day = (part for part in match.groups() if part)
        number = month if month.isdigit() else month_number(month)
        if number:
            yield year, str(number), day
