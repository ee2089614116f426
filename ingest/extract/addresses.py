"""An article's own address: what the page calls canonical, where that can be believed."""

import re
from urllib.parse import urlsplit

from ingest.extract.facts import Facts
from ingest.urls import clean_url, is_web_url, resolve

_MIRROR = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_BLOGSPOT = re.compile(r"\.blogspot\.[a-z.]{2,6}$")


def find_addresses(facts: Facts, url: str) -> tuple[str, str | None]:
    """The canonical address on the page's own site, and the original on another site that the page names.

    Only an address on the same site counts as the page's own: with another's, a page could pass for that
    other's article.
    """
    for told in (facts.canonical, facts.first("og:url")):
        named = resolve(url, told) if told else None
        if named is None or not is_web_url(named) or _is_front_page(named, url):
            continue
        if is_same_site(named, url):
            return clean_url(named), None
        return clean_url(url), clean_url(named)
    return clean_url(url), None


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one site: the same host but for www, m and amp, or one below the other."""
    first, second = (_site_of(address) for address in (one, other))
    return bool(first and second) and (first == second or first.endswith("." + second) or second.endswith("." + first))


def _site_of(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return _BLOGSPOT.sub(".blogspot.com", _MIRROR.sub("", host.lower()))


def _is_front_page(address: str, url: str) -> bool:
    """A canonical that names a front page, from a page below one, is a template's mistake."""
    parts, own = urlsplit(address), urlsplit(url)
    return not (parts.path.strip("/") or parts.query) and bool(own.path.strip("/") or own.query)
