"""A Scrapy spider over feeds, with trafilatura for the text and SQLite for the articles.

python scrapy_spider.py FEEDS.txt STORE.db
"""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import feedparser
import kept
import scrapy
from reading import read
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

SETTINGS = {
    "ROBOTSTXT_OBEY": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS": 32,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}
COMMIT_EVERY = 100


class Feeds(scrapy.Spider):
    """Polls the feeds with their validators and follows what is new."""

    name = "feeds"

    def __init__(self, feeds: list[str], path: Path) -> None:
        super().__init__()
        self._feeds, self._rows = feeds, []
        self._store = kept.open_store(path)

    async def start(self) -> AsyncIterator[Any]:
        """The feeds, those that have not changed included."""
        for feed in self._feeds:
            headers = kept.validators(self._store, feed)
            yield scrapy.Request(feed, headers=headers, meta={"handle_httpstatus_list": [304]})

    def parse(self, response: Response, **_: Any) -> Iterator[scrapy.Request]:
        """A feed's new articles, newest as urgent as the others."""
        if response.status != 200:
            return
        etag, modified = (response.headers.get(name) for name in ("ETag", "Last-Modified"))
        told = [value.decode() if value else None for value in (etag, modified)]
        kept.keep_validators(self._store, response.url, *told)
        links = (entry.link for entry in feedparser.parse(response.body).entries)
        for link in kept.unknown(self._store, links):
            yield scrapy.Request(link, self.parse_article, cb_kwargs={"feed": response.url})

    def parse_article(self, response: Response, feed: str) -> None:
        """One article."""
        if row := read(response.url, feed, response.body):
            self._rows.append(row)
        if len(self._rows) >= COMMIT_EVERY:
            self._keep()

    def closed(self, _reason: str) -> None:
        """Store what is left."""
        self._keep()
        self._store.close()

    def _keep(self) -> None:
        kept.keep(self._store, self._rows)
        self._rows = []


def main() -> None:
    """One crawl."""
    process = CrawlerProcess(SETTINGS)
    process.crawl(Feeds, feeds=Path(sys.argv[1]).read_text().split(), path=Path(sys.argv[2]))
    process.start()


if __name__ == "__main__":
    main()
