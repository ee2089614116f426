"""What the scripts with requests have in common: connections that are kept, and feeds asked with their validators."""

import sqlite3
import threading

import feedparser
import kept
import requests

TIMEOUT_SECONDS = 30
_of_thread = threading.local()


def session() -> requests.Session:
    """The thread's own session, which keeps its connections."""
    if not hasattr(_of_thread, "session"):
        _of_thread.session = requests.Session()
    return _of_thread.session


def ask(feed: str, headers: dict[str, str]) -> requests.Response:
    """A feed's answer."""
    return session().get(feed, headers=headers, timeout=TIMEOUT_SECONDS)


def news(store: sqlite3.Connection, feed: str, answer: requests.Response) -> list[str]:
    """The links that a feed's answer names and the store does not have."""
    if answer.status_code != 200:
        return []
    kept.keep_validators(store, feed, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    return kept.unknown(store, (entry.link for entry in feedparser.parse(answer.content).entries))
