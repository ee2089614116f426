"""What a line is known by among a site's pages: a hash of its words without its numbers, the page's title and names."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.blocks import ObservedLine, SeenLine, Sighting, Trait
from ingest.clean.learning.places import DROPPED, LINKED, NAMED, PROSE, REFRAIN
from ingest.clean.lines import ends_sentence, fold_key
from ingest.urls import signed_hash

MOST_TIMES = 2  # in one text: a refrain, an answer and a label stand more often
_NUMBER = re.compile(r"\d+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_MIN_TITLE = 12  # a shorter title is a word that sentences use
_MIN_NAME = 5
_MAX_LINE = 2_000  # a longer line is no furniture
_MAX_LINES = 250  # of a page: the first and the last of them
_SHOWN = 300
_LEAST_PROSE = 60
_END = 12  # characters that tell whether a line closes like a sentence
_MAX_TITLE_WORDS = 16


@dataclass(frozen=True, slots=True)
class Slots:
    """What varies from page to page within one template's line: the page's title and authors, folded."""

    title: str = ""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineKey:
    """A line's key, the hash of its numbers (0: none), and whether it names an author of the page."""

    key: int
    digits: int
    is_named: bool = False


def fold_slots(title: str | None, authors: Iterable[str]) -> Slots:
    """The slots of a page; what is too short to be told from common words is none."""
    folded = fold_key(title or "")
    names = {name for author in authors if len(name := fold_key(author)) >= _MIN_NAME and " " in name}
    return Slots(folded if len(folded) >= _MIN_TITLE else "", tuple(sorted(names, key=len, reverse=True)))


def read_key(line: str, slots: Slots) -> LineKey | None:
    """The line's key; None for a line without words, or too long for furniture."""
    return _read_key(line, slots) if len(line) <= _MAX_LINE else None


@lru_cache(maxsize=2048)
def _read_key(line: str, slots: Slots) -> LineKey | None:
    words = f" {fold_key(line)} "
    if slots.title:
        words = words.replace(f" {slots.title} ", " {title} ")
    is_named = any(f" {name} " in words for name in slots.authors)
    for name in slots.authors if is_named else ():
        words = words.replace(f" {name} ", " {author} ")
    numbers = _NUMBER.findall(words)
    plain = _NUMBER.sub("0", words) if numbers else words
    if not any(map(str.isalpha, plain)):
        return None
    return LineKey(signed_hash(plain), _hash_numbers(numbers), is_named)


def _hash_numbers(numbers: Sequence[str]) -> int:
    return zlib.crc32(" ".join(numbers).encode()) & 0xFFFF or 1 if numbers else 0


def see_lines(lines: Sequence[ObservedLine], traits: Mapping[str, Trait], slots: Slots, title: str | None) -> Sighting:
    """A text as learning looks at it; ``traits``: what the markup tells of lines, by their text."""
    half = _MAX_LINES // 2
    bounded = lines if len(lines) <= _MAX_LINES else [*lines[:half], *lines[-half:]]
    seen = (_see(line, int(traits.get(line.text, 0)), slots) for line in bounded)
    words = sorted(set(fold_key(title or "").split()))[:_MAX_TITLE_WORDS]
    return Sighting(tuple(line for line in seen if line), tuple(zlib.crc32(word.encode()) for word in words))


def _see(observed: ObservedLine, traits: int, slots: Slots) -> SeenLine | None:
    line = observed.text
    found = read_key(line, slots)
    if found is None:
        return None
    chars = len(line) if line.isascii() else len(line) + 2 * len(_DENSE.findall(line))
    if chars >= _LEAST_PROSE and not traits & LINKED and ends_sentence(line[-_END:]):
        traits |= PROSE
    traits |= NAMED if found.is_named else 0
    traits |= DROPPED if observed.is_dropped else 0
    traits |= REFRAIN if observed.times > MOST_TIMES else 0
    return SeenLine(found.key, found.digits, chars, traits, line[:_SHOWN])
