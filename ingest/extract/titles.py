"""The title of a page: the heading that is most like what the page's head calls it."""

import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from itertools import islice
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.outline import Outline, clean_line, key_of
from ingest.extract.sitenames import SEPARATOR, SiteNames, site_names

_WORD = re.compile(r"\w+")
_LONGEST = 500
_MOST_HEADINGS = 500
_LIKE_ENOUGH = 0.3
_NAMED_TITLE = ("h2", "h3", "h4")
_HEADINGS = frozenset({"h1", *_NAMED_TITLE})
_TITLE_CLASS = re.compile(
    r"(?:^|\s)(?:[a-z]{1,6}[-_]{1,2})?(?:entry|post|article)[-_]{0,2}(?:title|headline)(?:\s|$)", re.IGNORECASE
)
_VERY_LIKE = 0.8
_SAME = 0.95
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+|blog/?)?", re.IGNORECASE)
_MARKS = " |:\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~-"
_ANNEX = re.compile(r"\s*[|/\u2013\u2014\u00b7\u2022\u00bb>]\s*\S|\s+(?:posted|published|updated|by)\b", re.IGNORECASE)
_SLUG_WORD = re.compile(r"[^\W_]+")
_EXTENSION = re.compile(r"\.\w{2,5}$")
_SHORTEST_SLUG = 5  # words: fewer tell one title from another by accident
_IS_SLUG = 0.9
_CLEARLY = 0.2
_ENTITY = re.compile(r"&#?\w{2,8};")


@dataclass(frozen=True, slots=True)
class _Headings:
    """A page's headings h1 to h4, in document order."""

    elements: tuple[HtmlElement, ...]

    def texts(self, tags: tuple[str, ...]) -> list[str]:
        """What those of these tags say; of h2 to h4 as a group only what its class calls a title."""
        chosen = (element for element in self.elements if element.tag in tags)
        if tags == _NAMED_TITLE:
            chosen = (element for element in chosen if _is_named_title(element))
        texts = (clean_line(" ".join(element.itertext())) for element in chosen)
        return [text for text in texts if text and len(text) <= _LONGEST]


def find_title(page: Outline, facts: Facts, url: str | None = None) -> tuple[str | None, str]:
    """The page's title and where it was found: h1, h2, og, title, json-ld or meta; (None, "none") without one."""
    sites = SiteNames(site_names(facts, url))
    named = (element for element in page.spans if element.tag in _HEADINGS)
    headings = _Headings(tuple(islice(named, _MOST_HEADINGS)))
    found = _below_site_name(headings, facts, page) or _find(headings, facts, sites)
    title, source = _by_address(found, facts, sites, url)
    if title and _ENTITY.search(title):
        title = clean_line(unescape(title))
    return title, source


def _find(headings: _Headings, facts: Facts, sites: SiteNames) -> tuple[str | None, str]:
    names = _names(facts, sites)
    parts = [max(SEPARATOR.split(name), key=len) for name in names]
    for tags, least in ((("h1",), _LIKE_ENOUGH), (("h2", "h3"), _VERY_LIKE), (_NAMED_TITLE, _LIKE_ENOUGH)):
        heading = _most_like(headings.texts(tags), [*names, *parts], least)
        if heading:
            return _without_trail(_without_annex(sites.strip(heading), names), headings), tags[0]
    for text, source in _told(facts):
        if text and (title := clean_line(text[:_LONGEST])):
            return sites.strip(title), source
    heading = next(iter(headings.texts(("h1",))), None)
    return (heading, "h1") if heading else (None, "none")


def _below_site_name(headings: _Headings, facts: Facts, page: Outline) -> tuple[str, str] | None:
    """Blogs call the blog h1 and the post h2 to h4: the heading that is the rest of a <title> that opens or ends so.

    In the oldest templates the post's title is a line without a heading.
    """
    title = facts.title or ""
    for site in _headings_that_lead_home(headings) if title else []:
        rest = title.removeprefix(site) if title.startswith(site) else title.removesuffix(site)
        bare = rest.strip(_MARKS)
        if bare and rest != title:
            heading = _most_like(headings.texts(("h1", *_NAMED_TITLE)), [bare], _SAME)
            if heading:
                return heading, "h2"
            return (bare, "title") if any(block.key == key_of(bare) for block in page.blocks) else None
    return None


def _headings_that_lead_home(headings: _Headings) -> list[str]:
    first = [element for element in headings.elements if element.tag == "h1"][:2]
    links = [(heading, link) for heading in first for link in heading.iter("a")]
    return [
        clean_line(" ".join(heading.itertext())) for heading, link in links if _HOME.fullmatch(link.get("href") or "")
    ]


def _told(facts: Facts) -> list[tuple[str | None, str]]:
    headline = facts.article.get("headline") or facts.article.get("name")
    return [
        (facts.first("og:title"), "og"),
        (facts.title, "title"),
        (headline if isinstance(headline, str) else None, "json-ld"),
        (facts.first("twitter:title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "title"), "meta"),
    ]


def _by_address(
    found: tuple[str | None, str], facts: Facts, sites: SiteNames, url: str | None
) -> tuple[str | None, str]:
    """What the address spells out, where the title that was found is another: a title of two that the page has."""
    slug = slug_of(url)
    own = likeness(slug, found[0] or "") if len(slug.split()) >= _SHORTEST_SLUG else 1.0
    if own > 1 - _CLEARLY:
        return found
    told = [(sites.strip(clean_line(text[:_LONGEST])), source) for text, source in _told(facts) if text]
    best = max(((likeness(slug, text), text, source) for text, source in told), default=(0.0, "", ""))
    is_clear = best[0] >= _IS_SLUG and best[0] >= own + _CLEARLY
    return best[1:] if is_clear else found


def slug_of(url: str | None) -> str:
    """The words of the longest part of an address's path."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return ""
    parts = (" ".join(_SLUG_WORD.findall(_EXTENSION.sub("", part))) for part in path.split("/"))
    return max(parts, key=len)


def _without_annex(heading: str, names: list[str]) -> str:
    """A heading that begins with the title and goes on behind a mark (a date, a byline, the section) is the title."""
    for name in names:
        rest = heading[len(name) :]
        if heading.startswith(name) and _ANNEX.match(rest) and len(name) >= len(heading) / 3:
            return name
    return heading


def _without_trail(title: str, headings: _Headings) -> str:
    """A heading with sections behind bars is as long as another heading says it alone."""
    first, bar, _ = title.partition(" | ")
    return first if bar and first in headings.texts(("h1", "h2", "h3")) else title


def likeness(one: str, other: str) -> float:
    """How much two titles share: F1 of their lower-cased words, 0 to 1."""
    return _share(_count(one), _count(other))


def _count(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.lower()))


def _share(words: Counter[str], others: Counter[str]) -> float:
    return 2 * (words & others).total() / max(1, words.total() + others.total())


def _names(facts: Facts, sites: SiteNames) -> list[str]:
    headline = facts.article.get("headline")
    told = [facts.first("og:title"), facts.title, headline if isinstance(headline, str) else None]
    return [sites.strip(name[:_LONGEST]) for name in told if name]


def _is_named_title(element: HtmlElement) -> bool:
    """Blogs put the post's title below h1, which is the blog's own name, and call it by its class."""
    return _TITLE_CLASS.search(element.get("class") or "") is not None


def _most_like(headings: list[str], names: list[str], least: float) -> str | None:
    counts = [_count(name) for name in dict.fromkeys(names)]
    best, most = "", 0.0
    for heading in headings if counts else ():
        words = _count(heading)
        share = max(_share(words, other) for other in counts)
        if share > most:
            best, most = heading, share
    return best if best and most >= least else None
