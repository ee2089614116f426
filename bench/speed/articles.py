"""Articles without end for benches of the store, each from its number alone: texts with the word counts of language.

Word frequencies follow Zipf's law over 60,000 words, so that an index has its few long and many short lists; lengths
are lognormal around 490 words. One article in 25 is an edited copy of another one of the last twenty.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ingest.model import Article, ArticleRecord, ArticleStatus, Entry, SeenEntry
from ingest.resemblance import signature
from ingest.urls import dedupe_key

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
HOSTS = 200
A_FEED = 100  # consecutive articles of one host
_WORDS = 60_000
_COPY_EVERY = 25
_LETTERS = "etaoinsrhldcumfpgwybvkxjqz"
_PAGE_BYTES = 80_000


@dataclass(frozen=True, slots=True)
class Sample:
    """An article as a poll shows it and as extraction gives it; ``page`` is its HTML, where that was asked for."""

    seen: SeenEntry
    record: ArticleRecord  # its page's id is missing
    page: bytes

    @property
    def url(self) -> str:
        """Its address."""
        return self.seen.page_url or ""


def host_of_number(number: int) -> str:
    """The host of an article."""
    return f"news{number // A_FEED % HOSTS}.example"


def url_of_number(number: int) -> str:
    """The address of an article."""
    return f"https://{host_of_number(number)}/{number // A_FEED}/story-{number}.html"


def make(first: int, count: int, *, with_pages: bool = False) -> list[Sample]:
    """The articles of these numbers."""
    return [_sample(number, with_pages=with_pages) for number in range(first, first + count)]


@cache
def vocabulary() -> tuple[str, ...]:
    """The words, the most frequent first."""
    chance = np.random.default_rng(1)
    lengths = np.clip(chance.poisson(2 + np.log10(np.arange(1, _WORDS + 1)) * 1.4), 1, 14)
    letters = chance.integers(0, len(_LETTERS), size=(_WORDS, 14))
    return tuple("".join(_LETTERS[at] for at in row[:length]) for row, length in zip(letters, lengths, strict=True))


@cache
def _shares() -> NDArray[np.float64]:
    weights = np.cumsum(1 / np.arange(1, _WORDS + 1))
    return weights / weights[-1]


def draw_words(seed: int, texts: int, words: int) -> NDArray[np.int64]:
    """Texts of so many words, by the words' ranks: one a row."""
    drawn = np.random.default_rng((8, seed)).random((texts, words))
    return np.searchsorted(_shares(), drawn)


def text_of(number: int) -> str:
    """The text of an article: paragraphs of sentences."""
    if number % _COPY_EVERY == _COPY_EVERY - 1:
        original = text_of(number - 1 - number * 7_919 % 20)
        return "HAVEN (Wire) - " + (original.rpartition("\n\n")[0] or original)
    known, chance = vocabulary(), np.random.default_rng((7, number))
    length = int(np.clip(chance.lognormal(6.2, 0.5), 60, 4_000))
    words = [known[at] for at in np.searchsorted(_shares(), chance.random(length))]
    sentences = [" ".join(words[at : at + 17]).capitalize() + "." for at in range(0, len(words), 17)]
    return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))


def _sample(number: int, *, with_pages: bool) -> Sample:
    host, text = host_of_number(number), text_of(number)
    url, guid = url_of_number(number), f"tag:{host},2024:{number}"
    title = " ".join(text.split(maxsplit=9)[:8])
    published_at = BEGIN + timedelta(minutes=number)
    entry = Entry(id=guid, url=url, title=title, summary=text[:200], published_at=published_at)
    seen = SeenEntry(
        entry=entry,
        entry_key=_key(guid),
        fingerprint=_key(title),
        page_url=url,
        page_key=dedupe_key(url),
        host=host,
    )
    article = Article(
        url=url,
        canonical_url=url,
        title=title,
        authors=(f"Author {number % 97}",),
        published_at=published_at,
        published_source="feed",
        language="en",
        text=text,
        summary=text[:200],
        tags=("news", host),
        site_name=host,
        status=ArticleStatus.OK,
        extractor="bench",
        provenance={"title": "feed", "published_at": "feed", "authors": "page", "text": "page"},
    )
    record = ArticleRecord(
        page_id=0,
        article=article,
        alias_keys=(seen.page_key, dedupe_key(f"https://{host}/amp/story-{number}")),
        fetched_at=published_at + timedelta(minutes=5),
        content_hash=hashlib.sha256(f"{title}\n{text}".encode()).hexdigest(),
        signature=signature(text),
    )
    return Sample(seen, record, _page(host, title, text) if with_pages else b"")


def _key(words: str) -> int:
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big", signed=True)


def _page(host: str, title: str, text: str) -> bytes:
    before, after = _template(host)
    paragraphs = "".join(f"<p>{paragraph}</p>\n" for paragraph in text.split("\n\n"))
    return f"{before}<h1>{title}</h1>\n{paragraphs}{after}".encode()


@cache
def _template(host: str) -> tuple[str, str]:
    """A site's furniture: 80 KB of markup, the same on all its pages."""
    chance = np.random.default_rng(_key(host) & (2**63 - 1))
    known = vocabulary()
    lines: list[str] = []
    size = 0
    while size < _PAGE_BYTES:
        one, other = (known[at] for at in np.searchsorted(_shares(), chance.random(2)))
        lines.append(
            f'<li class="{one}-{other}"><a href="/{other}/{int(chance.integers(10_000))}">{one} {other}</a></li>'
        )
        size += len(lines[-1]) + 1
    half = len(lines) // 3
    return "<html><body><ul>" + "\n".join(lines[:half]) + "</ul><main>", "</main>" + "\n".join(lines[half:])
