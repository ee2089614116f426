"""Which rule a whole line fits: its wording alone, never a part of a sentence."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.clean.kinds import Weight
from ingest.clean.lines import MAX_RULE_CHARS, Line, is_quoted, read_line
from ingest.clean.rules import LineRule, Rules

_MAX_PHRASES = 14  # of a line that is nothing but wordings one after the other
_MAX_NAME_CHARS = 60
_NAME = re.compile(r"[^\W\d_][\w.'’ʼ·\-]*(?:[ \u00a0][^\W\d_][\w.'’ʼ·\-]*){0,5}")
# Particles that stay small within a name; anything else that is small is no name.
_PARTICLES = frozenset(
    ("al", "ben", "bin", "bint", "da", "de", "del", "della", "der", "di", "dos", "du", "el", "la", "le", "van", "von")
)
_NO_NAMES = frozenset(
    ("admin", "administrator", "anonymous", "author", "editor", "email", "guest", "home", "staff", "unknown")
)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule and what its slot for a name held, as written."""

    rule: LineRule
    name: str | None = None


def match_line(raw: str, rules: Rules) -> Match | None:
    """The rule that the whole line fits, or None; a quoted line fits none."""
    if len(raw) > MAX_RULE_CHARS or not raw.strip():
        return None
    return _match_short(raw, rules)


@lru_cache(maxsize=4096)
def _match_short(raw: str, rules: Rules) -> Match | None:
    line = read_line(raw)
    if not line.key or is_quoted(raw):
        return None
    literal = rules.literals.get(line.key)
    if literal is not None:
        return Match(literal)
    return _match_patterns(line, rules) or _match_phrases(line, rules)


def _match_patterns(line: Line, rules: Rules) -> Match | None:
    candidates = rules.opened.get(line.key[0], ()) + rules.closed.get(line.key[-1], ())
    for pattern in candidates:
        found = pattern.regex.fullmatch(line.key)
        if found is None:
            continue
        if "name" not in pattern.regex.groupindex:
            return Match(pattern.rule)
        name = clean_name(line.written(*found.span("name")))
        if name is not None:
            return Match(pattern.rule, name)
    return None


def _match_phrases(line: Line, rules: Rules) -> Match | None:
    """A line of several wordings in a row ("Newer Post Older Post Home"), named after the one that proves most."""
    pieces = _cut_phrases(line.key, rules)
    if len(pieces) < 2:  # noqa: PLR2004  (one wording was looked up before)
        return None
    order = list(Weight)
    return Match(min(pieces, key=lambda rule: order.index(rule.kind.weight)))


def _cut_phrases(key: str, rules: Rules) -> list[LineRule]:
    """The rules of the wordings that make up all of the key; none where anything but a number is left over."""
    words = key.split()
    found: list[LineRule] = []
    place = 0
    while place < len(words):
        sizes = range(rules.longest.get(words[place], 0), 0, -1)
        longest = next((size for size in sizes if _join(words, place, size) in rules.literals), 0)
        if longest:
            found.append(rules.literals[_join(words, place, longest)])
        elif not words[place].isdecimal():
            return []
        place += longest or 1
    return found if len(found) <= _MAX_PHRASES else []


def _join(words: list[str], place: int, size: int) -> str:
    return " ".join(words[place : place + size])


def clean_name(written: str) -> str | None:
    """A person's name as it would be stored, or None for what cannot be one (a sentence, a role, small letters)."""
    name = written.strip(' \t\u00a0-–—~.,:;|*•"“”').removeprefix("@")
    if not 2 <= len(name) <= _MAX_NAME_CHARS or not _NAME.fullmatch(name):  # noqa: PLR2004  (two letters: 李明)
        return None
    words = name.split()
    if name.casefold() in _NO_NAMES:
        return None
    return name if len(words) == 1 or all(_may_stand_in_name(word) for word in words) else None


def _may_stand_in_name(word: str) -> bool:
    return not word[0].islower() or word.casefold() in _PARTICLES
