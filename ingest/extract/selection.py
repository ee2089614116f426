"""The blocks that are kept of a page, while it is decided which those are."""

from dataclasses import dataclass, field
from itertools import accumulate

from lxml.html import HtmlElement

from ingest.extract.outline import Block, Outline

_MOST_OF_THE_TEXT = 0.85


@dataclass(slots=True)
class Selection:
    """Kept blocks by index, and the names of what chose and changed them."""

    page: Outline
    kept: set[int]
    name: str
    steps: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> list[Block]:
        """The kept blocks in reading order."""
        return [self.page.blocks[index] for index in sorted(self.kept)]

    @property
    def size(self) -> int:
        """Characters kept."""
        return sum(self.page.blocks[index].size for index in self.kept)

    @property
    def prose(self) -> int:
        """Characters of running text kept."""
        return self.prose_within(0, len(self.page.blocks))

    def prose_within(self, start: int, end: int) -> int:
        """Characters of running text kept in blocks start to end."""
        blocks = self.page.blocks
        return sum(blocks[index].size for index in self.kept if start <= index < end and blocks[index].is_prose)

    def size_within(self, start: int, end: int) -> int:
        """Characters kept in blocks start to end."""
        return sum(self.page.blocks[index].size for index in self.kept if start <= index < end)


def free_prose(page: Outline, start: int = 0, end: int | None = None) -> int:
    """Characters of running text outside furniture, in blocks start to end."""
    return sum(block.size for block in page.blocks[start:end] if block.is_prose and block.furniture is None)


def find_home(chosen: Selection, share: float = _MOST_OF_THE_TEXT) -> HtmlElement | None:
    """The smallest element that holds most of the kept text; None where nothing is kept."""
    sums = [0, *accumulate(block.size if block.index in chosen.kept else 0 for block in chosen.page.blocks)]
    least = share * sums[-1]
    homes = [
        (end - start, element)
        for element, (start, end) in chosen.page.spans.items()
        if sums[end] - sums[start] >= least
    ]
    return min(homes, key=lambda home: home[0], default=(0, None))[1]
