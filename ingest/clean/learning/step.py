"""One text on its way into a site's memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.blocks import BlockState, LearnedBlock, PageLines, SeenLine, Sighting
from ingest.clean.learning.copies import Overlap


@dataclass(frozen=True, slots=True)
class Step:
    """A text with what the memory says of it; ``pages``: the site's latest texts, this one last."""

    sighting: Sighting
    pages: tuple[PageLines, ...]
    overlaps: tuple[Overlap, ...]
    lines: Mapping[int, SeenLine]  # the first of each key
    now: datetime

    @property
    def page(self) -> PageLines:
        """The text as it is kept."""
        return self.pages[-1]

    @property
    def number(self) -> int:
        """The text's number."""
        return self.page.number

    @property
    def is_evidence(self) -> bool:
        """Whether it counts: it is no copy of an earlier text, and has text of its own."""
        return self.page.group == self.page.number


def list_learned(blocks: Mapping[int, LearnedBlock]) -> frozenset[int]:
    """The keys of what is dropped now."""
    return frozenset(key for key, block in blocks.items() if block.state is BlockState.LEARNED)


def is_same(block: LearnedBlock, line: SeenLine) -> bool:
    """Whether a line of a block's key is the block: its numbers count unless any will do."""
    return block.digits is None or block.digits == line.digits
