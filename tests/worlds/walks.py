"""One perfect walk for every kind of listing, by which the fakes' own arithmetic is checked."""

import json
import re
import zlib
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import quote

LOC = re.compile(r"<loc>([^<]+)</loc>")
LINKS = re.compile(
    r'<item>.*?<link>([^<]+)</link>|<entry>.*?rel="alternate" type="text/html" href="([^"]+)"', re.DOTALL
)
MOST = 200  # requests after which a walk is said to be without end
LARGEST = 20_000_000


class Walk:
    """Finds addresses of posts; asks again after 429 and 5xx, as often as it takes."""

    def __init__(self, world: Any, get: Callable[..., Awaitable[Any]]) -> None:
        self.world = world
        self.found: set[str] = set()
        self.bodies: set[bytes] = set()
        self._get = get

    async def ask(self, url: str) -> Any:
        for _ in range(MOST):
            answer = await self._get(url)
            if answer.status != 429 and answer.status < 500:
                return answer
        raise AssertionError(f"{url} never answers")

    def take(self, urls: list[str]) -> bool:
        """Keep the addresses; whether any is new."""
        new = set(urls) - self.found
        self.found |= new
        return bool(new)


def feed_links(body: bytes) -> list[str]:
    return [unescape(first or second) for first, second in LINKS.findall(body.decode())]


async def by_number(
    walk: Walk, address: Callable[[int, int], str], read: Callable[[bytes], tuple[list[str], int | None]]
):
    """Pages by number or offset, until a total is reached, a page is refused, empty, or brings nothing new."""
    number = seen = 0
    while number < MOST:
        answer = await walk.ask(walk.world.url + address(number, seen))
        if answer.status != 200:
            return
        rows, total = read(answer.body)
        if not walk.take(rows):
            return
        number, seen = number + 1, seen + len(rows)
        if total is not None and seen >= total:
            return


async def by_link(walk: Walk, url: str, read: Callable[[bytes], tuple[list[str], str | None]]):
    """From link to link on one origin, until there is none, a page is refused, or two bring nothing new."""
    stale, seen = 0, set()
    while url and url.startswith(walk.world.url + "/") and url not in seen and len(seen) < MOST:
        seen.add(url)
        answer = await walk.ask(url)
        if answer.status != 200:
            return
        rows, url = read(answer.body)
        stale = 0 if walk.take(rows) else stale + 1
        # A calendar has empty months in its middle, and an archive's newest month may be in the subscription document.
        if stale == (2 if "calendar" in walk.world.spec.personality or walk.world.surface == "archive" else 1):
            return


async def rest(walk: Walk):
    before = ""
    for _ in range(MOST):
        size = min(100, walk.world.spec.page_size or 100)
        answer = await walk.ask(f"{walk.world.url}/wp-json/wp/v2/posts?per_page={size}&orderby=date&order=desc{before}")
        rows = json.loads(answer.body) if answer.status == 200 else []
        if not walk.take([one["link"] for one in rows]):
            return
        if len(rows) == int(answer.headers.get("x-wp-total", -1)):
            return
        oldest = rows[-1]["date_gmt"]
        second = int(oldest[-2:]) + 1
        minute = oldest[:-2] + f"{second:02d}" if second < 60 else oldest[:-2] + "59.9"
        before = "&before=" + quote(minute + "Z")


async def sitemap(walk: Walk):
    robots = await walk.ask(walk.world.url + "/robots.txt")
    queue = re.findall(r"(?m)^Sitemap: (\S+)$", robots.body.decode())
    seen: set[str] = set()
    while queue:
        url = queue.pop(0)
        if url in seen:
            continue
        seen.add(url)
        answer = await walk.ask(url)
        body = answer.body
        if url.endswith(".gz") and (body := inflated(body)) is None:
            continue
        locs = [unescape(loc) for loc in LOC.findall(body.decode())]
        if b"<sitemapindex" in body:
            queue += locs
        else:
            walk.take([loc for loc in locs if walk.world.post_at(loc)])


def inflated(body: bytes) -> bytes | None:
    """What is packed; None where it is more than anybody needs."""
    stream = zlib.decompressobj(31)
    found = stream.decompress(body, LARGEST)
    return None if stream.unconsumed_tail else found


def feed_total(body: bytes) -> tuple[list[str], int | None]:
    total = re.search(rb"<openSearch:totalResults>(\d+)<", body)
    return feed_links(body), int(total[1]) if total else None


def tumblr(body: bytes) -> tuple[list[str], int | None]:
    fields = json.loads(body.decode().removeprefix("var tumblr_api_read = ").rstrip().rstrip(";"))
    return [one["url-with-slug"] for one in fields["posts"]], int(fields["posts-total"])


def feed_next(rel: str):
    def read(body: bytes) -> tuple[list[str], str | None]:
        link = re.search(rf'<(?:atom:)?link rel="{rel}" href="([^"]+)"', body.decode())
        return feed_links(body), unescape(link[1]) if link else None

    return read


def json_feed(body: bytes) -> tuple[list[str], str | None]:
    fields = json.loads(body)
    return [one["url"] for one in fields["items"]], fields.get("next_url")


def json_api(walk: Walk):
    def read(body: bytes) -> tuple[list[str], str | None]:
        fields = json.loads(body)
        rows = [f"{walk.world.url}/node/{one['attributes']['drupal_internal__nid']}" for one in fields["data"]]
        return rows, fields["links"].get("next", {}).get("href")

    return read


def rows(body: bytes) -> tuple[list[str], None]:
    return feed_links(body), None


def archive_api(body: bytes) -> tuple[list[str], None]:
    return [row["canonical_url"] for row in json.loads(body)], None


BY_NUMBER: dict[tuple[str, str], tuple[Callable[[int, int], str], Callable[[bytes], Any]]] = {
    ("wordpress", "paged-feed"): (lambda number, _: f"/feed/?paged={number + 1}" if number else "/feed/", rows),
    ("blogger", "posts-feed"): (
        lambda _, seen: f"/feeds/posts/default?max-results=500&orderby=published&start-index={seen + 1}",
        feed_total,
    ),
    ("substack", "archive-api"): (lambda _, seen: f"/api/v1/archive?sort=new&limit=50&offset={seen}", archive_api),
    ("tumblr", "read-json"): (lambda _, seen: f"/api/read/json?num=50&start={seen}", tumblr),
    ("tumblr", "rss-pages"): (lambda number, _: f"/page/{number + 1}/rss" if number else "/rss", rows),
    ("ghost", "rss-pages"): (lambda number, _: f"/rss/{number + 1}/" if number else "/rss/", rows),
    ("drupal", "views-feed"): (lambda number, _: f"/news/rss.xml?page={number}" if number else "/news/rss.xml", rows),
}
BY_LINK = {"archive": feed_next("prev-archive"), "atom-next": feed_next("next"), "next-url": json_feed}


async def walk(world: Any, get: Any) -> Walk:
    """Walk the world's surface."""
    one = Walk(world, get)
    if found := BY_NUMBER.get((world.spec.platform, world.surface)):
        await by_number(one, *found)
    elif world.surface in BY_LINK:
        await by_link(one, world.feed_url, BY_LINK[world.surface])
    elif world.surface == "jsonapi":
        await by_link(one, f"{world.url}/jsonapi/node/article?sort=-created&page%5Blimit%5D=50", json_api(one))
    elif world.surface == "index-xml":
        one.take(feed_links((await one.ask(world.feed_url)).body))
    else:
        await {"rest": rest, "sitemap": sitemap}[world.surface](one)
    return one
