"""The piece of a text around what was looked for; made here, so that it reads alike on both databases."""

import re

from storage.words import Phrase, fold

WIDTH = 160  # characters
_BEFORE = 40
_SEARCHED = 50_000  # characters of a text in which the match is looked for
_BLANKS = re.compile(r"\s+")


def snippet(text: str, wanted: tuple[Phrase, ...]) -> str:
    """About ``WIDTH`` characters of ``text`` from a little before the first match; its beginning if none is seen."""
    flat = _BLANKS.sub(" ", text[:_SEARCHED]).strip()
    start = max(0, _first_match(flat, wanted) - _BEFORE)
    if start:
        start = flat.find(" ", start, start + _BEFORE) + 1 or start
    piece = flat[start : start + WIDTH]
    return ("…" if start else "") + piece.strip() + ("…" if start + WIDTH < len(flat) else "")


def _first_match(flat: str, wanted: tuple[Phrase, ...]) -> int:
    folded = fold(flat)
    places = [at for at in (_place(folded, phrase) for phrase in wanted) if at >= 0]
    # Folding may shorten a text: the place is scaled, and the margin before it covers the rest.
    return min(places, default=0) * len(flat) // max(1, len(folded))


def _place(folded: str, phrase: Phrase) -> int:
    at = re.search(rf"(?<!\w){re.escape(phrase.words[0])}", folded)
    return at.start() if at else folded.find(phrase.words[0])
