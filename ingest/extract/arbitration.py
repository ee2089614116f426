"""Feed against page: whose title, authors and date are believed where both have one."""

import re
from collections.abc import Iterable
from datetime import datetime

from ingest.extract.names import is_desk, is_login, is_person
from ingest.extract.outline import key_of
from ingest.extract.sitenames import SiteNames
from ingest.extract.titles import likeness

_CUT_OFF = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?)\s*$")
_NO_TITLE = re.compile(
    r"^(?:\(?(?:untitled|no title|title|null|none|undefined|ohne titel|sans titre|sin título|senza titolo|sem título|"
    r"без названия|無題|无标题)\)?(?: (?:post|document|entry))?|https?://\S+|[\d\W]+)$",
    re.IGNORECASE,
)
_ALIKE = 0.5


def choose_title(feed: str | None, page: str | None, sites: Iterable[str]) -> str | None:
    """The feed's title without the site's name; the page's where the feed's is none or breaks off.

    ``sites`` are the names of the feed and of the page's site.
    """
    names = list(sites)
    told = SiteNames(names).strip(feed) if feed else ""
    if not told or _NO_TITLE.match(told) or key_of(told) in {key_of(name) for name in names}:
        return page or feed
    return page if page and _goes_on(told, page) else told


def _goes_on(told: str, page: str) -> bool:
    """Whether a title breaks off and the page has the whole of it."""
    cut = _CUT_OFF.search(told)
    if cut is None:
        return False
    start = key_of(told[: cut.start()])
    return bool(start) and (key_of(page).startswith(start) or likeness(told, page) >= _ALIKE)


def is_doubtful(authors: tuple[str, ...], sites: Iterable[str]) -> bool:
    """Whether a feed's authors say no person: the site itself, a desk, an account."""
    outlets = {key_of(name) for name in sites}
    return all(key_of(name) in outlets or is_desk(name) or is_login(name) for name in authors)


def choose_authors(feed: tuple[str, ...], page: tuple[str, ...], sites: Iterable[str]) -> tuple[str, ...]:
    """The feed's authors; the page's people where the feed names none, or one of several.

    The site's own name is no author, from wherever: "Pier Gazette" wrote nothing.
    """
    names = list(sites)
    if not feed:
        return page
    if is_doubtful(feed, names):
        outlets = {key_of(name) for name in names}
        return page or tuple(name for name in feed if key_of(name) not in outlets)
    keys = {key_of(name) for name in page}
    is_part = len(page) > len(feed) and all(key_of(name) in keys for name in feed) and all(map(is_person, page))
    return page if is_part else feed


def choose_published(
    feed: tuple[datetime | None, datetime | None], page: tuple[datetime | None, str]
) -> tuple[datetime | None, str]:
    """The moment of publication and its source.

    The feed's (published, updated) comes first; but a feed that gives one moment for both may know only of the change
    (Atom needs no more, RFC 4287 4.2.15), and a page whose head states an earlier day knows better.
    """
    published, updated = feed
    moment, source = page
    if published is None:
        return moment, source
    is_change = published == updated and source in {"json-ld", "meta"}
    if is_change and moment is not None and moment.date() < published.date():
        return moment, source
    return published, "feed"
