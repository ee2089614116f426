"""Words that a printed page had split ("exp-erts", "on-ly") are rejoined; true compounds ("take-over") stay.

The evidence, in order: the joined word is a known one (in common use, or standing elsewhere in the text) while a half
is no word; a half that is only ever an ending; and, where a text holds such splits, two halves that are no words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.clean.vocabulary import WORD, Vocabulary, choose_vocabulary

# Exactly one hyphen between two runs of letters, which may end its line or (where a line end was lost) have a blank
# behind it; no hyphen, digit, apostrophe, dot, slash or at sign around.
_SPLIT = re.compile(r"(?<![\w'’.@/\-‐‑])([^\W\d_]+)[-‐]([ \t]*\n[ \t]*| )?([^\W\d_]+)(?![\w@/‐‑\-]|['’]\w|\.\w)")
_GAP = re.compile(r"[-‐](?<=[^\W\d_][-‐])(?:[ \t]*\n[ \t]*| )(?=[^\W\d_])")
_HANGING = re.compile(r"[-‐‑]\s*$")
_SOFT = "\u00ad"
_SOFT_BREAK = re.compile(rf"(?<=[^\W\d_]){_SOFT}[ \t]*\n[ \t]*(?=[^\W\d_])(\S*)[ \t]*")
_HYPHEN = re.compile("[-‐]")
_WORD_REST = re.compile(r"([^\s\w]*) +")  # what closes a word, and the blank that becomes the line's end
_LETTERS = re.compile(r"[^\W\d_]+$")
_LONGEST_HALF = 40
_BEFORE = re.compile(r"([^\W\d_]+)\s+$")
_BEFORE_CHARS = 40
_MIN_JOINED = 4
_MIN_LOOSE_JOINED = 6
_MIN_CHIME = 3
_CERTAIN_SPLITS = 2  # so many make a text one whose hyphens come from print
_KOREAN = re.compile(
    r"(?:kk|tt|pp|ss|jj|ch|sh|[gkndrlmbpsjthcwy])?w?(?:yeo|yae|yoo|woo|eo|eu|ae|ye|ya|yu|yo|oo|ee|ui|wa|wo|i|a|u|e|o)"
    r"(?:ng|n|m|k|l|p|t|b|h)?"
)


@dataclass(frozen=True, slots=True)
class Split:
    """A hyphenated word with the writing before it."""

    left: str
    right: str
    before: str
    place: tuple[int, int]
    gap: str = ""  # between hyphen and second half: a line's end, a blank


class Standing:
    """The words that stand alone in a text, looked up one by one: few are ever asked for."""

    def __init__(self, text: str) -> None:
        """Of this text."""
        self._text = text.casefold()

    def __contains__(self, word: str) -> bool:
        """Whether the word (in small letters) stands alone."""
        place = self._text.find(word)
        while place >= 0:
            found = WORD.match(self._text, place)
            if found and found.end() == place + len(word):
                return True
            place = self._text.find(word, place + 1)
        return False


def rejoin_words(text: str, language: str | None) -> str:
    """The text with print hyphens taken out of its words; ``language`` is a primary subtag, unknown ones prove less.

    A word that a line's end had split ends its first line. Soft hyphens are no part of a word, wherever they stand.
    """
    text = _SOFT_BREAK.sub(r"\1\n", text).replace(_SOFT, "") if _SOFT in text else text
    vocabulary = choose_vocabulary(language)
    joined = _rejoin_once(text, vocabulary)
    while joined != text:
        text, joined = joined, _rejoin_once(joined, vocabulary)
    return text


def _rejoin_once(text: str, vocabulary: Vocabulary) -> str:
    splits = list(_find_splits(text))
    if not splits:
        return text
    seen = Standing(_GAP.sub("-", text))  # the second half of a word that a line's end splits stands nowhere alone
    certain = [split for split in splits if _is_certain(split, seen, vocabulary)]
    kinds = {(split.left + split.right).casefold() for split in certain}
    if len(kinds) >= _CERTAIN_SPLITS:
        certain = [split for split in splits if split in certain or _is_likely(split, seen, vocabulary)]
    return _join(text, certain)


def _find_splits(text: str) -> Iterator[Split]:
    for hyphen in _HYPHEN.finditer(text):
        place = hyphen.start()
        left = _LETTERS.search(text, max(0, place - _LONGEST_HALF), place)
        found = _SPLIT.match(text, left.start()) if left else None
        if found is None:
            continue
        before = text[max(0, found.start() - _BEFORE_CHARS) : found.start()]
        if not _HANGING.search(before):
            yield Split(found.group(1), found.group(3), before, found.span(), found.group(2) or "")


def _join(text: str, splits: list[Split]) -> str:
    pieces, place = [], 0
    for split in splits:
        pieces += [text[place : split.place[0]], split.left, split.right]
        place = split.place[1]
        if "\n" in split.gap and (rest := _WORD_REST.match(text, place)):
            pieces += [rest.group(1), "\n"]
            place = rest.end()
    return "".join([*pieces, text[place:]])


def _is_certain(split: Split, seen: Standing, vocabulary: Vocabulary) -> bool:
    left, right = split.left.casefold(), split.right.casefold()
    if _is_vetoed(split, vocabulary) or len(left + right) < _MIN_JOINED:
        return False
    if left + right in vocabulary.closed:
        return True
    known_left, known_right = (_is_word(half, seen, vocabulary) for half in (left, right))
    if left + right in vocabulary.words or (left + right in seen and left not in vocabulary.prefixes):
        return not (known_left and known_right) or _never_compound(left, right, vocabulary)
    return right in vocabulary.endings and left not in vocabulary.prefixes


def _is_likely(split: Split, seen: Standing, vocabulary: Vocabulary) -> bool:
    """In a text with certain splits: two halves that are no words and make one of some length."""
    left, right = split.left.casefold(), split.right.casefold()
    if _is_vetoed(split, vocabulary) or left in vocabulary.prefixes or _is_name(split):
        return False
    if split.gap == " " or not vocabulary.words or len(left + right) < _MIN_LOOSE_JOINED:
        return False
    return not any(_is_word(half, seen, vocabulary) for half in (left, right))


def _is_vetoed(split: Split, vocabulary: Vocabulary) -> bool:
    """What is never a print hyphen: letters, initials, names, doublings, and words that the language writes so."""
    left, right = split.left, split.right
    small_left, small_right = left.casefold(), right.casefold()
    if len(left) == 1 or len(right) == 1 or small_left == small_right:
        return True
    if right[0].isupper() or (left.isupper() and not right.isupper()):
        return True
    if small_right in vocabulary.clitics or f"{small_left}-{small_right}" in vocabulary.kept:
        return True
    if small_left + small_right in vocabulary.closed:
        return False
    if small_right.removesuffix("s") in vocabulary.particles and vocabulary.is_common(small_left):
        return True
    if small_left in vocabulary.prefixes and vocabulary.is_common(small_right):
        return True
    return small_left + small_right not in vocabulary.words and _is_chiming(small_left, small_right)


def _is_chiming(left: str, right: str) -> bool:
    """Doublings with another vowel or another first letter: zig-zag, chit-chat, hip-hop, hocus-pocus."""
    if len(left) != len(right) or len(left) < _MIN_CHIME:
        return False
    different = [place for place, (one, other) in enumerate(zip(left, right, strict=True)) if one != other]
    return len(different) == 1


def _is_word(half: str, seen: Standing, vocabulary: Vocabulary) -> bool:
    """Whether the half stands alone: in the text, or in common use. Two letters only by the language's own list."""
    if vocabulary.is_common(half):
        return True
    return half in seen and not (vocabulary.words and len(half) < 3)  # noqa: PLR2004  (two letters: abbreviations)


def _never_compound(left: str, right: str, vocabulary: Vocabulary) -> bool:
    """Two words that make a known one which nobody writes with a hyphen: sea-son, for-get."""
    return left in vocabulary.openings or right in vocabulary.closings


def _is_name(split: Split) -> bool:
    """Asian given names (Kim Jong-un, Chiang Kai-shek): capital first, small second, a capital word before."""
    if not split.left[0].isupper():
        return False
    before = _BEFORE.search(split.before)
    if before and before.group(1)[0].isupper():
        return True
    return all(_KOREAN.fullmatch(half.casefold()) for half in (split.left, split.right))
