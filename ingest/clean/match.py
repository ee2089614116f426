"""Which rule a whole line fits: its wording alone, never a part of a sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.clean.draft import Draft
from ingest.clean.kinds import Weight
from ingest.clean.lines import MARKS, MAX_RULE_CHARS, ends_sentence, fold_key, is_quoted, is_title_first, read_line
from ingest.clean.rules import DENSE, LineRule, Pattern, Rules

_MAX_PHRASES = 14  # of a line that is nothing but wordings one after the other
_EDGE_CHARS = 60  # longer than any word, so that the first and the last are whole
_MAX_NAME_CHARS = 60
_NAME = re.compile(rf"[^\W\d_][\w{MARKS}.'’ʼ·\-]*(?:[ \u00a0][^\W\d_][\w{MARKS}.'’ʼ·\-]*){{0,5}}")
_COLON = re.compile("[:：]")
_ENDS_QUOTING = re.compile(r"[\"“„‚‘«「『][^\"“”„«»「」『』]{2,}[\"”“’»」』][\s.!?。]*$")
_LATIN = re.compile("[a-z]")
# Particles that stay small within a name; anything else that is small is no name.
_PARTICLES = frozenset(
    ("al", "ben", "bin", "bint", "da", "de", "del", "della", "der", "di", "dos", "du", "el", "la", "le", "van", "von")
)
_NO_NAMES = frozenset(
    ("admin", "administrator", "anonymous", "author", "editor", "email", "guest", "home", "staff", "unknown")
)
_NAMED_BOX = "author-box/named"  # any chapter of an article may be called "About NAME"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule and what its slot for a name held, as written."""

    rule: LineRule
    name: str | None = None


def match_at(draft: Draft, index: int, rules: Rules) -> Match | None:
    """The rule of a draft's line; the heading "About NAME" is one only where NAME is known for the author."""
    found = match_words(draft, index, rules)
    if found is None or not found.rule.id.endswith(_NAMED_BOX):
        return found
    known = {fold_key(name) for name in (*draft.authors, *draft.context.authors)}
    if fold_key(found.name or "") in known:
        return found
    behind = (match_words(draft, place, rules) for place in range(index + 1, len(draft.lines)))
    told = next((match for match in behind if match and match.name and match.rule.kind is found.rule.kind), None)
    return found if told and fold_key(told.name or "") == fold_key(found.name or "") else None


def match_words(draft: Draft, index: int, rules: Rules) -> Match | None:
    """The rule that a draft's line fits by its words alone; seven stages ask for it, and it is looked for once."""
    if index not in draft.matches:
        draft.matches[index] = match_line(draft.lines[index], rules, draft.language)
    return draft.matches[index]


def match_line(raw: str, rules: Rules, language: str | None = None) -> Match | None:
    """The rule that the whole line fits, or None; a quoted line fits none.

    ``language`` (a primary subtag) is the text's: wordings of other languages count where they cannot be mistaken.
    """
    if len(raw) > MAX_RULE_CHARS or not raw.strip():
        return None
    return _match_short(raw, rules, language)


@lru_cache(maxsize=4096)
def _match_short(raw: str, rules: Rules, language: str | None) -> Match | None:
    if not _may_match(raw, rules):
        return None
    key = fold_key(raw)
    if not key or is_quoted(raw):
        return _match_titled(raw, key, rules, language) if key and is_title_first(raw) else None
    literal = _choose_literal(key, rules, language)
    if literal is not None:
        return Match(literal)
    return _match_patterns(raw, key, rules, language) or _match_phrases(key, rules, language)


def _match_titled(raw: str, key: str, rules: Rules, language: str | None) -> Match | None:
    """What begins with a quoted title may head the readers' comments, and is nothing else."""
    found = _match_patterns(raw, key, rules, language)
    return found if found and found.rule.kind.name in {"threads", "comments"} else None


def _may_match(raw: str, rules: Rules) -> bool:
    """The cheap question first: whether any wording begins or ends as the line does."""
    first = fold_key(raw[:_EDGE_CHARS]).partition(" ")[0]
    if first in rules.longest or first in rules.opened or first.isdecimal() or len(raw) <= _EDGE_CHARS:
        return True
    return fold_key(raw[-_EDGE_CHARS:]).rpartition(" ")[2] in rules.closed


def _choose_literal(key: str, rules: Rules, language: str | None) -> LineRule | None:
    """The rule of this very wording: the text's own language first, then English, then any that allows it."""
    found = rules.literals.get(key, ())
    for wanted in (language, "en"):
        for rule in found:
            if wanted in rule.languages:
                return rule
    return next((rule for rule in found if _is_unmistakable(rule, key)), None)


def _is_unmistakable(rule: LineRule, key: str) -> bool:
    """Whether a literal counts in a text of another language: strong kinds, several words, or another script."""
    return rule.kind.weight is Weight.STRONG or " " in key or not _LATIN.search(key)


def _is_at_home(rule: LineRule, language: str | None) -> bool:
    return rule.kind.weight is Weight.STRONG or language in rule.languages or "en" in rule.languages


def _match_patterns(raw: str, key: str, rules: Rules, language: str | None) -> Match | None:
    for pattern in _find_candidates(key, rules):
        if not _is_at_home(pattern.rule, language) or pattern.regex.fullmatch(key) is None or _is_prose(raw, pattern):
            continue
        if "name" not in pattern.regex.groupindex:
            return Match(pattern.rule)
        name = _read_name(raw, pattern)
        if name is not None:
            return Match(pattern.rule, name)
    return None


def _is_prose(raw: str, pattern: Pattern) -> bool:
    """Whether the line is a sentence that happens to have the wording's words: at its begin, or quoted at its end."""
    if pattern.is_loose and ends_sentence(raw):
        return True
    if pattern.colon_by is not None and _COLON.search(raw, 0, pattern.colon_by) is None:
        return True
    return pattern.is_closed and _ENDS_QUOTING.search(raw) is not None


def _read_name(raw: str, pattern: Pattern) -> str | None:
    line = read_line(raw)
    found = pattern.regex.fullmatch(line.key)
    return clean_name(line.written(*found.span("name"))) if found else None


def _find_candidates(key: str, rules: Rules) -> Iterator[Pattern]:
    words = key.split()
    yield from rules.opened.get(words[0], ())
    yield from rules.closed.get(words[-1], ())
    for word in words[1:-1]:
        yield from rules.inner.get(word, ())
    if DENSE.search(key):
        yield from (pattern for text, pattern in rules.dense if text in key)


def _match_phrases(key: str, rules: Rules, language: str | None) -> Match | None:
    """A line of several wordings in a row ("Newer Post Older Post Home"), named after the one that proves most."""
    pieces = _cut_phrases(key, rules, language)
    if len(pieces) < 2:  # noqa: PLR2004  (one wording was looked up before)
        return None
    order = list(Weight)
    return Match(min(pieces, key=lambda rule: order.index(rule.kind.weight)))


def _cut_phrases(key: str, rules: Rules, language: str | None) -> list[LineRule]:
    """The rules of the wordings that make up all of the key; none where anything but a number is left over."""
    words = key.split()
    found: list[LineRule] = []
    place = 0
    while place < len(words):
        size, rule = _find_longest(words, place, rules, language)
        if rule is not None:
            found.append(rule)
        elif not words[place].isdecimal():
            return []
        place += size
    return found if len(found) <= _MAX_PHRASES else []


def _find_longest(words: list[str], place: int, rules: Rules, language: str | None) -> tuple[int, LineRule | None]:
    for size in range(rules.longest.get(words[place], 0), 0, -1):
        rule = _choose_literal(" ".join(words[place : place + size]), rules, language)
        if rule is not None:
            return min(size, len(words) - place), rule
    return 1, None


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
