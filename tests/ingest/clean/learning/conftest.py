"""Sites made of lines: pages are written as lists of lines, read one after another, and mended as stored texts are."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from ingest.blocks import LearnedBlock, SiteMemory, StoredText, Trait
from ingest.clean.apply import CleanContext, clean_and_observe
from ingest.clean.learning.keys import fold_slots, see_lines
from ingest.clean.learning.memory import Observed, observe, tell_knowledge
from ingest.clean.mend import mend_text, restore_text
from ingest.clean.rules import load_rules

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PLAIN = Trait(0)


@dataclass(frozen=True)
class Line:
    """A line of a page; ``kind`` "text" belongs to the article, everything else is furniture of that kind."""

    text: str
    kind: str = "text"
    traits: Trait = PLAIN


@dataclass(frozen=True)
class Written:
    """A page before anything is done to it; ``key`` None: an address of its own."""

    lines: tuple[Line, ...]
    title: str | None = None
    author: str | None = None
    key: int | None = None


@dataclass
class Site:
    """A site whose pages are read in turn. ``texts`` are what is stored of them, by key."""

    language: str = "en"
    memory: SiteMemory = field(default_factory=SiteMemory)
    written: dict[int, Written] = field(default_factory=dict)
    texts: dict[int, StoredText] = field(default_factory=dict)
    history: list[Observed] = field(default_factory=list)

    def read(self, page: Written) -> Observed:
        """Clean a page with what is known, learn from it, and mend what is stored."""
        key = len(self.written) if page.key is None else page.key
        authors, learned = (page.author,) if page.author else (), tell_knowledge(self.memory).learned
        context = CleanContext(language=self.language, title=page.title, authors=authors, learned=learned)
        text = "\n\n".join(line.text for line in page.lines)
        cleaned, lines = clean_and_observe(text, context, load_rules())
        traits = {line.text: line.traits for line in page.lines if line.traits}
        sighting = see_lines(lines, traits, fold_slots(page.title, authors), page.title)
        observed = observe(self.memory, sighting, key, NOW)
        self.memory = observed.memory
        self.written[key] = page
        self.texts[key] = StoredText(
            article_id=key, page_id=key, url=None, title=page.title, authors=authors, language=self.language,
            text=cleaned.text, removed=cleaned.removed, content_hash="",
        )  # fmt: skip
        self._mend(observed)
        self.history.append(observed)
        return observed

    def read_all(self, pages: Iterable[Written]) -> "Site":
        """Read pages in turn."""
        for page in pages:
            self.read(page)
        return self

    def _mend(self, observed: Observed) -> None:
        site = tell_knowledge(self.memory)
        doubted = {key: self.memory.blocks[key] for key in observed.doubted}
        for page in self.memory.pages:
            keys = set(page.list_keys())
            text = self.texts[page.page_id]
            if keys & observed.gained:
                text = mend_text(text, site) or text
            if keys & doubted.keys():
                text = restore_text(text, doubted, page) or text
            self.texts[page.page_id] = text

    @property
    def learned(self) -> dict[str, LearnedBlock]:
        """The learned blocks by their text."""
        return {block.text: block for block in self.memory.blocks.values() if block.state == "learned"}

    def list_lost(self) -> list[str]:
        """The articles' own lines that are stored nowhere on their page."""
        return [line.text for _, line, stands in self.compare() if line.kind == "text" and not stands]

    def count_leaks(self) -> Counter[str]:
        """The furniture that stands in stored texts, by kind."""
        return Counter(line.kind for _, line, stands in self.compare() if line.kind != "text" and stands)

    def compare(self) -> Iterator[tuple[int, Line, bool]]:
        """Every line that was written, its page, and whether it is stored."""
        for key, page in self.written.items():
            left = Counter(line.strip() for line in self.texts[key].text.split("\n"))
            for line in page.lines:
                stands = left[line.text] > 0
                left[line.text] -= stands
                yield key, line, stands


class Author:
    """Writes sentences that no other page has: random words, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        letters = random.Random(0)
        sizes = (1, 2, 3, 4) * 700
        self._words = ["".join(letters.choice("dglmnrst") + letters.choice("aeiou") for _ in range(n)) for n in sizes]

    def sentence(self, least: int = 7, most: int = 18) -> str:
        """One sentence."""
        words = (self.random.choice(self._words) for _ in range(self.random.randint(least, most)))
        return " ".join(words).capitalize() + "."

    def title(self) -> str:
        """A headline."""
        return self.sentence(5, 9)[:-1]

    def paragraph(self) -> str:
        """A paragraph that is long enough to be told from a label."""
        return " ".join(self.sentence(10) for _ in range(self.random.randint(1, 3)))

    def paragraphs(self, least: int = 3, most: int = 9) -> list[Line]:
        """An article's text."""
        return [Line(self.paragraph()) for _ in range(self.random.randint(least, most))]

    def furniture(self, text: str, kind: str = "furniture", *, boxed: bool = False, linked: bool = False) -> Line:
        """A line of the page's template, in a box of its own or among the paragraphs."""
        return Line(text, kind, (Trait.BOXED if boxed else PLAIN) | (Trait.LINKED if linked else PLAIN))

    def page(self, *lines: Line | str, **fields: object) -> Written:
        """A page with a title of its own; plain strings are the article's."""
        made = tuple(line if isinstance(line, Line) else Line(line) for line in lines)
        return replace(Written(made, self.title()), **fields)


@pytest.fixture
def write() -> Author:
    return Author(7)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def new_site() -> Callable[..., Site]:
    return Site


@pytest.fixture
def new_author() -> Callable[[int], Author]:
    return Author
