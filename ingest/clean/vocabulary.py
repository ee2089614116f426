"""What is known of a language's words for rejoining split ones: common words, prefixes, endings, fixed compounds."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from ingest.errors import BadRules

# A word that stands alone, no half of a hyphenated one.
WORD = re.compile(r"(?<![\w'’\-‐])[^\W\d_]{2,}(?![\w\-‐]|['’]\w)")
_LISTS = (
    "markers",
    "words",
    "prefixes",
    "endings",
    "particles",
    "openings",
    "closings",
    "closed",
    "clitics",
    "kept",
    "inflections",
)
_MIN_STEM = 3


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """One language's data; every list may be empty, and each then proves nothing."""

    language: str
    words: frozenset[str] = frozenset()  # in common use
    prefixes: frozenset[str] = frozenset()  # written with a hyphen before whole words
    endings: frozenset[str] = frozenset()  # never a word, never behind a true hyphen
    particles: frozenset[str] = frozenset()  # second halves of true compounds: over, up, off
    openings: frozenset[str] = frozenset()  # words that open no compound: be, for, per
    closings: frozenset[str] = frozenset()  # words that close no compound: age, son, ten
    closed: frozenset[str] = frozenset()  # compounds that nobody writes with a hyphen
    clitics: frozenset[str] = frozenset()  # second halves that grammar hangs on with a hyphen: -il, -lo, -нибудь
    kept: frozenset[str] = frozenset()  # whole hyphenated words that stay whatever else holds
    inflections: frozenset[str] = frozenset()  # what may follow a common word: -s, -ed, -ing

    def is_common(self, word: str) -> bool:
        """Whether the word is in common use, as listed or inflected (a dropped e comes back: coded, code)."""
        if word in self.words:
            return True
        stems = (word.removesuffix(ending) for ending in self.inflections if word.endswith(ending))
        return any(len(stem) >= _MIN_STEM and (stem in self.words or f"{stem}e" in self.words) for stem in stems)


def read_vocabulary(name: str, text: str) -> Vocabulary:
    """A vocabulary from its file ("en.toml"): each list is one string of words.

    Raises:
        BadRules: not TOML, or a list that is not known.
    """
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"words/{name}: not TOML: {error}") from error
    wrong = [key for key, value in data.items() if key not in _LISTS or not isinstance(value, str)]
    if wrong:
        raise BadRules(f"words/{name}: {wrong[0]}: must be a string, and one of {', '.join(_LISTS)}")
    return Vocabulary(name.removesuffix(".toml"), **{key: frozenset(value.split()) for key, value in data.items()})


@lru_cache(maxsize=64)
def choose_vocabulary(language: str | None) -> Vocabulary:
    """The vocabulary of a language (its primary subtag), read when it is asked for; an empty one where there is none.

    Raises:
        BadRules: its file breaks the format; the message names it.
    """
    name = f"{language or 'und'}.toml"
    file = resources.files("ingest.clean") / "packs" / "words" / name
    is_known = name in _list_files()
    return read_vocabulary(name, file.read_text(encoding="utf-8")) if is_known else Vocabulary(language or "und")


@cache
def _list_files() -> frozenset[str]:
    return frozenset(file.name for file in (resources.files("ingest.clean") / "packs" / "words").iterdir())
