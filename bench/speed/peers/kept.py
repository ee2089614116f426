"""The SQLite file of the scripts that have no store of their own: feeds with their validators, articles."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT, modified TEXT);
CREATE TABLE IF NOT EXISTS article (
    url TEXT PRIMARY KEY, feed TEXT, title TEXT, author TEXT, published TEXT, language TEXT, text TEXT
);
"""


def open_store(path: Path) -> sqlite3.Connection:
    """The file, with its tables, in the mode that readers do not wait in."""
    store = sqlite3.connect(path, timeout=60)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=NORMAL")
    store.executescript(_TABLES)
    return store


def validators(store: sqlite3.Connection, feed: str) -> dict[str, str]:
    """The headers that ask for a feed only if it has changed."""
    row = store.execute("SELECT etag, modified FROM feed WHERE url = ?", (feed,)).fetchone() or (None, None)
    headers = {"If-None-Match": row[0], "If-Modified-Since": row[1]}
    return {name: value for name, value in headers.items() if value}


def keep_validators(store: sqlite3.Connection, feed: str, etag: str | None, modified: str | None) -> None:
    """What the next poll is to send."""
    store.execute("INSERT OR REPLACE INTO feed VALUES (?, ?, ?)", (feed, etag, modified))


def unknown(store: sqlite3.Connection, links: Iterable[str]) -> list[str]:
    """Those of a feed's links that are not stored."""
    wanted = list(dict.fromkeys(links))
    marks = ",".join("?" * len(wanted))
    rows = store.execute(f"SELECT url FROM article WHERE url IN ({marks})", wanted)
    known = {row[0] for row in rows}
    return [link for link in wanted if link not in known]


def keep(store: sqlite3.Connection, rows: Iterable[tuple[str | None, ...]]) -> None:
    """Store articles: url, feed, title, author, published, language, text."""
    store.executemany("INSERT OR IGNORE INTO article VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    store.commit()
