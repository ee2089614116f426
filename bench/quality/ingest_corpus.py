"""Serves the corpus pages on loopback with a feed made of them, ingests them all, and prints what became of them.

Run it with ``.venv/bin/python bench/quality/ingest_corpus.py [--limit N]``.
"""

import argparse
import asyncio
import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from aiohttp import web

from flows.batches import RoundPlan, run_round
from flows.mill import open_mill
from flows.settings import Settings
from storage import articles, feeds
from storage.articles import ExportQuery
from storage.feeds import NewFeed

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "articles"
SETS = ("wcxb_dev", "dragnet_dev", "fundus_eval")


def read_pages(limit: int | None) -> Iterator[tuple[str, str]]:
    """Name and HTML of every page."""
    for name in SETS:
        with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if limit is not None and number >= limit:
                    break
                page = json.loads(line)
                yield f"{name}/{page['id']}", page["html"]


async def serve(pages: dict[str, str]) -> tuple[web.AppRunner, int]:
    """One host for each set, so that the feed and its pages are asked for as a real site's are."""

    async def answer(request: web.Request) -> web.Response:
        path = request.path.lstrip("/")
        if path.startswith("feed/"):
            return web.Response(text=feed_of(path.removeprefix("feed/"), pages, request.host), content_type="text/xml")
        if path in pages:
            return web.Response(text=pages[path], content_type="text/html", charset="utf-8")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]


def feed_of(name: str, pages: dict[str, str], host: str) -> str:
    """RSS with links alone: extraction gets no help from it."""
    items = "".join(
        f"<item><guid>{escape(path)}</guid><link>http://{host}/{escape(path)}</link></item>"
        for path in pages
        if path.startswith(f"{name}/")
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"


async def ingest(limit: int | None) -> None:
    """One round over everything, and the table."""
    pages = dict(read_pages(limit))
    runner, port = await serve(pages)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data_dir=Path(folder), allow_endpoints=frozenset({f"127.0.0.1:{port}"}), host_delay_seconds=0
        )
        async with open_mill(settings) as mill:
            now = datetime.now(UTC)
            for name in SETS:
                host = f"{name.replace('_', '-')}.localhost:{port}"
                new = NewFeed(url=f"http://{host}/feed/{name}", host=host, created_at=now)
                await mill.writer.apply(lambda session, new=new: feeds.add(session, new))
            started = time.perf_counter()
            report = await run_round(mill, RoundPlan())
            seconds = time.perf_counter() - started
            with mill.database.read() as session:
                stored = list(articles.export(session, ExportQuery()))
    await runner.cleanup()
    statuses = Counter(article["status"] for article in stored)
    print(f"{len(pages)} pages served, {report.pages_fetched} fetched, {len(stored)} articles stored")
    print(f"in {seconds:.0f} s, with {settings.workers} worker processes")
    print(f"{sum(1 for article in stored if article['text'])} with text; internal errors: {report.bugs}")
    for status, count in statuses.most_common():
        print(f"  {status:<10} {count}")
    print(f"blocks dropped: {report.blocks_dropped.total()}; failures: {dict(report.failures)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="so many pages of each set")
    asyncio.run(ingest(parser.parse_args().limit))
