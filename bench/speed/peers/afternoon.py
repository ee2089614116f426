"""The script of an afternoon: feedparser + requests + trafilatura into SQLite, one after another or with threads.

python afternoon.py FEEDS.txt STORE.db [THREADS]
"""

import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kept
from asking import TIMEOUT_SECONDS, ask, news, session
from reading import read


def fetch(link: str, feed: str) -> tuple[str | None, ...] | None:
    """One article's row."""
    answer = session().get(link, timeout=TIMEOUT_SECONDS)
    return read(link, feed, answer.content) if answer.ok else None


def one_by_one(store: sqlite3.Connection, feeds: list[str]) -> None:
    """Feed by feed, article by article."""
    for feed in feeds:
        links = news(store, feed, ask(feed, kept.validators(store, feed)))
        kept.keep(store, (row for link in links if (row := fetch(link, feed))))


def in_threads(store: sqlite3.Connection, feeds: list[str], threads: int) -> None:
    """Feeds first, then all articles; this thread alone writes."""
    with ThreadPoolExecutor(threads) as pool:
        headers = [kept.validators(store, feed) for feed in feeds]
        answers = zip(feeds, pool.map(ask, feeds, headers), strict=True)
        wanted = [(link, feed) for feed, answer in answers for link in news(store, feed, answer)]
        for some in _in_hundreds(pool.map(lambda one: fetch(*one), wanted)):
            kept.keep(store, some)


def _in_hundreds(rows: Iterator[tuple[str | None, ...] | None]) -> Iterator[list[tuple[str | None, ...]]]:
    some: list[tuple[str | None, ...]] = []
    for row in rows:
        if row is not None:
            some.append(row)
        if len(some) == 100:
            yield some
            some = []
    yield some


def main() -> None:
    """One run over all feeds."""
    feeds, store = Path(sys.argv[1]).read_text().split(), kept.open_store(Path(sys.argv[2]))
    if len(sys.argv) > 3:
        in_threads(store, feeds, int(sys.argv[3]))
    else:
        one_by_one(store, feeds)
    store.commit()
    store.close()


if __name__ == "__main__":
    main()
