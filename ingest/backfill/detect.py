"""What a site is made with, and what it links to: from its home page, its feed and its robots.txt. Asks nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ingest.backfill.source import Archives, Target, Window
from ingest.feeds.discover import header_links, page_links
from ingest.feeds.encoding import decode_document
from ingest.model import ParsedFeed
from ingest.urls import host_of, is_web_url, resolve

_HEAD = 300_000  # of a home page's bytes
_MOST_LINKS = 200
_MOST_SITEMAPS = 200

_GENERATOR = re.compile(
    r"""<meta\b(?=[^<>]{0,2000}\bname\s*=\s*["']?generator\b)[^<>]{0,2000}?\bcontent\s*=\s*["']?([^"'<>]{1,200})""",
    re.IGNORECASE,
)
# By what a generator calls itself, in a page or a feed.
_GENERATORS = {
    "wordpress": "wordpress",
    "blogger": "blogger",
    "substack": "substack",
    "ghost": "ghost",
    "tumblr": "tumblr",
    "drupal": "drupal",
    "medium": "medium",
    "hugo": "hugo",
    "jekyll": "jekyll",
    "hexo": "hexo",
    "pelican": "pelican",
    "eleventy": "eleventy",
    "gatsby": "gatsby",
    "zola": "zola",
    "nikola": "nikola",
    "astro": "astro",
}
STATIC = frozenset({"hugo", "jekyll", "hexo", "pelican", "eleventy", "gatsby", "zola", "nikola", "astro"})
_HOSTS = {
    ".blogspot.com": "blogger",
    ".substack.com": "substack",
    ".tumblr.com": "tumblr",
    ".ghost.io": "ghost",
    ".wordpress.com": "wordpress",
    "medium.com": "medium",
    ".github.io": "static",
}
_MARKUP = {
    "/wp-content/": "wordpress",
    "/wp-includes/": "wordpress",
    "www.blogger.com/feeds/": "blogger",
    "www.blogger.com/static/": "blogger",
    "substackcdn.com": "substack",
    "data-drupal-": "drupal",
    "drupal-settings-json": "drupal",
    "/sites/default/files/": "drupal",
    "assets.tumblr.com": "tumblr",
    "/ghost/api/content": "ghost",
    "data-ghost=": "ghost",
}
# Header name, what its value has to carry, platform.
_HEADERS = (
    ("x-pingback", "xmlrpc.php", "wordpress"),
    ("x-generator", "drupal", "drupal"),
    ("x-drupal-cache", "", "drupal"),
    ("x-drupal-dynamic-cache", "", "drupal"),
    ("x-tumblr-user", "", "tumblr"),
    ("x-ghost-cache-status", "", "ghost"),
    ("x-served-by", "substack", "substack"),
    ("x-cluster", "substack", "substack"),
    ("x-powered-by", "medium", "medium"),
    ("x-jekyll-version", "", "jekyll"),
)
_SITEMAP = re.compile(r"^[ \t]*site-?maps?[ \t]*:[ \t]*(\S{1,2048})", re.IGNORECASE | re.MULTILINE)
_FEED_PATH = re.compile(r"/(?:feed|rss|atom)(?:/[^/]*)?/?$|\.(?:xml|rss|atom|json|rdf)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a home page gives away."""

    url: str
    platforms: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)


def read_home(body: bytes, url: str, headers: Mapping[str, str]) -> Home:
    """The platforms and links of a home page; ``headers`` with lower-case names. Any bytes will do."""
    html = decode_document(body[:_HEAD], headers.get("content-type")).text
    generators = {match[1].lower() for match in _GENERATOR.finditer(html)}
    links = _links(html, url, headers)
    named = {platform for said in generators for platform in _by_generator(said)}
    found = named | set(_by_headers(headers)) | set(_by_host(url)) | set(_by_links(links))
    # What is merely pulled in from elsewhere (an image, a script) speaks only where the page says nothing of itself.
    marks = set(_by_markup(html)) if not found - {"static"} else set()
    return Home(url=url, platforms=_with_static(found | marks), links=links)


def read_feed(parsed: ParsedFeed | None, url: str) -> frozenset[str]:
    """The platforms that a feed gives away."""
    generator = (parsed.generator or "").lower() if parsed else ""
    ids = (entry.id or "" for entry in parsed.entries[:5]) if parsed else ()
    is_blogger = any(identifier.startswith("tag:blogger.com,") for identifier in ids)
    found = {*_by_generator(generator), *_by_host(url), *(["blogger"] if is_blogger else [])}
    return _with_static(found)


def read_sitemaps(robots: bytes, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, on whatever host (sitemaps.org, "Submitting ... via robots.txt")."""
    text = robots[: 512 * 1024].decode("utf-8-sig", "replace")
    resolved = (resolve(url, match[1]) for match in _SITEMAP.finditer(text))
    return tuple(dict.fromkeys(address for address in resolved if is_web_url(address) and address))[:_MOST_SITEMAPS]


def home_of(url: str, feed: ParsedFeed | None = None) -> str:
    """Where the site begins, with a trailing slash: the page given, without its file; of a feed the page it is of."""
    parts = urlsplit(url)
    if feed is not None or _FEED_PATH.search(parts.path):
        site = feed.site_url if feed else None
        url = (
            site if is_web_url(site) and site and host_of(site) == host_of(url) else f"{parts.scheme}://{parts.netloc}/"
        )
        parts = urlsplit(url)
    folder, _, last = parts.path.rpartition("/")
    path = f"{folder}/" if "." in last or not last else f"{folder}/{last}/"
    return f"{parts.scheme}://{parts.netloc}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """The site's feed as it was fetched."""

    url: str
    body: bytes
    parsed: ParsedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was fetched of a site before its history is asked for; what could not be had is left out."""

    url: str  # as the user gave it
    home: Home | None = None
    feed: FoundFeed | None = None
    sitemaps: tuple[str, ...] = ()
    files: Sequence[str] = ()
    archives: Archives = Archives()  # noqa: RUF009  frozen


def target_of(findings: Findings, window: Window = Window()) -> Target:  # noqa: B008  frozen
    """The site as its sources see it. Raises BadUrl for an address without a host."""
    home, feed = findings.home, findings.feed
    is_feed = feed is not None and feed.url == findings.url
    home_url = home.url if home else home_of(findings.url, feed.parsed if is_feed and feed else None)
    home_url = home_of(home_url)
    return Target(
        url=findings.url,
        home_url=home_url,
        host=host_of(home_url),
        window=window,
        platforms=(home.platforms if home else frozenset())
        | (read_feed(feed.parsed, feed.url) if feed else frozenset()),
        links=home.links if home else {},
        feed_url=feed.url if feed else None,
        feed=feed.parsed if feed else None,
        feed_body=feed.body if feed else None,
        sitemaps=findings.sitemaps,
        archives=findings.archives,
        files=tuple(findings.files),
    )


def _platforms(home: Home | None, feed: FoundFeed | None) -> frozenset[str]:
    of_feed = read_feed(feed.parsed, feed.url) if feed else frozenset[str]()
    return of_feed | home.platforms if home else of_feed


def _links(html: str, url: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The address of each relation, the Link header's before the page's, the first of each."""
    given = [(link, url) for link in header_links(headers.get("link", ""))]
    given += [pair for pair, _ in zip(page_links(html, url), range(_MOST_LINKS), strict=False)]
    found: dict[str, str] = {}
    for link, base in given:
        address = resolve(base, link["href"]) if link.get("href") else None
        for relation in link.get("rel", "").lower().split()[:5] if is_web_url(address) else ():
            found.setdefault(relation, address or "")
    return found


def _by_generator(said: str) -> Iterator[str]:
    return (platform for word, platform in _GENERATORS.items() if re.search(rf"\b{word}\b", said))


def _by_headers(headers: Mapping[str, str]) -> Iterator[str]:
    return (
        platform for name, sign, platform in _HEADERS if sign in headers.get(name, "\0").lower() and name in headers
    )


def _by_host(url: str) -> Iterator[str]:
    host = f".{(urlsplit(url).hostname or '').lower()}"
    return (platform for end, platform in _HOSTS.items() if host.endswith(end))


def _by_links(links: Mapping[str, str]) -> Iterator[str]:
    if "https://api.w.org/" in links:
        yield "wordpress"
    if "www.blogger.com" in links.get("service.post", ""):
        yield "blogger"


def _by_markup(html: str) -> Iterator[str]:
    return (platform for mark, platform in _MARKUP.items() if mark in html)


def _with_static(found: set[str]) -> frozenset[str]:
    return frozenset(found | {"static"} if found & STATIC else found)
