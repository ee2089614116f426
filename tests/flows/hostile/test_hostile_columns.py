"""Words and numbers that a column, an index or a driver could choke on: stored alike on SQLite and on Postgres."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from storage.search import SearchQuery, search

READ = "The gauge was read."
LONE = "\ud800 \udfff\x00"  # what UTF-8 cannot hold, and what Postgres does not take
HUGE = 10**40
FULL = 400_000  # characters: more than the search index takes of a text


def rss(title: str = "news of the pier", text: str = "", more: str = "", channel: str = "") -> bytes:
    described = f"<description>{READ} {text}</description>"
    return (
        f'<rss version="2.0"><channel><title>t</title>{channel}<item><title>{title}</title>{more}{described}</item>'
        "</channel></rss>"
    ).encode()


def json_feed(**members: Any) -> bytes:
    item = {"id": "1", "title": "news of the pier", "content_text": READ} | members
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "language": LONE, "items": [item]}
    return json.dumps(document).replace(str(HUGE) + "0", "1e400").encode()


def hanzi() -> str:
    """Characters of which hardly two pairs are alike."""
    chance = random.Random(1)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(FULL))


ROWS: dict[str, Callable[[], bytes]] = {
    "lone": lambda: json_feed(
        id=LONE, title=f"news {LONE}", authors=[{"name": LONE}], tags=[LONE], content_text=f"{READ}{LONE}", summary=LONE
    ),
    "numbers": lambda: json_feed(
        id=HUGE,
        attachments=[
            {"url": "http://a.example/a", "mime_type": LONE, "size_in_bytes": HUGE, "duration_in_seconds": HUGE * 10},
            {"url": "http://a.example/b", "mime_type": "a/b", "size_in_bytes": -HUGE, "duration_in_seconds": -1},
        ],
    ),
    "unlike-words": lambda: rss(text=" ".join(f"w{number:x}" for number in range(FULL // 6))),
    "one-word": lambda: rss(text="x" * FULL),
    "hanzi": lambda: rss(text=hanzi()),
    "growing": lambda: rss(text=" ".join(f"\ufdfa{number:x}" for number in range(FULL // 6))),  # 1 letter is 18 folded
    "quotes": lambda: rss(text="'\\' ''::tsvector :a* & | ! %s %(a)s :a {0} \\x00 $1 ;--", title="';-- news \\"),
    "long-title": lambda: rss(title="news " * 100_000),
    "long-author": lambda: rss(more=f"<author>{'Ann ' * 100_000}</author>"),
    "long-tags": lambda: rss(more="".join(f"<category>{'c' * 10_000}{n}</category>" for n in range(200))),
    "long-language": lambda: rss(channel=f"<language>{'en-' * 100_000}</language>"),
    "hints": lambda: rss(channel=f"<ttl>{HUGE}</ttl><skipHours><hour>{HUGE}</hour><hour>-1</hour></skipHours>"),
    "far-dates": lambda: rss(more="<pubDate>Fri, 31 Dec 9999 23:59:59 -1400</pubDate>"),
    "wide-link": lambda: rss(more=f"<link>http://wide-link.example/{'é' * 680}</link>"),
    "wide-guid": lambda: rss(more=f"<guid isPermaLink='false'>{'漢' * 1_024}</guid>"),
}


@pytest.mark.usefixtures("each_database")
async def test_what_a_column_could_choke_on_is_stored_found_and_polled_again(hostile: Any) -> None:
    web = hostile.web
    urls = [web.say(name, "/feed", make()) for name, make in ROWS.items()]

    first = await hostile.round(*urls)
    second = await hostile.round()

    stored = {str(article["site"]).partition(".")[0]: article for article in await hostile.stored()}
    async with hostile.mill() as mill:
        with mill.database.read() as session:
            hits = search(session, SearchQuery(text='"gauge was read"', limit=100))
    assert (first.bugs, first.feeds_failed, first.articles_new) == (0, 0, len(ROWS))
    assert (second.bugs, second.articles_new, second.articles_revised) == (0, 0, 0)
    assert stored.keys() == ROWS.keys()
    assert len(hits) == len(ROWS)
    for name, article in stored.items():
        assert (name, READ in article["text"]) == (name, True)
        json.dumps(article, ensure_ascii=False, default=str).encode()
