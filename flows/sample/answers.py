"""What the newsroom's web server answers, as a pure function of the request and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from html import escape
from http import HTTPStatus
from itertools import islice
from urllib.parse import parse_qsl

from flows.sample.articles import Article
from flows.sample.comments import comments_of
from flows.sample.feeds.document import Document
from flows.sample.feeds.registry import write_feed
from flows.sample.languages import read_language
from flows.sample.listings.listed import Listed, Question
from flows.sample.listings.registry import listing_of
from flows.sample.past import Past
from flows.sample.platforms.registry import render
from flows.sample.platforms.view import View
from flows.sample.sites import Behaviour, FeedAddress, Site
from flows.sample.world import WINDOW, Newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A GET as far as it matters here. ``host`` has no port; header names are as HTTP writes them."""

    host: str
    path: str
    port: int
    query: str = ""
    if_none_match: str | None = None
    if_modified_since: str | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether the client names what it has."""
        return bool(self.if_none_match or self.if_modified_since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response, and how long the host takes over it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    is_compressed: bool = False


def answer(newsroom: Newsroom, asked: Asked, now: datetime) -> Answer:
    """The answer of the site that is asked; an index of all sites under every other name."""
    site = newsroom.site(asked.host)
    return _index(newsroom, asked.port) if site is None else _site_answer(newsroom, site, asked, now)


def _site_answer(newsroom: Newsroom, site: Site, asked: Asked, now: datetime) -> Answer:
    if listed := listing_of(site).answer(_past(newsroom, site, asked, now), _question(asked)):
        return _listed_answer(site, listed, asked)
    if feed := next((feed for feed in site.feeds if feed.path == asked.path), None):
        return _feed_answer(newsroom, site, feed, asked, now)
    if asked.path == "/robots.txt":
        return _robots(newsroom, site, asked.port)
    article = newsroom.find(site, asked.path, now)
    if asked.path != "/" and (article is None or article.story.kind == "missing"):
        return _page_error(site, 404, "Not Found")
    view = view_of(newsroom, site, article, asked.port, now)
    changed_at = article.changed_at if article else now
    return _conditional(site, _html(site, render(view)), asked, changed_at)


def view_of(newsroom: Newsroom, site: Site, article: Article | None, port: int, now: datetime) -> View:
    """What the page of an article is made from; of the front page, where there is none."""
    latest = tuple(islice(newsroom.newest(site, now), WINDOW))
    numbers = [one.number for one in latest]
    place = numbers.index(article.number) if article and article.number in numbers else None
    return View(
        site=site,
        words=read_language(article.story.language if article else site.language),
        port=port,
        now=now,
        latest=latest[:8] if article else latest,
        article=article,
        newer=latest[place - 1] if place else None,
        older=latest[place + 1] if place is not None and place + 1 < len(latest) else None,
        comments=comments_of(article, now) if article else (),
    )


def _feed_answer(newsroom: Newsroom, site: Site, feed: FeedAddress, asked: Asked, now: datetime) -> Answer:
    match feed.behaviour:
        case Behaviour.SERVER_ERROR:
            return _page_error(site, 500, "Internal Server Error")
        case Behaviour.GONE:
            return _page_error(site, 410, "Gone")
        case Behaviour.MOVED | Behaviour.TEMPORARY:
            status = 301 if feed.behaviour is Behaviour.MOVED else 302
            headers = {"Location": site.url(feed.target, asked.port)}
            return Answer(status=status, headers=headers, delay_seconds=site.delay_seconds)
        case Behaviour.HTML:
            view = view_of(newsroom, site, None, asked.port, now)
            return _html(site, render(view))
        case _:
            return _document_answer(newsroom, site, feed, asked, now)


def _document_answer(newsroom: Newsroom, site: Site, feed: FeedAddress, asked: Asked, now: datetime) -> Answer:
    articles = tuple(newsroom.window(site, feed, now))
    document = Document(
        site=site,
        feed=feed,
        articles=articles,
        port=asked.port,
        started_at=newsroom.started_at,
        links=listing_of(site).links(_past(newsroom, site, asked, now), feed),
    )
    text, media_type = write_feed(document)
    found = Answer(
        body=text.encode(site.encoding, "xmlcharrefreplace"),
        headers={"Content-Type": f"{media_type}; charset={site.encoding}", "Cache-Control": "max-age=60"},
        delay_seconds=site.delay_seconds,
        is_compressed=site.is_compressed,
    )
    return _conditional(site, found, asked, document.changed_at, always_200=feed.behaviour is Behaviour.ALWAYS_200)


def _past(newsroom: Newsroom, site: Site, asked: Asked, now: datetime) -> Past:
    return Past(newsroom=newsroom, site=site, now=now, port=asked.port)


def _question(asked: Asked) -> Question:
    return Question(path=asked.path, parameters=dict(parse_qsl(asked.query, keep_blank_values=True)))


def _listed_answer(site: Site, listed: Listed, asked: Asked) -> Answer:
    encoding = "utf-8" if listed.media_type in {"application/json", "application/xml"} else site.encoding
    found = Answer(
        status=listed.status,
        body=listed.text.encode(encoding, "xmlcharrefreplace"),
        headers={"Content-Type": f"{listed.media_type}; charset={encoding}", **listed.headers},
        delay_seconds=site.delay_seconds,
        is_compressed=site.is_compressed,
    )
    return found if listed.status != HTTPStatus.OK else _conditional(site, found, asked, listed.changed_at)


def _conditional(site: Site, found: Answer, asked: Asked, changed_at: datetime, *, always_200: bool = False) -> Answer:
    """The answer with validators, or 304 (RFC 9110 13.2.2: If-None-Match goes before If-Modified-Since)."""
    etag = f'"{blake2b(found.body, digest_size=12).hexdigest()}"'
    validators = {"ETag": etag, "Last-Modified": format_datetime(changed_at, usegmt=True)}
    headers = dict(found.headers) | validators
    if not always_200 and _is_current(asked, etag, changed_at):
        return Answer(status=304, headers=headers, delay_seconds=site.delay_seconds)
    return Answer(body=found.body, headers=headers, delay_seconds=site.delay_seconds, is_compressed=found.is_compressed)


def _is_current(asked: Asked, etag: str, changed_at: datetime) -> bool:
    if asked.if_none_match:
        named = {tag.strip().removeprefix("W/") for tag in asked.if_none_match.split(",")}
        return etag in named or "*" in named
    if not asked.if_modified_since:
        return False
    try:
        since = parsedate_to_datetime(asked.if_modified_since)
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at - since < timedelta(seconds=1)


def _robots(newsroom: Newsroom, site: Site, port: int) -> Answer:
    """The site's robots.txt, with the pages that it keeps to itself and its sitemaps; 404 where it has none."""
    if site.robots is None:
        return _page_error(site, 404, "Not Found")
    hidden = [one.path for one in newsroom.stories(site) if one.story.kind == "disallowed"]
    body = site.robots + "".join(f"Disallow: {path}\n" for path in hidden)
    body += "".join(f"\nSitemap: {site.url(path, port)}\n" for path in listing_of(site).sitemaps)
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Answer(body=body.encode(), headers=headers, delay_seconds=site.delay_seconds)


def _html(site: Site, text: str, status: int = 200) -> Answer:
    return Answer(
        status=status,
        body=text.encode(site.encoding, "xmlcharrefreplace"),
        headers={"Content-Type": f"text/html; charset={site.encoding}"},
        delay_seconds=site.delay_seconds,
        is_compressed=site.is_compressed,
    )


def _page_error(site: Site, status: int, words: str) -> Answer:
    title = escape(site.title)
    text = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>{status} {words}</title>\n</head>\n'
        f"<body>\n<h1>{words}</h1>\n<hr>\n<p>{title}</p>\n</body>\n</html>\n"
    )
    return _html(site, text, status)


def _index(newsroom: Newsroom, port: int) -> Answer:
    items = "\n".join(
        f'<li><a href="{site.url("/", port)}">{escape(site.title)}</a> ({site.language}, {site.platform})</li>'
        for site in newsroom.sites
    )
    text = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<title>The sample newsroom</title>\n</head>\n"
        f"<body>\n<h1>The sample newsroom</h1>\n<ul>\n{items}\n</ul>\n</body>\n</html>\n"
    )
    return Answer(body=text.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
