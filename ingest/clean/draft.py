"""A text while it is cleaned: its lines, what was dropped and why, and what the dropped lines told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

from ingest.blocks import Furniture
from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.clean.lines import join_kept
from ingest.model import Removal

if TYPE_CHECKING:
    from ingest.clean.match import Match


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
    keeps: Keeps = NOTHING_KEPT  # what the user wants kept


@dataclass
class Draft:
    """The lines of a text, by index; dropping keeps indices, so that rules cannot disturb one another."""

    lines: list[str]
    context: CleanContext
    dropped: dict[int, str] = field(default_factory=dict)  # index -> rule id
    authors: list[str] = field(default_factory=list)
    origin_url: str | None = None
    matches: dict[int, "Match | None"] = field(default_factory=dict)  # the rule that a line fits, once it was asked for

    @property
    def language(self) -> str | None:
        """The text's language, as the context says."""
        return self.context.language

    @cached_property
    def total_chars(self) -> int:
        """The characters of the text as it came, blanks around lines not counted."""
        return sum(len(line.strip()) for line in self.lines)

    @cached_property
    def written(self) -> list[int]:
        """The indices of the lines that are not blank."""
        return [index for index, line in enumerate(self.lines) if line.strip()]

    def find_live(self) -> list[int]:
        """The indices of the lines that still stand and are not blank."""
        return [index for index in self.written if index not in self.dropped]

    def drop(self, index: int, rule: str, author: str | None = None) -> None:
        """The line goes by this rule, unless the user keeps it; ``author`` is the name that it gave."""
        if self.is_kept(index, rule):
            return
        if self.lines[index].strip():
            self.dropped.setdefault(index, rule)
        self.note_author(author)

    def is_kept(self, index: int, rule: str) -> bool:
        """Whether the user wants the line kept, whatever this rule says of it."""
        return self.context.keeps.holds(rule, self.lines[index])

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
        counts = self._count_above()
        return tuple(
            Removal(rule, self.lines[index].strip(), counts[index]) for index, rule in sorted(self.dropped.items())
        )

    def carry(self, removed: Sequence[Removal]) -> tuple[Removal, ...]:
        """Earlier removals and those of this draft in the text's order, each with its place in the text that stands.

        The draft must have the lines of the text that the earlier ones were taken from; else their places are lost.
        """
        counts = self._count_above()
        placed: list[tuple[float, Removal]] = []
        for one in removed:
            place = self.written[one.at] if one.at is not None and one.at < len(self.written) else len(self.lines)
            at = None if one.at is None or one.at > len(self.written) else counts[place]
            placed.append((-1.0 if at is None else place - 0.5, replace(one, at=at)))
        placed += zip(map(float, sorted(self.dropped)), self.list_removals(), strict=True)
        return tuple(one for _, one in sorted(placed, key=itemgetter(0)))

    def _count_above(self) -> list[int]:
        """For each line, and for the end, how many lines stand above it."""
        stands = (bool(line.strip()) and index not in self.dropped for index, line in enumerate(self.lines))
        return list(accumulate(stands, initial=0))
