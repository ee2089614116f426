"""An extractor's lines, found again in the page: which blocks it kept."""

from bisect import bisect_right
from itertools import accumulate

from ingest.extract.outline import Outline, key_of

_SHORT_KEY = 12
_REACH = 3_000
_ANCHOR = 24
_STEP = 8


class Alignment:
    """The page's letters and digits in one string, with where each block begins.

    What the platform's rules took out of the tree is not in it: no extractor can have seen it.
    """

    def __init__(self, page: Outline) -> None:
        """Index a page's blocks."""
        keys = ["" if block.furniture == "platform" else block.key for block in page.blocks]
        self._stream = "".join(keys)
        self._ends = list(accumulate(map(len, keys)))
        self._count = len(page.blocks)
        self._covered: dict[int, int] = {}

    def keep(self, lines: list[str]) -> set[int]:
        """The blocks that the lines cover by half or more."""
        self._covered = {}
        cursor = 0
        for line in lines:
            key = key_of(line)
            place = self._find(key, cursor) if key else -1
            if place >= 0:
                self._cover(place, place + len(key))
                cursor = place + len(key)
            elif len(key) > _ANCHOR:
                cursor = self._follow(key, cursor)
        return {index for index, length in self._covered.items() if 2 * length >= self._length(index)}

    def _find(self, key: str, cursor: int) -> int:
        if len(key) < _SHORT_KEY:
            return self._find_blocks(key, cursor)
        place = self._stream.find(key, cursor)
        return place if place >= 0 else self._stream.find(key)

    def _find_blocks(self, key: str, cursor: int) -> int:
        """A short line counts only as whole blocks, and near the last one."""
        place = self._stream.find(key, cursor, cursor + _REACH)
        while place >= 0:
            first, last = bisect_right(self._ends, place), bisect_right(self._ends, place + len(key) - 1)
            if self._begin(first) == place and self._ends[last] == place + len(key):
                return place
            place = self._stream.find(key, place + 1, cursor + _REACH)
        return -1

    def _follow(self, key: str, cursor: int) -> int:
        """A line that left something out of the page's text is found piece by piece, from anchor to anchor."""
        at = 0
        while at + _ANCHOR <= len(key):
            anchor = key[at : at + _ANCHOR]
            place = self._stream.find(anchor, cursor)
            place = place if place >= 0 else self._stream.find(anchor)
            if place < 0:
                at += _STEP
                continue
            length = self._common(key, at, place)
            self._cover(place, place + length)
            cursor = place + length
            at += length
        return cursor

    def _common(self, key: str, at: int, place: int) -> int:
        """How far the line and the page agree from two places on."""
        length, step = _ANCHOR, 256
        while step:
            end = length + step
            if at + end <= len(key) and key[at + length : at + end] == self._stream[place + length : place + end]:
                length = end
            else:
                step //= 2
        return length

    def _cover(self, start: int, end: int) -> None:
        block = bisect_right(self._ends, start)
        while block < self._count and self._begin(block) < end:
            overlap = min(end, self._ends[block]) - max(start, self._begin(block))
            if overlap > 0:
                self._covered[block] = self._covered.get(block, 0) + overlap
            block += 1

    def _begin(self, block: int) -> int:
        return self._ends[block - 1] if block else 0

    def _length(self, block: int) -> int:
        return self._ends[block] - self._begin(block)
