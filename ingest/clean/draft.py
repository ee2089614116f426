"""A text while it is cleaned: its lines, what was dropped and why, and what the dropped lines told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ingest.blocks import Furniture
from ingest.clean.lines import join_kept
from ingest.model import Removal


@dataclass(frozen=True, slots=True)
class CleanContext:
    """What is known about a text beside its words; all of it optional."""

    url: str | None = None
    language: str | None = None  # BCP 47, as the page or feed says
    title: str | None = None
    platform: str | None = None
    copies: frozenset[str] = frozenset()  # folded lines of which the page's markup shows that they stand twice
    authors: tuple[str, ...] = ()
    learned: Mapping[int, Furniture] = field(default_factory=dict)  # by key: what the site's other pages have taught


@dataclass
class Draft:
    """The lines of a text, by index; dropping keeps indices, so that rules cannot disturb one another."""

    lines: list[str]
    context: CleanContext
    dropped: dict[int, str] = field(default_factory=dict)  # index -> rule id
    authors: list[str] = field(default_factory=list)
    origin_url: str | None = None

    @property
    def language(self) -> str | None:
        """The text's language, as the context says."""
        return self.context.language

    @cached_property
    def total_chars(self) -> int:
        """The characters of the text as it came, blanks around lines not counted."""
        return sum(len(line.strip()) for line in self.lines)

    def find_live(self) -> list[int]:
        """The indices of the lines that still stand and are not blank."""
        return [index for index, line in enumerate(self.lines) if index not in self.dropped and line.strip()]

    def drop(self, index: int, rule: str, author: str | None = None) -> None:
        """The line goes, by this rule; ``author`` is the name that it gave."""
        if self.lines[index].strip():
            self.dropped.setdefault(index, rule)
        self.note_author(author)

    def note_author(self, author: str | None) -> None:
        """Remember a name once."""
        if author and author not in self.authors:
            self.authors.append(author)

    def count_chars(self, indices: list[int]) -> int:
        """The characters of these lines."""
        return sum(len(self.lines[index].strip()) for index in indices)

    def render(self) -> str:
        """The text that stands."""
        return join_kept(self.lines, self.dropped)

    def list_removals(self) -> tuple[Removal, ...]:
        """What was dropped, in the text's order."""
        return tuple(Removal(rule, self.lines[index].strip()) for index, rule in sorted(self.dropped.items()))
