"""Near-duplicates by MinHash: what a text's signature is, where it is looked up, and whether two texts are copies.

Broder, "On the resemblance and containment of documents" (1997), over shingles of three words; looked up by bands
(Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).
"""

import re
import unicodedata
from functools import lru_cache
from itertools import chain, islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

HASHES = 64
BANDS, ROWS = 21, 3  # a pair of resemblance .5 shares a band with 94 %, one of .7 with 99.99 %, one of .2 with 16 %
LEAST_RESEMBLANCE = 0.5
LEAST_SHARE = 0.8  # of the shorter text's shingles
_LEAST_ESTIMATE = 0.4  # of 64 hashes the estimate of .5 lies between .38 and .62 with 95 %: the texts themselves decide
_SHINGLE = 3
_LEAST_TOKENS = 30  # two notices of a line or two are alike by chance
_MOST_TOKENS = 50_000
_BLOCK = 512  # shingles: what their 64 hashes take stays in the processor's cache
# Writing without blanks between words: each of its letters is a token.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")
_HAS_UNSPACED, _WORD = re.compile(f"[{_UNSPACED}]"), re.compile(r"\w+")  # the same as _TOKEN where there is none
_MARKS = "“”„‘’‚–—…«»•\u00a0"  # no part of a token, and all that most English lines have beyond ASCII
_ASCII_BREAKS = bytes(code if _WORD.match(chr(code)) and code < 128 else 32 for code in range(256))  # noqa: PLR2004
_KEYS = np.random.Generator(np.random.PCG64(20261121)).integers(1, 2**63, size=(2, HASHES), dtype=np.uint64)
_FACTORS = (_KEYS[0] | np.uint64(1))[:, None]
_OFFSETS = _KEYS[1][:, None]
_MIX = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


def signature(text: str | None) -> bytes | None:
    """The MinHash signature of a text, 64 hashes of 4 bytes (little-endian); None for one too short to compare."""
    tokens = token_hashes(text or "")
    return None if tokens is None else sign(tokens)


def sign(tokens: Hashes) -> bytes:
    """The signature of a text by the hashes of its tokens (``token_hashes``)."""
    found = _shingles(tokens)
    least = np.full(HASHES, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(found), _BLOCK):
        hashed = found[start : start + _BLOCK] * _FACTORS + _OFFSETS
        np.minimum(least, hashed.min(axis=1), out=least)
    return (least >> np.uint64(32)).astype("<u4").tobytes()


def band_keys(signed: bytes) -> tuple[int, ...]:
    """The signed 64-bit keys under which a signature is looked up: copies share one of them with near certainty."""
    rows = np.frombuffer(signed, dtype="<u4")[: BANDS * ROWS].astype(np.uint64).reshape(BANDS, ROWS)
    keys = np.arange(1, BANDS + 1, dtype=np.uint64) * _MIX
    for row in range(ROWS):
        keys = (keys ^ rows[:, row]) * _MIX
        keys ^= keys >> np.uint64(29)
    return tuple(int(key) for key in keys.astype(np.int64))


def estimate(one: bytes, other: bytes) -> float:
    """The resemblance of two texts as their signatures tell it, 0 to 1, give or take .06."""
    return float(np.mean(np.frombuffer(one, dtype="<u4") == np.frombuffer(other, dtype="<u4")))


def may_be_copies(one: bytes, other: bytes) -> bool:
    """Whether two signatures are alike enough that their texts are worth comparing."""
    return estimate(one, other) >= _LEAST_ESTIMATE


def resemblance(one: str, other: str) -> float:
    """The Jaccard coefficient of two texts' shingles, 0 to 1; 0 where one is too short to compare."""
    mine, theirs = _distinct(one), _distinct(other)
    if mine is None or theirs is None:
        return 0.0
    shared = len(np.intersect1d(mine, theirs, assume_unique=True))
    return shared / (len(mine) + len(theirs) - shared)


def are_copies(one: str, other: str) -> bool:
    """Whether two texts are copies of each other, edited or not. The relation is symmetric."""
    return resemblance(one, other) >= LEAST_RESEMBLANCE


def is_part(one: str, other: str) -> bool:
    """Whether the shorter of two texts stands in the longer one, but for a few words: a teaser, a cut page."""
    mine, theirs = _distinct(one), _distinct(other)
    if mine is None or theirs is None:
        return False
    shared = len(np.intersect1d(mine, theirs, assume_unique=True))
    return shared >= LEAST_SHARE * min(len(mine), len(theirs))


@lru_cache(maxsize=32)  # a text is compared with several, as a part and as a copy: its shingles cost the most of it
def _distinct(text: str) -> Hashes | None:
    tokens = token_hashes(text)
    return None if tokens is None else np.unique(_shingles(tokens))


def token_hashes(text: str) -> Hashes | None:
    """A hash of every token of a text, in order; None for a text of few."""
    tokens = list(islice(chain.from_iterable(map(_tokens, text.split("\n"))), _MOST_TOKENS))
    if len(tokens) < _LEAST_TOKENS:
        return None
    return np.fromiter(map(crc32, tokens), dtype=np.uint64, count=len(tokens))


def _tokens(line: str) -> list[bytes]:
    """The tokens of a line, folded, in UTF-8: hashing them so takes a fifth of the time of hashing each by itself."""
    plain = line if line.isascii() else _without_marks(line)
    if plain.isascii():
        return plain.lower().encode().translate(_ASCII_BREAKS).split()
    folded = unicodedata.normalize("NFKC", line).casefold()
    pattern = _TOKEN if _HAS_UNSPACED.search(folded) else _WORD
    return " ".join(pattern.findall(folded)).encode("utf-8", "surrogatepass").split()


def _without_marks(line: str) -> str:
    for mark in _MARKS:
        line = line.replace(mark, " ")
    return line


def _shingles(tokens: Hashes) -> Hashes:
    """A hash of every three tokens in a row."""
    windows = len(tokens) - _SHINGLE + 1
    mixed = np.zeros(windows, dtype=np.uint64)
    for place in range(_SHINGLE):
        mixed = (mixed ^ tokens[place : place + windows]) * _MIX
        mixed ^= mixed >> np.uint64(32)
    return mixed
