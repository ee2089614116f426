"""Every file of every suite, whatever it is: a feed, or an error that says why not."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ingest.errors import FeedRejected, NotAFeed
from ingest.feeds.identity import identify
from ingest.feeds.parse import parse_feed
from ingest.text import plain_title

pytestmark = pytest.mark.shared

URL = "http://suite.example/dir/feed.xml"


# What is no feed: pages, licences, KML and OPML, and the JSON that carries gofeed's expectations.
COUNTS = {
    "feedparser": {"entries": 1188, "empty feed": 1044, "no feed": 2},
    "validator": {"entries": 1306, "empty feed": 576, "no feed": 343},
    "gofeed": {"entries": 283, "empty feed": 317, "no feed": 492},
    "autodiscovery": {"empty feed": 59, "no feed": 60},
}


@pytest.mark.parametrize("folder", COUNTS)
def test_every_file_is_a_feed_or_says_what_it_is(suites: Path, folder: str) -> None:
    files = [path for path in sorted((suites / folder).rglob("*")) if path.is_file()]

    assert Counter(_outcome(path.read_bytes()) for path in files) == COUNTS[folder]


def test_what_the_validator_calls_a_valid_feed_is_parsed(suites: Path) -> None:
    outcomes: dict[str, list[str]] = defaultdict(list)
    for path in sorted((suites / "validator").rglob("*.xml")):
        body = path.read_bytes()
        if re.search(rb"Expect:\s*!", body) and not {"kml", "opensearch", "xrd"} & set(path.parts):
            outcomes[_outcome(body)].append(path.name)

    assert outcomes["no feed"] == []
    assert len(outcomes["entries"]) > 400


def _outcome(body: bytes) -> str:
    try:
        parsed = parse_feed(body, url=URL)
    except NotAFeed:
        return "no feed"
    except FeedRejected:
        return "rejected"
    identify(URL, parsed)
    for entry in parsed.entries:
        assert entry.title is None or plain_title(entry.title, is_html=False) == entry.title
        assert entry.url is None or entry.url.lower().startswith("http")
    return "entries" if parsed.entries else "empty feed"
