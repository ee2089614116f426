"""The title of a page: the heading that is most like what the page's head calls it."""

import re
from collections import Counter
from collections.abc import Iterable

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.outline import clean_line

_WORD = re.compile(r"\w+")
_SITE_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~:-]+\s+|\s*[|\u00bb]\s*")
_LONGEST = 1_000
_LIKE_ENOUGH = 0.3
_VERY_LIKE = 0.8


def find_title(tree: HtmlElement, facts: Facts) -> tuple[str | None, str]:
    """The page's title and where it was found: h1, h2, og, title or json-ld; (None, "none") without one."""
    names = _names(facts)
    for tags, least in ((("h1",), _LIKE_ENOUGH), (("h2", "h3"), _VERY_LIKE)):
        heading = _most_like(_headings(tree, tags), names, least)
        if heading:
            return heading, tags[0]
    headline = facts.article.get("headline") or facts.article.get("name")
    told = (
        (facts.first("og:title"), "og"),
        (facts.title, "title"),
        (headline if isinstance(headline, str) else None, "json-ld"),
        (facts.first("twitter:title", "dc.title", "title"), "meta"),
    )
    for text, source in told:
        if text and (title := clean_line(text)):
            return strip_site(title, _site_names(facts))[:_LONGEST], source
    heading = next(iter(_headings(tree, ("h1",))), None)
    return (heading, "h1") if heading else (None, "none")


def likeness(one: str, other: str) -> float:
    """How much two titles share: F1 of their lower-cased words, 0 to 1."""
    words, others = Counter(_WORD.findall(one.lower())), Counter(_WORD.findall(other.lower()))
    shared = sum((words & others).values())
    return 2 * shared / max(1, sum(words.values()) + sum(others.values()))


def strip_site(title: str, site_names: Iterable[str]) -> str:
    """A title without the site's name at its end or start."""
    parts = _SITE_SEPARATOR.split(title)
    known = [name for name in site_names if name]
    if len(parts) > 1:
        for part, rest in ((parts[-1], title[: title.rfind(parts[-1])]), (parts[0], title[len(parts[0]) :])):
            if any(likeness(part, name) >= _VERY_LIKE for name in known) and rest.strip(
                " |-\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~:"
            ):
                return rest.strip(" |-\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~:")
    return title


def _names(facts: Facts) -> list[str]:
    sites = _site_names(facts)
    headline = facts.article.get("headline")
    told = [facts.first("og:title"), facts.title, headline if isinstance(headline, str) else None]
    names = [strip_site(name, sites) for name in told if name]
    longest = [max(parts, key=len) for name in names if len(parts := _SITE_SEPARATOR.split(name)) > 1]
    return [*names, *longest]


def _site_names(facts: Facts) -> list[str]:
    publisher = facts.by_id(facts.article.get("publisher"))
    name = publisher.get("name") if isinstance(publisher, dict) else None
    return [text for text in (facts.first("og:site_name", "application-name"), name) if isinstance(text, str)]


def _headings(tree: HtmlElement, tags: tuple[str, ...]) -> list[str]:
    texts = (clean_line(" ".join(element.itertext())) for element in tree.iter(*tags))
    return [text for text in texts if text and len(text) <= _LONGEST]


def _most_like(headings: list[str], names: list[str], least: float) -> str | None:
    scored = [(max(likeness(heading, name) for name in names), heading) for heading in headings] if names else []
    best = max(scored, key=lambda item: item[0], default=(0.0, ""))
    return best[1] if best[0] >= least else None
