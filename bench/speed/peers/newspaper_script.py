"""The afternoon script with newspaper4k for fetching and for the text.

python newspaper_script.py FEEDS.txt STORE.db
"""

import sys
from pathlib import Path

import kept
import newspaper
from asking import ask, news


def fetch(link: str, feed: str) -> tuple[str | None, ...] | None:
    """One article's row."""
    found = newspaper.Article(link)
    found.download()
    found.parse()
    if not found.text:
        return None
    published = found.publish_date and found.publish_date.isoformat()
    return link, feed, found.title, ", ".join(found.authors), published, found.meta_lang, found.text


def main() -> None:
    """One run over all feeds, one article after another."""
    feeds, store = Path(sys.argv[1]).read_text().split(), kept.open_store(Path(sys.argv[2]))
    for feed in feeds:
        links = news(store, feed, ask(feed, kept.validators(store, feed)))
        kept.keep(store, (row for link in links if (row := fetch(link, feed))))
    store.close()


if __name__ == "__main__":
    main()
