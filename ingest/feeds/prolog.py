"""What stands before the first element of a document, and which element that is; one pass, no backtracking."""

import re
from dataclasses import dataclass

FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "newlocation", "item", "entry"})
JUNK_ROOM = 65_536

_NAME = re.compile(r"<([A-Za-z_][\w.-]{0,100}+)(?::([A-Za-z_][\w.-]{0,100}+))?")
_FEED_START = re.compile(r"<(?:\?xml\s|(?:[A-Za-z]\w{0,20}:)?(?:rss|feed|RDF)[\s>])", re.IGNORECASE)
_SPACE = re.compile(r"[\s\ufeff\x00]*+")


@dataclass(frozen=True, slots=True)
class Prolog:
    """Where the first element starts, its local name in lower case, and the DOCTYPE that stood before it."""

    start: int
    root: str | None
    doctype: str = ""
    has_junk: bool = False


def read_prolog(text: str) -> Prolog:
    """Find the root element behind declarations, comments, a DOCTYPE and, before a feed, leading junk (rule 80)."""
    prolog = _scan(text, 0)
    if prolog.root in FEED_ROOTS or prolog.root == "html" or "<html" in text[: prolog.start].lower():
        return prolog
    later = _FEED_START.search(text, prolog.start, prolog.start + JUNK_ROOM)
    while later:
        found = _scan(text, later.start())
        if found.root in FEED_ROOTS:
            return Prolog(found.start, found.root, found.doctype, has_junk=True)
        later = _FEED_START.search(text, later.end(), prolog.start + JUNK_ROOM)
    return prolog


def _scan(text: str, position: int) -> Prolog:
    doctype = ""
    while True:
        position = _skip_space(text, position)
        if text.startswith("<?", position):
            end = _after(text, "?>", position)
        elif text.startswith("<!--", position):
            end = _after(text, "-->", position)
        elif text[position : position + 9].upper() == "<!DOCTYPE":
            end = _after_doctype(text, position)
            doctype = text[position : min(end, position + 500)]
        else:
            return Prolog(position, _element_name(text, position), doctype)
        if end < 0:
            return Prolog(position, None, doctype)
        position = end


def _skip_space(text: str, position: int) -> int:
    matched = _SPACE.match(text, position)
    return matched.end() if matched else position


def _after(text: str, mark: str, position: int) -> int:
    end = text.find(mark, position)
    return -1 if end < 0 else end + len(mark)


def _after_doctype(text: str, position: int) -> int:
    """Behind the DOCTYPE and its internal subset (rule 60); the subset ends with "]" and ">"."""
    close, subset = text.find(">", position), text.find("[", position)
    if subset < 0 or -1 < close < subset:
        return -1 if close < 0 else close + 1
    end = re.compile(r"\]\s*+>").search(text, subset)
    return end.end() if end else -1


def _element_name(text: str, position: int) -> str | None:
    matched = _NAME.match(text, position)
    return (matched[2] or matched[1]).lower() if matched else None
