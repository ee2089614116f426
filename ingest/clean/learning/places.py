"""Where a line stands in a text: before, between or behind the sentences that the text shares with no other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.blocks import Trait, Zone

PROSE, BOXED, NAMED, LINKED = int(Trait.PROSE), int(Trait.BOXED), int(Trait.NAMED), int(Trait.LINKED)
DROPPED, REFRAIN, BOX = int(Trait.DROPPED), int(Trait.REFRAIN), int(Trait.BOXED | Trait.SECOND)
APART = BOXED | LINKED
_AGREEING = 0.8  # of the sightings must tell the same
_FIXED_FROM = 2  # lines above: a place that every text has says nothing


@dataclass(frozen=True, slots=True)
class Place:
    """One text's sighting of a line: the text's place in time, and where the line stands in it."""

    order: int
    zone: Zone | None  # None: the text has no sentence of its own to tell by
    index: int
    digits: int
    chars: int
    traits: int  # of Trait
    learned_before: bool  # the line before it is learned
    learned_behind: bool
    is_last: bool
    heads_links: bool  # the line behind it is made of links
    is_apart: bool  # the markup sets it apart from the text's paragraphs, and nothing of the text's own with it

    @property
    def is_inside(self) -> bool:
        """Between learned lines, or between one and the text's end."""
        return self.learned_before and (self.learned_behind or self.is_last)

    @property
    def is_refrain(self) -> bool:
        """Whether the text says it again and again."""
        return bool(self.traits & REFRAIN)

    @property
    def is_named(self) -> bool:
        """Whether it holds the name of the page's author."""
        return bool(self.traits & NAMED)


def agree(claims: Iterable[bool]) -> bool:
    """Whether nearly all claims are true."""
    listed = list(claims)
    return sum(listed) >= _AGREEING * len(listed)


def find_edges(own: Sequence[bool], traits: Sequence[int]) -> tuple[int, int]:
    """The first and the last of a text's own sentences."""
    prose = [index for index, is_own in enumerate(own) if is_own and traits[index] & PROSE]
    return (prose[0], prose[-1]) if prose else (len(own), -1)


def find_label_edges(own: Sequence[bool], traits: Sequence[int]) -> tuple[int, int]:
    """The first and the last of all lines that are a text's own, links to other pages apart."""
    lines = [index for index, is_own in enumerate(own) if is_own and not traits[index] & LINKED]
    return (lines[0], lines[-1]) if lines else (len(own), -1)


def name_zone(*, is_behind: bool, is_before: bool) -> Zone | None:
    """Where a line is that stands behind, or before, own sentences of its text."""
    if is_behind and is_before:
        return Zone.MIDDLE
    if not is_behind and not is_before:
        return None
    return Zone.TAIL if is_behind else Zone.HEAD


def agree_zone(places: Sequence[Place]) -> Zone:
    """The edge where nearly all sightings stand, else the middle, which asks for most."""
    told = [place for place in places if place.zone is not None]
    for zone in (Zone.TAIL, Zone.HEAD):
        if len(told) > 1 and agree(place.zone is zone for place in told):
            return zone
    return Zone.MIDDLE


def usual_index(places: Sequence[Place]) -> int:
    """How many lines mostly stand above it."""
    return Counter(place.index for place in places).most_common(1)[0][0]


def is_fixed(places: Sequence[Place]) -> bool:
    """Whether nearly all sightings have as many lines above them, and not next to none."""
    index = usual_index(places)
    return index >= _FIXED_FROM and agree(place.index == index for place in places)
