"""How well a text or a field matches the truth: the measures of the design note, one function each."""

import re
from collections import Counter

_WORD = re.compile(r"\w+")
_NO_LETTER = re.compile(r"[\W_]+")
_NAMES = re.compile(r"\s*(?:[;,&|/]|\band\b|\bund\b)\s*", re.IGNORECASE)
_SHINGLE = 4
_REPEATED = 60
_COMMENT_RUN = 8
_COMMENT_RUNS = 3


def word_f1(text: str, truth: str) -> float:
    """F1 of the bags of lower-cased words, 0 to 1; 1 where both are empty."""
    words, true_words = Counter(_WORD.findall(text.lower())), Counter(_WORD.findall(truth.lower()))
    both = words.total() + true_words.total()
    return 2 * (words & true_words).total() / both if both else 1.0


def shingle_counts(text: str, truth: str) -> tuple[float, float]:
    """Precision and recall of 4-grams of words, as the article-extraction-benchmark counts them on one page."""
    found, true = Counter(_shingles(text)), Counter(_shingles(truth))
    hits, extra, missed = (found & true).total(), (found - true).total(), (true - found).total()
    if not extra and not missed:
        return 1.0, 1.0
    return (hits / (hits + extra) if hits else 0.0), (hits / (hits + missed) if hits else 0.0)


def _shingles(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(text)
    return [tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))] if words else []


def has_repeats(text: str, truth: str) -> bool:
    """Whether a paragraph of 60 characters or more stands more often in the text than in the truth."""
    true = letters(truth)
    counts = Counter(key for line in text.split("\n") if len(line) >= _REPEATED and (key := letters(line)))
    return any(count > max(1, true.count(key)) for key, count in counts.items())


def has_comments(text: str, truth: str, comments: str) -> bool:
    """Whether readers' comments are in the text: three runs of eight words that only the comments have."""
    only_theirs = _runs(comments) - _runs(truth)
    return len(only_theirs & _runs(text)) >= _COMMENT_RUNS


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return {tuple(words[at : at + _COMMENT_RUN]) for at in range(len(words) - _COMMENT_RUN + 1)}


def letters(text: str) -> str:
    """The letters and digits of a text in lower case."""
    return _NO_LETTER.sub("", text).lower()


def same_title(title: str | None, truth: str) -> bool:
    """Whether two titles agree but for case, quotes and space."""
    return letters(title or "") == letters(truth)


def same_authors(authors: str | None, truth: str) -> bool:
    """Whether two lists of names agree, in any order."""
    return _names(authors or "") == _names(truth)


def _names(text: str) -> set[str]:
    return {key for name in _NAMES.split(text) if (key := letters(name))}
