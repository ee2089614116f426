"""Whether two texts of one article are the same text: what a reader would see decides, not bytes (rule 68)."""

import hashlib
import re
import unicodedata

# Printed by the page around the article and different at every fetch: counters, ages, invitations to share.
_COUNTED = (
    r"comments?|replies|reply|responses?|likes?|views?|reads?|shares?|claps?|votes?|points?|readers?"
    r"|kommentare?|aufrufe|antworten|commentaires?|vues|comentarios?|visitas|visualizações|commenti|reacties"
)
_AGES = r"(?:sec(?:ond)?|min(?:ute)?|hour|hr|day|week|month|year)s?"
_INVITATIONS = (
    r"share(?: this)?(?: (?:article|post|story|page))?|share on .{1,20}|tweet|print|email|save|follow us|read more"
    r"|leave a (?:comment|reply)|post a comment|no comments(?: yet)?|advertisement|anzeige|publicité|publicidad"
)
_FURNITURE = re.compile(
    rf"(?:\d[\d.,]*\s?[kKmM]?\s(?:{_COUNTED})|(?:{_COUNTED})\s?[:(]\s?\d[\d.,]*\)?"
    rf"|(?:updated |published |posted |about )?\d+ {_AGES} (?:ago|read)|{_INVITATIONS})\W*",
    re.IGNORECASE,
)
_FURNITURE_CHARACTERS = 60

_SPELLINGS = {
    "'": "‘’‚‛′´`ʼ",
    '"': "“”„‟″«»",
    "": "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",
}
_FOLDED = tuple((mark, plain) for plain, marks in _SPELLINGS.items() for mark in marks)


def visible_text(text: str) -> str:
    """Give the text as a reader sees it: composed, one space between words, plain quotes, nothing invisible.

    Upper and lower case stay: they can be seen.
    """
    for mark, plain in _FOLDED:  # a fifth of the time that ``translate`` takes: most marks are in few texts
        text = text.replace(mark, plain)
    return " ".join(unicodedata.normalize("NFC", text).split())


def content_hash(title: str | None, text: str | None) -> str:
    """Give the sha256 (hex) of an article's visible title and text; equal hash means no revision.

    A text that begins with its title says no more than one that does not: a template may mark its heading tomorrow.
    """
    seen, first, rest = visible_text(title or ""), *(text or "").lstrip().partition("\n")[::2]
    joined = f"{seen}\n{visible_text(rest if rest.strip() and visible_text(first) == seen else text or '')}"
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but white space, glyph variants and the page's furniture (counters, ages)."""
    return _without_furniture(one) == _without_furniture(other)


def _without_furniture(text: str) -> str:
    """The visible text without the lines that are furniture as a whole; all of it where nothing else is there."""
    lines = [visible_text(line) for line in text.splitlines()]
    kept = " ".join(line for line in lines if line and not _is_furniture(line))
    return kept or visible_text(text)


def _is_furniture(line: str) -> bool:
    return len(line) <= _FURNITURE_CHARACTERS and _FURNITURE.fullmatch(line) is not None
