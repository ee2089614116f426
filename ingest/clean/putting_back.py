"""What cleaning took from a text is put back where it stood."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from ingest.clean.lines import split_lines
from ingest.model import Removal


def put_back(text: str, removed: Sequence[Removal], wanted: Collection[int]) -> tuple[str, tuple[Removal, ...]]:
    """The text with the wanted ones (their indices) where they stood, and the rest with its places in that text.

    Each wanted one must have a place. ``removed`` is in the text's order, as cleaning gives it.
    """
    lines = split_lines(text) if text else []
    for index in sorted(wanted, key=lambda index: (_place(removed[index]), index), reverse=True):
        place = _find_line(lines, _place(removed[index]))
        lines[place:place] = ["", removed[index].text] if place == len(lines) and lines else [removed[index].text, ""]
    rest = [_moved(one, index, removed, wanted) for index, one in enumerate(removed) if index not in wanted]
    return "\n".join(lines).strip("\n"), tuple(rest)


def _place(removal: Removal) -> int:
    assert removal.at is not None, f"{removal.rule} never stood among the lines of the text"
    return removal.at


def _find_line(lines: Sequence[str], above: int) -> int:
    """The index of the line that has so many above it, blank ones not counted; behind all where there is none."""
    written = [index for index, line in enumerate(lines) if line.strip()]
    return written[above] if above < len(written) else len(lines)


def _moved(one: Removal, index: int, removed: Sequence[Removal], wanted: Collection[int]) -> Removal:
    if one.at is None:
        return one
    above = [place for place in wanted if (_place(removed[place]), place) < (one.at, index)]
    return replace(one, at=one.at + sum(_count_lines(removed[place].text) for place in above))


def _count_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in split_lines(text))
