"""How much recurrence proves a line furniture: by where it stands, how long it is, and what the markup says of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.blocks import SeenLine, Zone
from ingest.clean.learning.places import APART, BOXED, NAMED, Place, agree, is_fixed

LONG = 60  # characters: a sentence, not a label
_TINY = 12  # "Yes.", "Q:", a name, a unit
_DATELINE = re.compile(r"[—–-]\s*$|\((?:AP|AFP|Reuters|dpa|EFE|ANSA|UPI|CNN)\)")


@dataclass(frozen=True, slots=True)
class Need:
    """So many texts, and at least this share of all since the first; ``is_fixed``: of all that are long enough for it.

    The share of any stretch up to now would not do: what half of all articles say comes ten times in a row one day.
    """

    texts: int
    share: float
    is_fixed: bool = False


# (zone, boxed, long) -> need. What the markup sets apart may stand on few texts, as a bio does; what it does not must
# be on nearly all. A label between paragraphs is a heading, however often it recurs ("Ingredients"): no line here.
_NEEDS = {
    (Zone.TAIL, True, True): Need(3, 0.0),
    (Zone.TAIL, True, False): Need(6, 0.5),
    (Zone.TAIL, False, True): Need(12, 0.95),
    (Zone.TAIL, False, False): Need(12, 0.95),
    (Zone.HEAD, True, True): Need(5, 0.5),
    (Zone.HEAD, True, False): Need(6, 0.5),
    (Zone.HEAD, False, True): Need(15, 0.95),
    (Zone.HEAD, False, False): Need(15, 0.95),
    (Zone.MIDDLE, True, True): Need(5, 0.15),
    (Zone.MIDDLE, True, False): Need(8, 0.5),
    (Zone.MIDDLE, False, True): Need(15, 0.95),
}
_BIO = Need(3, 0.0)  # a long line that names the page's author, behind the text
_BOXED_BIO = Need(2, 0.0)
_LINKS_HEADING = Need(6, 0.5)  # a label behind the text with links below it
_FIXED_MIDDLE = Need(12, 0.9, is_fixed=True)  # a long line with always as many lines above it: a template's doing
_BESIDE = Need(12, 0.9, is_fixed=True)  # a label in such a place, beside a learned line: the heading of a pitch
_TINY_EDGE = Need(10, 0.9)
_INSIDE = Need(4, 0.0)  # a line between two learned ones
PASSAGE = Need(10, 0.9)  # a line of a long run that texts share: an agency's report or a press release, quoted
COUNTED = Need(8, 0.8)  # a boxed label at an edge whose numbers change: a counter, a copyright's year
RETURNED = Need(3, 0.5)  # of the latest texts: a block that was furniture before
_WHERE = {Zone.HEAD: "above the text", Zone.MIDDLE: "within the text", Zone.TAIL: "behind the text"}


def choose_need(places: Sequence[Place], zone: Zone, *, is_boxed: bool) -> tuple[Need | None, str]:
    """How many texts, and which share, make such a line furniture (None: no number does), and what it is."""
    is_long = places[-1].chars >= LONG
    if agree(place.is_inside for place in places):
        return _INSIDE, "between learned blocks"
    if is_long and zone is Zone.TAIL and agree(place.is_named for place in places):
        return (_BOXED_BIO if is_boxed else _BIO), "tells of the author behind the text"
    if not is_long:
        special = _choose_label_need(places, zone, is_boxed=is_boxed)
        if special is not None:
            return special
    elif not is_boxed and zone is Zone.MIDDLE and is_fixed(places):
        return _FIXED_MIDDLE, "always as many lines above it"
    return _NEEDS.get((zone, is_boxed, is_long)), f"{_WHERE[zone]}{', in a box of its own' if is_boxed else ''}"


def _choose_label_need(places: Sequence[Place], zone: Zone, *, is_boxed: bool) -> tuple[Need | None, str] | None:
    """The same for a short line of a special kind."""
    if zone is Zone.TAIL and agree(place.heads_links for place in places):
        return _LINKS_HEADING, "the heading of links behind the text"
    if places[-1].chars < _TINY:
        is_edge = is_boxed and zone is not Zone.MIDDLE
        return (_TINY_EDGE, "a label in a box of its own") if is_edge else (None, "")
    is_beside = zone is Zone.MIDDLE and agree(place.learned_before or place.learned_behind for place in places)
    if is_beside and not is_boxed and is_fixed(places):
        return _BESIDE, "beside a learned block, always as many lines above it"
    return None


def is_dateline(line: SeenLine) -> bool:
    """Whether a line may say where a report comes from ("LONDON (AP) —"), which belongs to it on however many pages."""
    is_plain = line.chars < LONG and not line.traits & APART
    return is_plain and _DATELINE.search(line.text) is not None


def least_texts(line: SeenLine, *, is_beside: bool) -> int:
    """Fewer texts than these prove nothing of such a line, wherever it stands; ``is_beside``: a line that recurs."""
    if line.traits & (BOXED | NAMED):
        return _BOXED_BIO.texts
    if is_beside:
        return _INSIDE.texts
    return _NEEDS[Zone.TAIL, False, True].texts if line.chars >= LONG else _LINKS_HEADING.texts
