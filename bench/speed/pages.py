"""Pages for a web of loopback hosts: real pages whose text, title and addresses are exchanged, each time for others.

A site wears one real page as its template. The words that flow through it are sentences of other pages, in an order
of the site's own, so that no sentence comes twice on a site before all have come once.
"""

import gzip
import html
import json
import random
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import repeat
from math import gcd
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "articles"
SETS = ("wcxb_dev", "dragnet_dev")
_BYTES = range(30_000, 160_000)
_WORDS = range(150, 2_000)
_SLOT = 20  # characters: shorter pieces of text stay
_COVERED = 0.85  # of the known text is to lie in the slots
_MARK = re.compile("\ue000(\\d+)\ue001")
_SENTENCE = re.compile(r"[^.!?]+[.!?]+[\"”’)]*\s")
_ADDRESSES = re.compile(r'("(?:url|@id|mainEntityOfPage)"\s*:\s*")[^"]*(")')


@dataclass(frozen=True, slots=True)
class Known:
    """A page whose text is known; ``title`` is its headline, as far as that is known."""

    url: str
    html: str
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one article says, and its page; ``text``: the words in the order of the page, without its paragraphs."""

    title: str
    summary: str
    text: str
    page: bytes


class Template:
    """A page cut at every place where an article's own words stand."""

    def __init__(self, pieces: list[str], sizes: list[int]) -> None:
        self._pieces = pieces  # what stays, and at every odd place the number of a slot
        self._sizes = sizes

    def fill(self, url: str, title: str, words: "Words") -> Told:
        """The page with the words that come next."""
        return self._put(url, title, [words.take(size) for size in self._sizes])

    def refill(self, url: str, title: str, text: str) -> Told:
        """The page with this text, spread over it as the template's own was."""
        share, words = len(text) / sum(self._sizes), Words([text + " "], repeat(0))
        texts = [words.take(round(size * share)) for size in self._sizes]
        return self._put(url, title, texts)

    def _put(self, url: str, title: str, texts: list[str]) -> Told:
        slots = [html.escape(url), html.escape(title), *(html.escape(text, quote=False) for text in texts)]
        page = "".join(slots[int(piece)] if at % 2 else piece for at, piece in enumerate(self._pieces))
        summary = next((text for text in texts if len(text) > 80), texts[0])[:220]
        return Told(title, summary, " ".join(texts), page.encode())


@dataclass(frozen=True)
class Pool:
    """What all sites take from: templates and sentences."""

    templates: list[Template]
    sentences: list[str]
    source: str

    @cached_property
    def _headlines(self) -> list[str]:
        return [one.strip(' .!?"”') for one in self.sentences if 35 < len(one) < 90]

    def site(self, number: int) -> "Site":
        """The site of a number: its template, and an order of its own for the words and the headlines."""
        chance = random.Random(number)
        words = Words(self.sentences, _walk(chance, len(self.sentences)))
        return Site(self.templates[number % len(self.templates)], words, self._headlines, chance)


class Words:
    """Sentences without end, handed out in pieces of a wanted length."""

    def __init__(self, sentences: list[str], order: Iterator[int]) -> None:
        self._sentences = sentences
        self._order = order
        self._rest = ""

    def take(self, size: int) -> str:
        """About so many characters, whole words."""
        while len(self._rest) <= size:
            self._rest += self._sentences[next(self._order)]
        cut = self._rest.rfind(" ", 0, size + 1)
        cut = size if cut < size // 2 else cut
        taken, self._rest = self._rest[:cut], self._rest[cut:].lstrip()
        return taken


class Site:
    """One site's articles, made one after the other."""

    def __init__(self, template: Template, words: Words, headlines: list[str], chance: random.Random) -> None:
        self._template, self._words, self._headlines = template, words, headlines
        self._order = _walk(chance, len(headlines))

    def tell(self, url: str) -> Told:
        """The next article; its words are those that come next."""
        return self._template.fill(url, self._headlines[next(self._order)], self._words)

    def retell(self, told: Told, url: str) -> Told:
        """Another site's article, word for word."""
        return self._template.refill(url, told.title, told.text)


def _walk(chance: random.Random, count: int) -> Iterator[int]:
    """All numbers below ``count`` in an order of chance, and again: each comes once before any comes twice."""
    stride = next(one for one in iter(lambda: chance.randrange(1, count + 1), None) if gcd(one, count) == 1)
    at = chance.randrange(count)
    while True:
        at = (at + stride) % count
        yield at


def read_pool(most: int = 120) -> Pool:
    """Templates and sentences from the pages beside the repository; without them, from the sample newsroom."""
    known = list(_corpus()) or list(_newsroom())
    is_corpus = (FOLDER / f"{SETS[0]}.jsonl.gz").exists()
    sizes = _BYTES if is_corpus else range(1_000, 160_000)
    fitting = (one for one in known if len(one.html.encode()) in sizes)
    templates = [found for one in fitting if (found := cut(one)) is not None]
    sentences = list(dict.fromkeys(sentence for one in known for sentence in _sentences(one.text)))
    step = max(1, len(templates) // most)
    source = "pages of ../shared/data/articles" if is_corpus else "pages of the sample newsroom"
    return Pool(templates[::step][:most], sentences, source)


def cut(known: Known) -> Template | None:
    """The page as a template; None where its text cannot be found in it again, or stands in a script too."""
    if '"articleBody"' in known.html or len(known.text.split()) not in _WORDS:
        return None
    tree = lxml_html.document_fromstring(known.html.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    sizes = _mark_text(tree, " ".join(known.text.split()))
    if sum(sizes) < _COVERED * len(known.text):
        return None
    _mark_address(tree)
    marked = etree.tostring(tree, encoding="unicode", method="html", doctype="<!DOCTYPE html>")
    marked = marked.replace("%EE%80%80", "\ue000").replace("%EE%80%81", "\ue001")  # as it writes them in addresses
    marked = _ADDRESSES.sub("\\1\ue0000\ue001\\2", marked)
    if known.title:
        for words in {known.title, html.escape(known.title), html.escape(known.title, quote=False)}:
            marked = marked.replace(words, "\ue0001\ue001")
    return Template(_MARK.split(marked), sizes)


def _mark_text(tree: Any, text: str) -> list[int]:
    """Put a mark in place of every piece of the text; gives the pieces' lengths."""
    sizes: list[int] = []
    body = tree.find("body")
    for element in body.iter(etree.Element) if body is not None else ():
        if element.tag not in {"script", "style", "noscript", "h1", "title"}:
            element.text = _marked(element.text, text, sizes)
        if element is not body:
            element.tail = _marked(element.tail, text, sizes)
    return sizes


def _marked(piece: str | None, text: str, sizes: list[int]) -> str | None:
    words = " ".join((piece or "").split())
    if piece is None or len(words) < _SLOT or words not in text:
        return piece
    sizes.append(len(words))
    before, after = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
    return f"{before}\ue000{len(sizes) + 1}\ue001{after}"


def _mark_address(tree: Any) -> None:
    """Canonical and shared addresses and titles become the article's own."""
    for link in tree.xpath("//link[@rel='canonical' or @rel='amphtml' or @rel='shortlink']"):
        link.set("href", "\ue0000\ue001")
    for meta in tree.xpath("//meta[@property='og:url' or @name='twitter:url']"):
        meta.set("content", "\ue0000\ue001")
    for meta in tree.xpath("//meta[@property='og:title' or @name='twitter:title']"):
        meta.set("content", "\ue0001\ue001")
    for title in tree.xpath("//head/title"):
        title.text = "\ue0001\ue001"
    headings = tree.xpath("//h1")
    if len(headings) == 1 and not len(headings[0]):
        headings[0].text = "\ue0001\ue001"


def _sentences(text: str) -> Iterator[str]:
    for found in _SENTENCE.findall(" ".join(text.split()) + " "):
        sentence = found.strip()
        if 30 < len(sentence) < 400 and sentence[0].isupper() and sentence.isprintable():
            yield sentence + " "


def _corpus() -> Iterator[Known]:
    for path in (FOLDER / f"{name}.jsonl.gz" for name in SETS):
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for row in map(json.loads, lines):
                    yield Known(row.get("url") or "", row["html"], row.get("text") or "", row.get("title") or "")


def _newsroom() -> Iterable[Known]:
    """The sample newsroom with a long past."""
    from flows.sample.answers import Asked, answer
    from flows.sample.world import Newsroom

    now = datetime.now(UTC)
    newsroom = Newsroom(now, past=200)
    for truth in newsroom.truth(now, 80):
        host, path = truth.url.removeprefix("http://").partition("/")[::2]
        asked = Asked(host=host.partition(":")[0], path=f"/{path}", port=80)
        found = answer(newsroom, asked, now)
        if truth.kind == "plain" and found.status == 200:
            yield Known(truth.url, found.body.decode("utf-8", "replace"), truth.text, truth.title)


def packed(body: bytes) -> bytes:
    """Gzipped as servers do it on the fly; the same bytes each time."""
    work = zlib.compressobj(4, zlib.DEFLATED, 31)
    return work.compress(body) + work.flush()
