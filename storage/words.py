"""Texts as words to search: folded to one spelling; scripts without blanks become overlapping pairs of characters.

Trigrams would cost three times the index and still miss the two-character words of Chinese and Japanese; pairs find
them, and a longer word is the phrase of its pairs.
"""

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 150_000  # of a text that are indexed: a tsvector takes 1 MB and positions up to 16,383

# Han, kana, bopomofo, Hangul, and Thai, Lao, Myanmar, Khmer: what is written without blanks, or with glued particles.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
# Vowel signs that belong to words though Python's \w leaves them out.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff\u0f00-\u0fff"
_DENSE_RUN = re.compile(f"[{_DENSE}]+")
_WORD = re.compile(f"(?:[^\\W_]|[{_DENSE}{_MARKS}])+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]+")
_DENSE_LEADS = bytes([0xE0, 0xE1, *range(0xE3, 0xEE), 0xEF, 0xF0])  # with one of these begins each of them in UTF-8
_PUNCTUATION = "“”„‘’‚–—…«»•\u2011\u00a0"  # no part of a word, and all that most English texts have beyond ASCII
_BLANKS = (
    "\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_SHAPE = bytes(32 if chr(code).isspace() and code < 128 else 120 for code in range(256))  # noqa: PLR2004
_QUOTED = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow one another; with ``is_prefix`` the last one only begins so."""

    words: tuple[str, ...]
    is_prefix: bool = False


def fold(text: str) -> str:
    """``text`` without case, accents and compatibility forms: "Ｃａｆé" and "cafe" become equal."""
    if text.isascii():
        return text.lower()
    # By lines, for most have nothing to fold, and a line's fold does not depend on the others.
    return "\n".join(map(_fold_line, text.split("\n")))


def searchable(text: str | None) -> str:
    """``text`` as the search index takes it: folded, and pairs of characters where there are no blanks."""
    text = (text or "")[:MAX_CHARACTERS]
    if not text.isascii():
        for mark in _PUNCTUATION:
            text = text.replace(mark, " ")
    folded = fold(text)
    if not _is_dense(folded):
        return folded
    return _DENSE_RUN.sub(lambda run: f" {_pairs(run.group())} ", folded)


def split_words(text: str) -> list[str]:
    """The words of a text that is folded already."""
    return _WORD.findall(text)


def phrases(query: str) -> tuple[Phrase, ...]:
    """What someone typed, as phrases that must all be there. Only ``"..."`` and a last ``*`` mean something."""
    return tuple(
        phrase for match in _QUOTED.finditer(query) for phrase in _phrase(match.group(2) or match.group(1) or "")
    )


def word_count(text: str | None) -> int:
    """How many words a reader would count: a character of a script without blanks counts as half a word."""
    if not text:
        return 0
    if not _is_dense(text):
        return _count_words(text)
    dense = sum(len(run) for run in _DENSE_RUN.findall(text))
    return _count_words(_DENSE_RUN.sub(" ", text)) + (dense + 1) // 2


def _fold_line(line: str) -> str:
    if line.isascii():
        return line.lower()
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", line.casefold()))
    return plain.lower() if plain.isascii() else unicodedata.normalize("NFC", plain).casefold()


def _is_dense(text: str) -> bool:
    """Whether there is writing without blanks: asked of the bytes first, where the answer takes a tenth of the time."""
    if text.isascii():
        return False
    encoded = text.encode("utf-8", "surrogatepass")
    return any(lead in encoded for lead in _DENSE_LEADS) and _DENSE_RUN.search(text) is not None


def _count_words(text: str) -> int:
    """As many as ``str.split`` gives, which takes four times as long for making them."""
    if not text.isascii():
        for blank in _BLANKS:
            text = text.replace(blank, " ")
    shape = text.encode("utf-8", "surrogatepass").translate(_SHAPE)
    return shape.count(b" x") + shape.startswith(b"x")


def _phrase(chunk: str) -> list[Phrase]:
    found = split_words(searchable(chunk))
    if not found:
        return []
    if len(found) > 1 and _is_single(found[-1]) and len(found[-2]) > 1 and found[-2].endswith(found[-1]):
        found.pop()  # what is typed may go on in the text: its last character need not end a run there
    # One character of such a script alone is the beginning of a pair, and the only way to find it.
    return [Phrase(tuple(found), is_prefix=_is_single(found[-1]) or chunk.endswith("*"))]


def _is_single(word: str) -> bool:
    return len(word) == 1 and _DENSE_RUN.match(word) is not None


def _pairs(run: str) -> str:
    # The last character stays as well: a query for it alone finds it, and words on both sides of a run keep in order.
    return " ".join([*(run[at : at + 2] for at in range(len(run) - 1)), run[-1]])
