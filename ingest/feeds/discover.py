"""Where a page says that its feeds are (rules 51-55). Pure: gives addresses, fetches none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from ingest.feeds.encoding import decode_document
from ingest.feeds.sites import rewrite
from ingest.text import plain_title
from ingest.urls import dedupe_form, is_web_url, resolve

# Asked in this order, and only where a page names no feed; the first that is one ends it (rule 54).
GUESSES = ("/feed", "/rss", "/atom.xml", "/index.xml", "/feed.json", "/rss.xml")

FEED_TYPES = frozenset(
    {
        "application/atom+xml",
        "application/rss+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/x.atom+xml",
        "application/x-atom+xml",
        "text/rss+xml",
        "text/atom+xml",
    }
)
MAX_LINKS = 50

_TAG = re.compile(r"""<(link|base)\b((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""", re.IGNORECASE)
_COMMENT = re.compile(r"<!--")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?""")
_HEADER_LINK = re.compile(r"""<([^<>]{1,2048}+)>((?:\s*+;\s*+[\w*-]++(?:\s*+=\s*+(?:"[^"]*+"|[^\s",;]++))?+)*+)""")
_COMMENT_FEED = re.compile(
    r"comments?\b|/comments/|commentaires|kommentare|comentarios|commenti|reacties", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names, or that its site is known to have; ``origin`` says how it was found."""

    url: str
    title: str | None = None
    media_type: str | None = None
    origin: str = "page"  # page, header, site, guess

    @property
    def is_comments(self) -> bool:
        """Whether it carries what readers say about articles, and no articles."""
        return bool(_COMMENT_FEED.search(self.url) or _COMMENT_FEED.search(self.title or ""))


def discover(html: bytes, url: str, headers: Mapping[str, str] | None = None) -> tuple[FeedLink, ...]:
    """The feeds that Link header and page name, in order, then those of known sites; comment feeds last.

    Only where there is none of these come the guesses of rule 54.
    """
    headers = headers or {}
    page = decode_document(html, headers.get("content-type")).text
    named = [*_from_header(headers.get("link", ""), url), *_from_page(page, url), *rewrite_links(url)]
    found: dict[str, FeedLink] = {}
    for link in named:
        if is_web_url(link.url):
            found.setdefault(dedupe_form(link.url), link)
    links = sorted(found.values(), key=lambda link: link.is_comments)[:MAX_LINKS]
    return tuple(links) or guess(url)


def rewrite_links(url: str) -> tuple[FeedLink, ...]:
    """The feed that a known site has for this address, without a look at the page (rule 55)."""
    return tuple(FeedLink(feed_url, origin="site") for feed_url in rewrite(url))


def guess(url: str) -> tuple[FeedLink, ...]:
    """Where feeds often are, most often first: six addresses at most."""
    guessed = (resolve(url, path) for path in GUESSES)
    return tuple(FeedLink(address, origin="guess") for address in guessed if is_web_url(address) and address)


def subscribable(url: str) -> str:
    """The web address behind ``feed://host``, ``feed:https://host`` and the like (rule 53)."""
    address = url.strip()
    scheme, _, rest = address.partition(":")
    if scheme.lower() not in {"feed", "rss", "podcast", "itpc", "pcast"}:
        return address
    return (
        rest if rest.lower().startswith(("http:", "https:")) else f"http:{'' if rest.startswith('//') else '//'}{rest}"
    )


def header_links(header: str) -> Iterator[dict[str, str]]:
    """The links of a Link header (RFC 8288) by parameter, the target as ``href``."""
    for target, parameters in _HEADER_LINK.findall(header[:16_384]):
        yield {**_attributes(parameters.replace(";", " ")), "href": target}


def page_links(html: str, url: str) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes of each <link> outside comments, and the address that its own is relative to."""
    base = url
    for tag, attributes in _head_tags(html):
        given = _attributes(attributes)
        if tag == "base" and given.get("href"):
            base = resolve(url, given["href"]) or base
        if tag == "link":
            yield given, base


def _from_header(header: str, url: str) -> Iterator[FeedLink]:
    links = (_feed_link(given, url, "header") for given in header_links(header))
    return (link for link in links if link)


def _from_page(html: str, url: str) -> Iterator[FeedLink]:
    links = (_feed_link(given, base, "page") for given, base in page_links(html, url))
    return (link for link in links if link)


def _head_tags(html: str) -> Iterator[tuple[str, str]]:
    """<link> and <base> outside comments, in document order."""
    return ((tag[1].lower(), tag[2]) for tag in _TAG.finditer(_without_comments(html)))


def _without_comments(html: str) -> str:
    parts, position = [], 0
    while opening := _COMMENT.search(html, position):
        end = html.find("-->", opening.end())
        if end < 0:
            break
        parts.append(html[position : opening.start()])
        position = end + 3
    return "".join([*parts, html[position:]])


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(double or single or bare).strip())
    return found


def _feed_link(given: Mapping[str, str], base: str, origin: str) -> FeedLink | None:
    """The link, where its relation holds ``alternate`` and its type is a feed's (rule 52)."""
    relations = given.get("rel", "").lower().split()
    media_type = given.get("type", "").partition(";")[0].strip().lower()
    is_feed = "alternate" in relations and media_type in FEED_TYPES
    address = resolve(base, subscribable(given.get("href", ""))) if given.get("href") else None
    if not is_feed or not address or (media_type == "application/json" and "/wp-json" in address):
        return None
    return FeedLink(address, plain_title(given.get("title")), media_type or None, origin)
