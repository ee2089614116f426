"""Sitemap documents (sitemaps.org protocol 0.9): indexes, lists, news, and one that inflates without end."""

import gzip
import zlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from html import escape
from typing import Any

from backfill_world.posts import NEWEST_AT, Post
from backfill_world.server import Answer, text_answer

SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
BUILT_AT = NEWEST_AT + timedelta(hours=2)
BOMB_SIZE = 128 * 1024 * 1024
"""Bytes that the bomb inflates to."""


def refused(status: int) -> Answer:
    """No sitemap here."""
    return text_answer("<h1>Not Found</h1>", "text/html", "sitemap", status)


def index(world: Any, paths: Iterable[str]) -> Answer:
    """An index of sitemaps; with the personality "loop" it names itself, with "bomb" the bomb comes second."""
    named = list(paths)
    if world.personality("sitemap") == "loop":
        named.append("/sitemap-index-again.xml")
    if world.personality("sitemap") == "bomb":
        named.insert(1, "/sitemap-bomb.xml.gz")
    return nested(world, named)


def nested(world: Any, paths: Iterable[str]) -> Answer:
    """An index below the index: nothing but what it is to name."""
    items = "".join(f"<sitemap><loc>{escape(world.link(path))}</loc></sitemap>\n" for path in paths)
    return _document(f'<sitemapindex xmlns="{SCHEMA}">\n{items}</sitemapindex>\n')


def count(world: Any) -> int:
    """Into how many files the posts go."""
    return max(1, -(-len(_listed(world)) // world.size("sitemap")))


def numbered(world: Any, number: int) -> Answer:
    """One of the files, oldest posts first; they are numbered from 1."""
    size = world.size("sitemap")
    rows = _listed(world)[::-1][(number - 1) * size : number * size]
    return urls(world, rows) if rows and number >= 1 else refused(404)


def urls(world: Any, posts: Iterable[Post]) -> Answer:
    """A list of posts."""
    return _document(f'<urlset xmlns="{SCHEMA}">\n{"".join(_url(world, one) for one in posts)}</urlset>\n')


def plain(world: Any, paths: Iterable[str]) -> Answer:
    """A list of pages that are no posts."""
    items = "".join(f"<url><loc>{world.link(path)}</loc></url>\n" for path in paths)
    return _document(f'<urlset xmlns="{SCHEMA}">\n{items}</urlset>\n')


def news(world: Any, posts: Sequence[Post]) -> Answer:
    """A news sitemap: what was published within two days, at most 1,000."""
    newest = posts[0].published_at
    rows = [one for one in posts if newest - one.published_at <= timedelta(days=2)][:1000]
    items = "".join(
        f"<url><loc>{escape(one.link)}</loc><news:news><news:publication><news:name>{escape(one.site.title)}</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{one.published_at.isoformat()}"
        f"</news:publication_date><news:title>{escape(one.title)}</news:title></news:news></url>\n"
        for one in rows
    )
    return _document(f'<urlset xmlns="{SCHEMA}" xmlns:news="{NEWS}">\n{items}</urlset>\n')


def packed(answer: Answer) -> Answer:
    """The same as a .gz file: packed bytes of type application/x-gzip, without a content coding."""
    headers = {"Content-Type": "application/x-gzip"}
    return Answer(status=answer.status, body=gzip.compress(answer.body), headers=headers, kind=answer.kind)


def extra(world: Any, path: str) -> Answer | None:
    """The documents that personalities put beside the platform's own."""
    if path in {"/sitemap-bomb.xml.gz", "/sitemap-index-again.xml"}:
        world.enters("sitemap")
    if path == "/sitemap-bomb.xml.gz" and world.personality("sitemap") == "bomb":
        return Answer(body=_bomb(), headers={"Content-Type": "application/x-gzip"}, kind="sitemap")
    if path == "/sitemap-index-again.xml" and world.personality("sitemap") == "loop":
        return index(world, [world.platform.sitemaps(world)[0]])
    return None


def _listed(world: Any) -> list[Post]:
    return [one for one in world.posts if not one.is_unreadable]


def _url(world: Any, post: Post) -> str:
    match world.spec.lastmod:
        case "none":
            lastmod = ""
        case "build":
            lastmod = f"<lastmod>{BUILT_AT.isoformat()}</lastmod>"
        case _:
            lastmod = f"<lastmod>{post.changed_at.isoformat()}</lastmod>"
    return f"<url><loc>{escape(post.link)}</loc>{lastmod}</url>\n"


def _document(text: str) -> Answer:
    return text_answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', "application/xml", "sitemap")


@cache
def _bomb() -> bytes:
    """A well-formed beginning, then one address over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    line = b"<url><loc>http://127.0.0.1/bomb</loc></url>\n" * 20_000
    parts = [packer.compress(f'<?xml version="1.0"?>\n<urlset xmlns="{SCHEMA}">\n'.encode())]
    parts += [packer.compress(line) for _ in range(BOMB_SIZE // len(line))]
    return b"".join([*parts, packer.flush()])
