"""The afternoon script with news-please for fetching and for the text.

python newsplease_script.py FEEDS.txt STORE.db
"""

import sys
from pathlib import Path

import kept
from asking import ask, news
from newsplease import NewsPlease


def fetch(link: str, feed: str) -> tuple[str | None, ...] | None:
    """One article's row."""
    found = NewsPlease.from_url(link)
    if not found or not getattr(found, "maintext", None):
        return None
    published = found.date_publish and found.date_publish.isoformat()
    return link, feed, found.title, ", ".join(found.authors), published, found.language, found.maintext


def main() -> None:
    """One run over all feeds, one article after another."""
    feeds, store = Path(sys.argv[1]).read_text().split(), kept.open_store(Path(sys.argv[2]))
    for feed in feeds:
        links = news(store, feed, ask(feed, kept.validators(store, feed)))
        kept.keep(store, (row for link in links if (row := fetch(link, feed))))
    store.close()


if __name__ == "__main__":
    main()
