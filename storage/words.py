"""Texts as words to search: folded to one spelling; scripts without blanks become overlapping pairs of characters.

Trigrams would cost three times the index and still miss the two-character words of Chinese and Japanese; pairs find
them, and a longer word is the phrase of its pairs.
"""

import re
import unicodedata

from storage.dialects import Phrase

MAX_WORDS = 20_000  # of one article: beyond it a text is no article, and Postgres caps positions at 16,383
MAX_WORD = 60  # characters; longer ones are data, not words

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
_QUOTED = re.compile(r'"([^"]*)"?|(\S+)')


def fold(text: str) -> str:
    """``text`` without case, accents and compatibility forms: "Ｃａｆé" and "cafe" become equal."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", apart)).casefold()


def words(text: str | None) -> str:
    """The words of ``text`` in order, apart by blanks, as the search index takes them."""
    found = _WORD.findall(fold(text or ""))[:MAX_WORDS]
    return " ".join(piece for word in found for piece in _pieces(word, is_query=False))


def phrases(query: str) -> tuple[Phrase, ...]:
    """What someone typed, as phrases that must all be there. Only ``"..."`` and a last ``*`` mean something."""
    return tuple(
        phrase for match in _QUOTED.finditer(query) for phrase in _phrase(match.group(2) or match.group(1) or "")
    )


def word_count(text: str | None) -> int:
    """How many words a reader would count: a character of a script without blanks counts as half a word."""
    if not text:
        return 0
    if text.isascii():
        return len(text.split())
    dense = sum(len(run) for run in _DENSE_RUN.findall(text))
    return len(_DENSE_RUN.sub(" ", text).split()) + (dense + 1) // 2


def _phrase(chunk: str) -> list[Phrase]:
    found = _WORD.findall(fold(chunk))[:MAX_WORDS]
    pieces = tuple(piece for word in found for piece in _pieces(word, is_query=True))
    if not pieces:
        return []
    # One character of such a script alone is the beginning of a pair, and the only way to find it.
    is_single = len(pieces[-1]) == 1 and _DENSE_RUN.fullmatch(pieces[-1]) is not None
    return [Phrase(pieces, is_prefix=is_single or chunk.endswith("*"))]


def _pieces(word: str, *, is_query: bool) -> list[str]:
    if word.isascii() or _DENSE_RUN.search(word) is None:
        return [word[:MAX_WORD]]
    pieces: list[str] = []
    end = 0
    for run in _DENSE_RUN.finditer(word):
        pieces += [word[end : run.start()][:MAX_WORD], *_pairs(run.group(), is_query=is_query)]
        end = run.end()
    return [piece for piece in (*pieces, word[end:][:MAX_WORD]) if piece]


def _pairs(run: str, *, is_query: bool) -> list[str]:
    pairs = [run[at : at + 2] for at in range(len(run) - 1)]
    # The index keeps the last character too: a query for one character finds it, and positions stay one a character.
    return pairs if is_query and pairs else [*pairs, run[-1]]
