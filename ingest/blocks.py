"""The nouns of learned boilerplate: a text as its lines' keys, blocks learned from many, a site's memory of both."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum

from ingest.model import Removal
from ingest.profiles import ProfileTask

LEARNED = "learned/"  # what the rule of a removal begins with, where it is a learned block


class Zone(StrEnum):
    """Where a block stands: before the text's own sentences, between them, or behind them."""

    HEAD = "head"
    MIDDLE = "middle"
    TAIL = "tail"


class BlockState(StrEnum):
    """What is thought of a block. Only what is learned is dropped."""

    LEARNED = "learned"
    GONE = "gone"  # the template changed; it is learned sooner when it comes back
    DOUBTED = "doubted"  # it turned out to be used as text is
    KEPT = "kept"  # an operator said that it is text


class Trust(IntEnum):
    """How many texts have confirmed a block, and so how much of a text cleaning may take with it."""

    NEW = 0
    PROVEN = 1
    CERTAIN = 2


class Trait(IntFlag):
    """What is known of one line on one page."""

    PROSE = 1  # a whole sentence of some length, not made of links
    BOXED = 2  # the markup sets it apart from the text's own paragraphs
    NAMED = 4  # it holds the name of the page's author
    LINKED = 8  # most of it is link text
    DROPPED = 16  # cleaning took it out as learned
    REFRAIN = 32  # it stands there more often than furniture does
    SECOND = 64  # of boxes in a row, every other one: where one ends and the next begins


@dataclass(frozen=True, slots=True)
class ObservedLine:
    """A line of a cleaned text, or one that was dropped because the site's other pages have it."""

    text: str
    is_dropped: bool = False
    times: int = 1  # that the text had it, repeats that were taken out included


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A line of a page. ``key`` forgets digits, which ``digits`` tells apart (0: none); dense scripts count thrice."""

    key: int
    digits: int
    chars: int
    traits: int  # of Trait, as a plain number: an operation on a flag takes fifty times as long
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A page's text as learning looks at it: its lines in order, and hashes of its title's words."""

    lines: tuple[SeenLine, ...]
    title: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLines:
    """A sighting as it is kept. ``number`` counts a site's texts; copies of one share a ``group`` (0: no evidence).

    ``keys``: eight bytes a line; ``facts``: digits, chars and traits in five; ``title``: four bytes a word.
    """

    page_id: int
    number: int
    group: int
    title: bytes
    keys: bytes
    facts: bytes

    def list_keys(self) -> tuple[int, ...]:
        """The key of each line, in order."""
        return unpack_keys(self.keys)

    def list_facts(self) -> list[tuple[int, int, int]]:
        """Digits, chars and traits of each line, in order."""
        return list(_FACTS.iter_unpack(self.facts))

    def read_fact(self, index: int) -> tuple[int, int, int]:
        """The same of one line."""
        found: tuple[int, int, int] = _FACTS.unpack_from(self.facts, index * _FACTS.size)
        return found

    def list_title(self) -> frozenset[int]:
        """The hashes of the title's words."""
        return frozenset(struct.unpack(f"<{len(self.title) // 4}I", self.title))


_FACTS = struct.Struct("<HHB")


def unpack_keys(keys: bytes) -> tuple[int, ...]:
    """The keys that ``PageLines.keys`` holds."""
    return struct.unpack(f"<{len(keys) // 8}q", keys)


def pack_page(sighting: Sighting, page_id: int, number: int, group: int) -> PageLines:
    """A sighting in the form that is kept."""
    lines = sighting.lines
    return PageLines(
        page_id=page_id,
        number=number,
        group=group,
        title=struct.pack(f"<{len(sighting.title)}I", *sighting.title),
        keys=struct.pack(f"<{len(lines)}q", *(line.key for line in lines)),
        facts=b"".join(_FACTS.pack(line.digits, min(line.chars, 0xFFFF), line.traits) for line in lines),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedBlock:
    """A line that recurs on a site's pages, and what is known of it.

    ``digits`` None: whatever its numbers are. ``pages`` counts texts, copies once. ``window`` is the number of texts
    among which it was judged. Numbers are those of ``PageLines``.
    """

    key: int
    digits: int | None
    text: str
    zone: Zone
    state: BlockState
    reason: str
    pages: int
    window: int
    first_number: int
    last_number: int
    last_seen_at: datetime
    changed_at: datetime  # when it came into its state
    share: float = 0.0  # of the texts, that such a block must be on
    is_boxed: bool = False
    heads_links: bool = False  # links to other pages stand below it, and are furniture with it
    misfits: int = 0  # sightings in a row where furniture of its kind does not stand
    is_mended: bool = False  # stored texts follow its state


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """What is remembered of a site: its latest texts, oldest first, and blocks by key. Bounded, however many pages."""

    pages: tuple[PageLines, ...] = ()
    blocks: Mapping[int, LearnedBlock] = field(default_factory=dict)

    @property
    def last_number(self) -> int:
        """The number of the latest text; 0 before the first."""
        return self.pages[-1].number if self.pages else 0


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """What one text changed in a memory: texts older than ``oldest_number`` go, as do blocks that are dropped."""

    page: PageLines
    oldest_number: int
    written: tuple[LearnedBlock, ...] = ()
    dropped: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Furniture:
    """What cleaning needs of a learned block: where it stands, its numbers (None: any), how far it is trusted.

    ``heads_links``: the titles below it go with it.
    """

    zone: Zone
    digits: int | None = None
    trust: Trust = Trust.NEW
    heads_links: bool = False


@dataclass(frozen=True, slots=True)
class SiteKnowledge:
    """What a site's other pages have taught: the learned blocks by key, and where its articles stand. Picklable.

    ``profile`` None: pages are read whole.
    """

    learned: Mapping[int, Furniture] = field(default_factory=dict)
    profile: ProfileTask | None = None


NO_KNOWLEDGE = SiteKnowledge()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A stored article's text with what cleaning goes by. ``authors``: none where only the text named them."""

    article_id: int
    page_id: int | None = None  # the page that it was read from last
    url: str | None
    title: str | None
    authors: tuple[str, ...]
    language: str | None
    text: str
    removed: tuple[Removal, ...]
    content_hash: str
    signature: bytes | None = None  # of a changed text, to find its copies by
