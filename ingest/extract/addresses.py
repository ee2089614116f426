"""An article's own address: what the page calls canonical, where that can be believed."""

import re
from urllib.parse import unquote, urlsplit

from ingest.extract.facts import Facts
from ingest.urls import clean_url, is_web_url, resolve

_MIRROR = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_BLOGSPOT = re.compile(r"\.blogspot\.[a-z.]{2,6}$")
# Where pages are made ready: a template that was not told its place names itself.
_WORKSHOP = re.compile(
    r"^(?:localhost|127\.|10\.|192\.168\.)|^(?:staging|stage|stg|dev|test|preview|preprod|uat|cms|origin|backend|admin)\d*[.-]"
    r"|\.(?:local|localhost|test|internal|invalid)$"
)
_BLANK = re.compile(
    r"(?:^|[/=])(?:undefined|null|none|nan|\[object[^/]*\]|\{\{?[^/]*|%7b[^/]*)(?:/|$)|\{\{|\$\{", re.IGNORECASE
)
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){2,}")


def find_addresses(facts: Facts, url: str) -> tuple[str, str, str | None]:
    """The canonical address on the page's own site with its source (link, og, url), and the original elsewhere.

    Only an address on the same site counts as the page's own: with another's, a page could pass for that
    other's article. The original is the address on another site that the page names, or None.
    """
    for told, source in ((facts.canonical, "link"), (facts.first("og:url"), "og")):
        named = resolve(url, told) if told else None
        if named is None or not is_web_url(named) or not _is_believable(named, url):
            continue
        if is_same_site(named, url):
            return clean_url(named), source, None
        return clean_url(url), "url", clean_url(named)
    return clean_url(url), "url", None


def find_original(facts: Facts, url: str) -> str | None:
    """The address on another site that the article is based on, as its JSON-LD says (schema.org, ``isBasedOn``)."""
    stated = (facts.article.get(name) for name in ("isBasedOn", "isBasedOnUrl"))
    for told in (one for value in stated for one in (value if isinstance(value, list) else [value])):
        address = told.get("url") or told.get("@id") if isinstance(told, dict) else told
        named = resolve(url, address) if isinstance(address, str) else None
        if named is not None and is_web_url(named) and not is_same_site(named, url) and _is_believable(named, url):
            return clean_url(named)
    return None


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


def _is_believable(address: str, url: str) -> bool:
    """Not of a workshop, not a template's blank, not the front page or the section that the page is in."""
    parts, own = urlsplit(address), urlsplit(url)
    is_workshop = _WORKSHOP.search(parts.hostname or "") and not _WORKSHOP.search(own.hostname or "")
    if is_workshop and _site_of(address) != _site_of(url):
        return False
    return not (_BLANK.search(unquote(parts.path)) or _is_front_page(address, url) or _is_section(parts.path, own.path))


def _is_front_page(address: str, url: str) -> bool:
    """A canonical that names a front page, from a page below one, is a template's mistake."""
    parts, own = urlsplit(address), urlsplit(url)
    return not (parts.path.strip("/") or parts.query) and bool(own.path.strip("/") or own.query)


def _is_section(path: str, own: str) -> bool:
    """An address above the page's own that leaves out what names the article; /rope above /rope/page/2 does not."""
    section = path.rstrip("/") + "/"
    return own.startswith(section) and bool(_SLUG.search(own[len(section) :])) and not _SLUG.search(path)
