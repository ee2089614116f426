"""An extractor's lines, found again in the page: which blocks it kept."""

from bisect import bisect_right
from itertools import accumulate

from ingest.extract.outline import Outline, key_of

_SHORT_KEY = 12
_REACH = 3_000


class Alignment:
    """The page's letters and digits in one string, with where each block begins."""

    def __init__(self, page: Outline) -> None:
        """Index a page's blocks."""
        self._stream = "".join(block.key for block in page.blocks)
        self._ends = list(accumulate(len(block.key) for block in page.blocks))
        self._count = len(page.blocks)

    def keep(self, lines: list[str]) -> tuple[set[int], float]:
        """The blocks that lines cover by half or more, and the share of the lines' characters that were found."""
        covered: dict[int, int] = {}
        cursor = found = total = 0
        for line in lines:
            key = key_of(line)
            total += len(key)
            place = self._find(key, cursor) if key else -1
            if place >= 0:
                found += len(key)
                self._cover(covered, place, place + len(key))
                cursor = place + len(key)
        kept = {index for index, length in covered.items() if 2 * length >= self._length(index)}
        return kept, found / max(1, total)

    def _find(self, key: str, cursor: int) -> int:
        if len(key) < _SHORT_KEY:
            return self._find_block(key, cursor)
        place = self._stream.find(key, cursor)
        return place if place >= 0 else self._stream.find(key)

    def _find_block(self, key: str, cursor: int) -> int:
        """A short line counts only as a whole block, and near the last one."""
        place = self._stream.find(key, cursor, cursor + _REACH)
        while place >= 0:
            block = bisect_right(self._ends, place)
            if self._begin(block) == place and self._ends[block] == place + len(key):
                return place
            place = self._stream.find(key, place + 1, cursor + _REACH)
        return -1

    def _cover(self, covered: dict[int, int], start: int, end: int) -> None:
        block = bisect_right(self._ends, start)
        while block < self._count and self._begin(block) < end:
            overlap = min(end, self._ends[block]) - max(start, self._begin(block))
            if overlap > 0:
                covered[block] = covered.get(block, 0) + overlap
            block += 1

    def _begin(self, block: int) -> int:
        return self._ends[block - 1] if block else 0

    def _length(self, block: int) -> int:
        return self._ends[block] - self._begin(block)
