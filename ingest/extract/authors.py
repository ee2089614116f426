"""Who wrote it: people, not the outlet and not "admin"; nobody where nobody is named."""

import re
from typing import Any

from ingest.extract.bylines import find_byline, find_bylines
from ingest.extract.facts import Facts, types_of
from ingest.extract.names import is_login, people_in
from ingest.extract.outline import key_of
from ingest.extract.shown import Shown
from ingest.extract.sitenames import host_in

_MOST = 10
_META = (
    "author", "article:author", "byl", "parsely-author", "sailthru.author", "citation_author", "citation_authors",
    "dc.creator", "dc:creator", "dcterms.creator", "og:author", "og:article:author", "authors", "creator",
    "author_name",
)  # fmt: skip
_NO_NAME = re.compile(r"^(?:https?:|/|www\.)|\w:\s")  # an address, or a list of credits: "design: Ann Lee"
_ORGANIZATIONS = ("organization", "corporation", "website", "business")


def find_authors(facts: Facts, shown: Shown) -> tuple[tuple[str, ...], str]:
    """The page's authors and where they were found: json-ld, meta, page; ((), "none") where none is named."""
    outlets = _outlets(facts)
    doubtful: list[tuple[tuple[str, ...], str]] = []
    for names, source in ((_from_json(facts), "json-ld"), (_from_meta(facts), "meta")):
        people = people_in(names, outlets)
        if not people:
            continue
        if all(is_login(name) or key_of(name) in outlets for name in people):
            doubtful.append((people, source))
        else:
            return _completed(people, source, shown, outlets)
    for names in find_bylines(shown):
        if people := people_in(names, outlets):
            # Beside a person the outlet is the employer; alone it may be the name of the person whose site it is.
            return tuple(name for name in people if key_of(name) not in outlets) or people, "page"
    return doubtful[0] if doubtful else ((), "none")


def find_stated_authors(facts: Facts) -> tuple[tuple[str, ...], str]:
    """The authors that the page's head states, and where: json-ld, meta; ((), "none") where it states none."""
    outlets = _outlets(facts)
    for names, source in ((_from_json(facts), "json-ld"), (_from_meta(facts), "meta")):
        if people := people_in(names, outlets):
            return people, source
    return (), "none"


def _completed(
    people: tuple[str, ...], source: str, shown: Shown, outlets: frozenset[str]
) -> tuple[tuple[str, ...], str]:
    """What the page's head says; the byline's names where that has the one author of the head and others too."""
    if len(people) > 1:
        return people, source
    shown_people = tuple(name for name in find_byline(shown) if key_of(name) not in outlets)
    is_more = len(shown_people) > 1 and any(key_of(people[0]) in key_of(name) for name in shown_people)
    return (shown_people, "page") if is_more else (people, source)


def _outlets(facts: Facts) -> frozenset[str]:
    publisher = facts.by_id(facts.article.get("publisher"))
    names = [facts.first("og:site_name"), facts.first("application-name"), facts.first("twitter:site")]
    names += [publisher.get("name")] if isinstance(publisher, dict) else []
    host = host_in(facts.canonical or facts.first("og:url") or "")
    names += [host, host.removeprefix("www."), host.removeprefix("www.").split(".")[0]]
    return frozenset(key for name in names if isinstance(name, str) and (key := key_of(name)))


def _from_json(facts: Facts) -> list[str]:
    nodes = [facts.article] if facts.article else list(facts.nodes)
    names: list[str] = []
    for node in nodes:
        names += _names_in(node.get("author") or node.get("creator"), facts)
    return names


def _names_in(author: Any, facts: Facts) -> list[str]:
    if isinstance(author, list):
        return [name for item in author[:_MOST] for name in _names_in(item, facts)]
    node = facts.by_id(author)
    if isinstance(node, dict):
        is_outlet = any(name.endswith(_ORGANIZATIONS) for name in types_of(node)) and "person" not in types_of(node)
        return [] if is_outlet else _names_in(node.get("name"), facts)
    return [node] if isinstance(node, str) and not node.startswith(("http", "#", "/")) else []


def _from_meta(facts: Facts) -> list[str]:
    for name in _META:
        values = [value for value in facts.meta.get(name, []) if not _NO_NAME.search(value)]
        if people_in(values):
            return values
    return []
