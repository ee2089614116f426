"""Which hub pushes a document, and under which topic: Link header, then the body's own links (WebSub section 4)."""

from collections.abc import Iterable, Iterator, Mapping

from ingest.decide.redirects import permanent_target
from ingest.feeds.discover import header_links, page_links
from ingest.feeds.encoding import decode_document
from ingest.model import FeedLinks, Fetched, HubOffer
from ingest.urls import is_web_url, resolve

Links = Iterable[tuple[str, str]]  # (relation, absolute address)


def feed_offer(result: Fetched, links: FeedLinks | None) -> HubOffer | None:
    """The offer of a feed's answer; ``links`` are its body's, None where the body was not read (rules 85, 87-89)."""
    return _offer(result, _of_feed(links) if links else ())


def page_offer(result: Fetched) -> HubOffer | None:
    """The offer of a page that is no feed: its Link header, else its <link> elements (rules 85, 86, 89)."""
    html = decode_document(result.body, result.headers.get("content-type")).text
    return _offer(result, _of_page(html, result.final_url))


def header_offer(headers: Mapping[str, str], url: str) -> HubOffer | None:
    """The offer of a Link header alone, as of a 304; None where it does not name both hub and topic."""
    named = tuple(_of_header(headers, url))
    hub, topic = _first(named, "hub"), _first(named, "self")
    return HubOffer(hub_url=hub, topic_url=topic) if hub and topic else None


def _offer(result: Fetched, body: Links) -> HubOffer | None:
    """The header's hub and self beat the body's; without a self the topic is the address that was subscribed to."""
    named = (*_of_header(result.headers, result.final_url), *body)
    hub = _first(named, "hub")
    if hub is None:
        return None
    topic = _first(named, "self") or permanent_target(result.url, result.redirects) or result.url
    return HubOffer(hub_url=hub, topic_url=topic)


def _first(named: Links, relation: str) -> str | None:
    """The first address of a relation, as written; one with control or direction characters is nobody's."""
    return next((url for name, url in named if name == relation and url.isprintable()), None)


def _of_header(headers: Mapping[str, str], url: str) -> Iterator[tuple[str, str]]:
    for given in header_links(headers.get("link", "")):
        if "anchor" not in given:  # such a link is about another document (RFC 8288 3.2)
            yield from _read(given, url)


def _of_page(html: str, url: str) -> Iterator[tuple[str, str]]:
    for given, base in page_links(html, url):
        yield from _read(given, base)


def _of_feed(links: FeedLinks) -> Iterator[tuple[str, str]]:
    yield from (("hub", hub) for hub in links.hubs)
    if links.self_url:
        yield "self", links.self_url


def _read(given: Mapping[str, str], base: str) -> Iterator[tuple[str, str]]:
    """A link under each of its relations; only web addresses are any use."""
    url = resolve(base, given.get("href", ""))
    if url and is_web_url(url):
        yield from ((relation, url) for relation in given.get("rel", "").lower().split())
