"""When it was published: JSON-LD, meta tags, the address, the page's own times; never out of bounds."""

import email.utils
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import htmldate
from lxml.html import HtmlElement

from ingest.dates import FUTURE_TOLERANCE, clamp
from ingest.extract.facts import Facts

_META = (
    "article:published_time", "og:article:published_time", "article:published", "datepublished", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publication_date", "dc.date.issued", "dc.date",
    "dcterms.created", "dcterms.date", "date", "cxenseparse:recs:publishtime", "ptime", "og:published_time",
    "article.published", "citation_publication_date", "citation_date", "rnews:datepublished",
)  # fmt: skip
_UPDATED_META = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?$")
_URL_DAY = re.compile(r"/(20\d{2}|19\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)|/(20\d{2})(\d{2})(\d{2})(?=[/-]|$)")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?\s+(\d{4})\b", re.IGNORECASE)
_MONTH_DAY = re.compile(r"\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b", re.IGNORECASE)


def find_published(tree: HtmlElement, facts: Facts, url: str | None, now: datetime) -> tuple[datetime | None, str]:
    """The date of publication (UTC) and its source: json-ld, meta, url, page; (None, "none") without one in bounds."""
    for text, source in _told(tree, facts, url):
        moment = clamp(parse_date(text), now)
        if moment is not None:
            return moment, source
    return _guess(tree, now)


def find_updated(facts: Facts, now: datetime) -> datetime | None:
    """The date of the last change (UTC) that the page names, or None."""
    texts = [facts.article.get("dateModified"), *(facts.first(name) for name in _UPDATED_META)]
    moments = (clamp(parse_date(text), now) for text in texts if isinstance(text, str))
    return next((moment for moment in moments if moment is not None), None)


def parse_date(text: str) -> datetime | None:
    """A moment (UTC) from ISO 8601, RFC 2822 or an English date; a time without zone is taken as UTC."""
    text = text.strip()[:100]
    try:
        return _parse_iso(text) or _parse_mail(text) or _parse_english(text)
    except (ValueError, OverflowError):
        return None


def _parse_iso(text: str) -> datetime | None:
    compact = _COMPACT.match(text)
    if compact:
        return datetime(int(compact[1]), int(compact[2]), int(compact[3]), tzinfo=UTC)
    match = _ISO.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    moment = datetime(year, month, day, min(hour, 23), minute, min(second, 59), tzinfo=UTC)
    return moment - _offset(match[7])


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def _parse_mail(text: str) -> datetime | None:
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d", text):
        return None
    moment = email.utils.parsedate_to_datetime(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse_english(text: str) -> datetime | None:
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2))):
        match = pattern.search(text)
        month = _MONTHS.get(match[order[1]][:3].lower()) if match else None
        if match and month:
            return datetime(int(match[order[0]]), month, int(match[order[2]]), tzinfo=UTC)
    return None


def _told(tree: HtmlElement, facts: Facts, url: str | None) -> Iterator[tuple[str, str]]:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        value = next((node[name] for node in (facts.article, *facts.nodes) if node.get(name)), None)
        if isinstance(value, str):
            yield value, "json-ld"
    for name in _META:
        for value in facts.meta.get(name, [])[:1]:
            yield value, "meta"
    for element in tree.xpath("//*[@itemprop='datePublished']")[:1]:
        yield (
            element.get("datetime") or element.get("content") or element.get("title") or element.text_content(),
            "page",
        )
    for match in _URL_DAY.finditer(url or ""):
        yield "-".join(part for part in match.groups() if part), "url"
    for element in _times(tree):
        yield element.get("datetime") or element.get("title") or element.text_content(), "page"


def _times(tree: HtmlElement) -> list[HtmlElement]:
    times = list(tree.iter("time"))[:30]
    abbreviations: list[HtmlElement] = tree.xpath("//abbr[contains(@class,'published')]")[:3]
    marked = [time for time in times if time.get("pubdate") is not None or "publish" in (time.get("class") or "")]
    return [*marked[:1], *abbreviations, *times[:1]]


def _guess(tree: HtmlElement, now: datetime) -> tuple[datetime | None, str]:
    latest = (now + FUTURE_TOLERANCE).strftime("%Y-%m-%d")
    try:
        day = htmldate.find_date(
            tree, original_date=True, extensive_search=True, max_date=latest, min_date="1990-01-01"
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        # htmldate fails on some odd trees; a page without a date is an outcome, not an error.
        day = None
    moment = clamp(parse_date(day), now) if day else None
    return (moment, "page") if moment is not None else (None, "none")
