"""When it was published: JSON-LD, meta tags, the address, the dates that the page shows; never out of bounds."""

import email.utils
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from ingest.dates import clamp
from ingest.extract.calendar_text import find_date
from ingest.extract.facts import Facts
from ingest.extract.outline import Block, Outline

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
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d")
_URL_DAY = re.compile(r"[/-](20\d{2}|19\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=\D|$)|/(20\d{2})([01]\d)([0-3]\d)(?=\D|$)")
_LINE = 120
_ABOVE_TITLE = 8
_BELOW_TITLE = 25
_BARE = 40
_AMERICAN = frozenset({"", "en", "en-us", "en_us"})
_IS_UPDATE = re.compile(
    r"\b(?:updated|modified|edited|reviewed|aktualisiert|mis à jour|actualizado|aggiornato)\b", re.IGNORECASE
)
_SHOWN_CLASS = re.compile(r"(?:^|[-_ ])(?:date|published|pubdate|posted|timestamp|time|dateline)", re.IGNORECASE)


def find_published(
    tree: HtmlElement, facts: Facts, page: Outline, url: str | None, now: datetime
) -> tuple[datetime | None, str]:
    """The date of publication (UTC) and its source: json-ld, meta, url, page; (None, "none") without one in bounds."""
    is_american = (facts.language or "").lower() in _AMERICAN
    for text, source in _told(tree, facts, url):
        moment = clamp(parse_date(text), now)
        if moment is not None:
            return moment, source
    moment = _find_shown(page, now, is_american=is_american)
    if moment is not None:
        return moment, "page"
    for text, source in _told_late(facts):
        moment = clamp(parse_date(text), now)
        if moment is not None:
            return moment, source
    return None, "none"


def find_updated(facts: Facts, now: datetime) -> datetime | None:
    """The date of the last change (UTC) that the page names, or None."""
    texts = [facts.article.get("dateModified"), *(facts.first(name) for name in _UPDATED_META)]
    moments = (clamp(parse_date(text), now) for text in texts if isinstance(text, str))
    return next((moment for moment in moments if moment is not None), None)


def parse_date(text: str) -> datetime | None:
    """A moment (UTC) from ISO 8601, RFC 2822 or a written date; a time without zone is taken as UTC."""
    text = text.strip()[:100]
    try:
        return _parse_iso(text) or _parse_mail(text) or find_date(text)
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
    if not _MAIL.match(text):
        return None
    moment = email.utils.parsedate_to_datetime(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(tree: HtmlElement, facts: Facts, url: str | None) -> Iterator[tuple[str, str]]:
    for value in _json_dates(facts):
        if _ISO.search(value) or _COMPACT.match(value):
            yield value, "json-ld"
    for name in _META:
        for value in facts.meta.get(name, [])[:1]:
            yield value, "meta"
    for element in tree.xpath("//*[@itemprop='datePublished']")[:1]:
        yield _date_of(element), "page"
    for match in _URL_DAY.finditer(url or ""):
        yield "-".join(part for part in match.groups() if part), "url"
    for element in _times(tree):
        yield _date_of(element), "page"


def _date_of(element: HtmlElement) -> str:
    told = element.get("datetime") or element.get("content") or element.get("title")
    return told or "".join(element.itertext())


def _told_late(facts: Facts) -> Iterator[tuple[str, str]]:
    """What is believed only where the page shows no date.

    Templates that print JSON-LD dates in words take the day of an import for the day of publication.
    """
    if facts.script_date:
        yield facts.script_date, "page"
    for value in _json_dates(facts):
        yield value, "json-ld"


def _json_dates(facts: Facts) -> list[str]:
    nodes = (facts.article, *facts.nodes)
    values = [node[name] for name in ("datePublished", "dateCreated", "uploadDate") for node in nodes if node.get(name)]
    return [value for value in values if isinstance(value, str)][:5]


def _times(tree: HtmlElement) -> list[HtmlElement]:
    times = list(tree.iter("time"))[:30]
    abbreviations: list[HtmlElement] = tree.xpath("//abbr[contains(@class,'published')]")[:3]
    marked = [time for time in times if time.get("pubdate") is not None or "publish" in (time.get("class") or "")]
    return [*marked[:1], *abbreviations, *times[:1]]


def _find_shown(page: Outline, now: datetime, *, is_american: bool) -> datetime | None:
    """A date in a short line about the title, in a line that is called a date, or at the end; updates come last."""
    updated: datetime | None = None
    for block in _dated_lines(page):
        moment = clamp(find_date(block.text, is_american=is_american), now)
        if moment is not None and not _IS_UPDATE.search(block.text):
            return moment
        updated = updated or moment
    return updated


def _dated_lines(page: Outline) -> Iterator[Block]:
    short = [block for block in page.blocks if len(block.text) <= _LINE and any(map(str.isdigit, block.text))]
    heading = next((block.index for block in page.blocks if block.tag == "h1"), 0)
    yield from (block for block in short if heading < block.index <= heading + _BELOW_TITLE)
    yield from (block for block in short if heading - _ABOVE_TITLE <= block.index <= heading)
    yield from (block for block in short if _SHOWN_CLASS.search(block.element.get("class") or ""))
    yield from (block for block in short if len(block.text) <= _BARE and block.furniture is None)
