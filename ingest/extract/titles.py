"""The title of a page: the heading that is most like what the page's head calls it."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.outline import clean_line, key_of

_WORD = re.compile(r"\w+")
_SITE_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~:-]+\s+|\s*[|\u00bb]\s*")
_LONGEST = 500
_LIKE_ENOUGH = 0.3
_NAMED_TITLE = ("h2", "h3", "h4")
_TITLE_CLASS = re.compile(r"(?:^|\s)(?:entry|post|article)[-_]?title(?:\s|$)", re.IGNORECASE)
_VERY_LIKE = 0.8
_SAME = 0.95
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+|blog/?)?", re.IGNORECASE)
_MARKS = " |:\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~-"
_SHORTEST_SITE = 3
_ANNEX = re.compile(r"\s*[|/\u2013\u2014\u00b7\u2022\u00bb>]\s*\S|\s+(?:posted|published|updated|by)\b", re.IGNORECASE)


def find_title(tree: HtmlElement, facts: Facts) -> tuple[str | None, str]:
    """The page's title and where it was found: h1, h2, og, title or json-ld; (None, "none") without one."""
    names, sites = _names(facts), _site_names(facts)
    parts = [max(_SITE_SEPARATOR.split(name), key=len) for name in names]
    if below := _below_site_name(tree, facts):
        return below
    for tags, least in ((("h1",), _LIKE_ENOUGH), (("h2", "h3"), _VERY_LIKE), (_NAMED_TITLE, _LIKE_ENOUGH)):
        heading = _most_like(_headings(tree, tags), [*names, *parts], least)
        if heading:
            return _without_annex(strip_site(heading, sites), names), tags[0]
    for text, source in _told(facts):
        if text and (title := clean_line(text[:_LONGEST])):
            return strip_site(title, sites), source
    heading = next(iter(_headings(tree, ("h1",))), None)
    return (heading, "h1") if heading else (None, "none")


def _below_site_name(tree: HtmlElement, facts: Facts) -> tuple[str, str] | None:
    """Blogs call the blog h1 and the post h2 to h4: the heading that is the rest of a <title> that opens or ends so."""
    title = facts.title or ""
    for site in _headings_that_lead_home(tree) if title else []:
        rest = title.removeprefix(site) if title.startswith(site) else title.removesuffix(site)
        bare = rest.strip(_MARKS)
        if bare and rest != title:
            heading = _most_like(_headings(tree, ("h1", *_NAMED_TITLE)), [bare], _SAME)
            return (heading, "h2") if heading else None
    return None


def _headings_that_lead_home(tree: HtmlElement) -> list[str]:
    links = [(heading, link) for heading in list(tree.iter("h1"))[:2] for link in heading.iter("a")]
    return [
        clean_line(" ".join(heading.itertext())) for heading, link in links if _HOME.fullmatch(link.get("href") or "")
    ]


def _told(facts: Facts) -> list[tuple[str | None, str]]:
    headline = facts.article.get("headline") or facts.article.get("name")
    return [
        (facts.first("og:title"), "og"),
        (facts.title, "title"),
        (headline if isinstance(headline, str) else None, "json-ld"),
        (facts.first("twitter:title", "dc.title", "title"), "meta"),
    ]


def _without_annex(heading: str, names: list[str]) -> str:
    """A heading that begins with the title and goes on behind a mark (a date, a byline, the section) is the title."""
    for name in names:
        rest = heading[len(name) :]
        if heading.startswith(name) and _ANNEX.match(rest) and len(name) >= len(heading) / 3:
            return name
    return heading


def likeness(one: str, other: str) -> float:
    """How much two titles share: F1 of their lower-cased words, 0 to 1."""
    words, others = Counter(_WORD.findall(one.lower())), Counter(_WORD.findall(other.lower()))
    shared = sum((words & others).values())
    return 2 * shared / max(1, sum(words.values()) + sum(others.values()))


def strip_site(title: str, sites: Iterable[str]) -> str:
    """A title without the site's name at its end or start; ``sites`` are names, or hosts, of the site."""
    known = [letters for name in sites if (letters := key_of(name))]
    for match in reversed(list(_SITE_SEPARATOR.finditer(title))):
        if _is_site(title[match.end() :], known) and title[: match.start()].strip():
            return strip_site(title[: match.start()].strip(), sites)
    first = _SITE_SEPARATOR.search(title)
    if first and _is_site(title[: first.start()], known) and title[first.end() :].strip():
        return title[first.end() :].strip()
    return title


def _is_site(part: str, known: list[str]) -> bool:
    key = key_of(part)
    return len(key) >= _SHORTEST_SITE and any(
        key == name
        or (len(key) * 3 >= len(name) and name.startswith(key))
        or (len(name) * 2 >= len(key) and name in key)
        for name in known
        if len(name) >= _SHORTEST_SITE
    )


def _names(facts: Facts) -> list[str]:
    sites = _site_names(facts)
    headline = facts.article.get("headline")
    told = [facts.first("og:title"), facts.title, headline if isinstance(headline, str) else None]
    return [strip_site(name[:_LONGEST], sites) for name in told if name]


def _site_names(facts: Facts) -> list[str]:
    publisher = facts.by_id(facts.article.get("publisher"))
    name = publisher.get("name") if isinstance(publisher, dict) else None
    host = urlsplit(facts.canonical or facts.first("og:url") or "").hostname or ""
    names = (facts.first("og:site_name", "application-name"), name, host.removeprefix("www.").rpartition(".")[0])
    return [text for text in names if isinstance(text, str) and text]


def _headings(tree: HtmlElement, tags: tuple[str, ...]) -> list[str]:
    elements = (element for element in tree.iter(*tags) if tags != _NAMED_TITLE or _is_named_title(element))
    texts = (clean_line(" ".join(element.itertext())) for element in elements)
    return [text for text in texts if text and len(text) <= _LONGEST]


def _is_named_title(element: HtmlElement) -> bool:
    """Blogs put the post's title below h1, which is the blog's own name, and call it by its class."""
    return _TITLE_CLASS.search(element.get("class") or "") is not None


def _most_like(headings: list[str], names: list[str], least: float) -> str | None:
    scored = [(max(likeness(heading, name) for name in names), heading) for heading in headings] if names else []
    best = max(scored, key=lambda item: item[0], default=(0.0, ""))
    return best[1] if best[0] >= least else None
