"""What archives kept of a fake site: its pages again and again, its feed month by month, moved and missing pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backfill_world.archives.captures import Archive, Capture
from backfill_world.feeds import FeedPage, atom, json_feed, rss
from backfill_world.pages import Frame, front_page, post_page
from backfill_world.posts import Post

WRITERS = {"application/atom+xml": atom, "application/feed+json": json_feed}
FEED_ENTRIES = 15


@dataclass(frozen=True)
class Kept:
    """An archive of a site, and the truth about it."""

    archive: Archive
    pages: frozenset[str]  # addresses of posts with at least one good copy
    in_feeds: frozenset[str]  # addresses of posts that a kept feed document names
    moved: frozenset[str]  # addresses that only redirect


def keep(world: Any, *, missing_every: int = 0) -> Kept:
    """What an archive has of a world; one post in ``missing_every`` it never saw, except in the feed."""
    posts = [post for post in world.opening if not post.is_unreadable]
    kept = [post for index, post in enumerate(posts) if not missing_every or index % missing_every]
    moved = {f"{world.url}/?p={post.number}" for post in kept if post.number % 10 == 0}
    feeds = list(_feeds(world, posts))
    captures = [one for post in kept for one in _pages(world, post)]
    captures += [one for post in kept if post.number % 10 == 0 for one in _moved(world, post)]
    captures += [*(one for one, _ in feeds), *_others(world, posts)]
    named = frozenset(link for _, links in feeds for link in links)
    return Kept(Archive(captures), frozenset(post.link for post in kept), named, frozenset(moved))


def _pages(world: Any, post: Post) -> Iterator[Capture]:
    """A page once, some again unchanged, some changed, some under a second address, some gone later."""
    body = post_page(post, Frame(home=world.url, feed=world.feed_url)).encode()
    first = post.published_at + timedelta(days=3)
    yield Capture(post.link, first, body=body)
    if post.number % 3 == 0:
        yield Capture(post.link, first + timedelta(days=31), body=body)
    if post.number % 5 == 0:
        changed = body.replace(b"All rights reserved.", b"Some rights reserved.")
        yield Capture(post.link, first + timedelta(days=62), body=changed)
    if post.number % 7 == 0:
        yield Capture(f"{post.link}?utm_source=feed", first + timedelta(days=1), body=body)
    if post.link in world.gone:
        yield Capture(post.link, first + timedelta(days=200), status=404, body=b"<h1>Not Found</h1>")


def _moved(world: Any, post: Post) -> Iterator[Capture]:
    at = post.published_at + timedelta(days=5)
    yield Capture(f"{world.url}/?p={post.number}", at, status=301, location=post.link)


def _feeds(world: Any, posts: list[Post]) -> Iterator[tuple[Capture, list[str]]]:
    """The feed as it stood month by month; each document was kept twice within an hour."""
    if not posts:
        return
    write = WRITERS.get(world.platform.FEED_TYPE, rss)
    at, last = posts[-1].published_at + timedelta(days=10), posts[0].published_at
    while at <= last:
        rows = [post for post in posts if post.published_at <= at][:FEED_ENTRIES]
        body = write(FeedPage(site=posts[0].site, url=world.feed_url, posts=rows)).encode()
        for moment in (at, at + timedelta(minutes=40)):
            yield (
                Capture(world.feed_url, moment, mime=world.platform.FEED_TYPE, body=body),
                [post.link for post in rows],
            )
        at += timedelta(days=30)


def _others(world: Any, posts: list[Post]) -> Iterator[Capture]:
    """What is no article: the front page, robots.txt, a picture."""
    at: datetime = posts[0].published_at
    front = front_page(world.spec.platform, "Home", Frame(home=world.url, feed=world.feed_url)).encode()
    yield Capture(f"{world.url}/", at - timedelta(days=300), body=front)
    yield Capture(f"{world.url}/", at, body=front)
    yield Capture(f"{world.url}/robots.txt", at, mime="text/plain", body=b"User-agent: *\nDisallow:\n")
    yield Capture(f"{world.url}/logo.png", at, mime="image/png", body=b"\x89PNG\r\n\x1a\n")
    yield Capture(f"{world.url}/wrong", at, status=500, body=b"<h1>Internal Server Error</h1>")
