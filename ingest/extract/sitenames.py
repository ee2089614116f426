"""What a site is called, and titles without it."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ingest.extract.facts import Facts
from ingest.extract.outline import key_of
from ingest.suffixes import registrable_domain

SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab\u203a~:-]+\s+|\s*[|\u00bb]\s*")
_WORD = re.compile(r"\w+")
_SHORTEST_SITE = 3
_SHORTEST_INITIALS = 2


def site_names(facts: Facts, url: str | None = None) -> list[str]:
    """What the site is called: by the page's head, and by its host."""
    publisher = facts.by_id(facts.article.get("publisher"))
    name = publisher.get("name") if isinstance(publisher, dict) else None
    host = host_in(facts.canonical or facts.first("og:url") or "") or host_in(url or "")
    bare = host.removeprefix("www.").rpartition(".")[0]
    domain = (registrable_domain(host) or "").partition(".")[0]
    names = (facts.first("og:site_name"), facts.first("application-name"), name, bare, domain)
    return list(dict.fromkeys(text for text in names if isinstance(text, str) and text))


def host_in(url: str) -> str:
    """The host of an address, empty where it has none or is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class SiteNames:
    """The names of one site, by key and by initials."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take names, or hosts, of the site."""
        told = list(names)
        self._known = [key for name in told if len(key := key_of(name)) >= _SHORTEST_SITE]
        self._initials = {initials for name in told if (initials := _initials(name))}

    def strip(self, title: str) -> str:
        """A title without the site's name at its end or start."""
        marks = list(SEPARATOR.finditer(title))
        for match in reversed(marks):
            last = title[match.end() :]
            if (self._has(last) or last in self._initials) and title[: match.start()].strip():
                return self.strip(title[: match.start()].strip())
        if marks and self._has(title[: marks[0].start()]) and title[marks[0].end() :].strip():
            return title[marks[0].end() :].strip()
        return title

    def _has(self, part: str) -> bool:
        key = key_of(part)
        return len(key) >= _SHORTEST_SITE and any(
            key == name
            or (len(key) * 3 >= len(name) and name.startswith(key))
            or (len(name) * 2 >= len(key) and name in key)
            for name in self._known
        )


def _initials(name: str) -> str:
    """As "World Future Awards" is WFA; empty for one word."""
    letters = "".join(word[0] for word in _WORD.findall(name) if word[0].isupper()) if " " in name else ""
    return letters if len(letters) >= _SHORTEST_INITIALS else ""
