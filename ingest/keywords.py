"""Whether words stand in a text, for people who do not type its accents, case or widths. Linear time; no regexes.

A keyword stands where no word goes on beyond its ends. Han, Hiragana, Hangul, Thai and their like write no spaces
between words, or join particles to them: there a keyword stands wherever it is found. Katakana has words again.
"""

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]+")
# Accents go where a letter is the same without: Latin, Greek, and Cyrillic's yo. A Japanese voicing mark, a Cyrillic
# short i or a Hindi vowel make another letter, and stay.
_ACCENTED = re.compile(
    "(?<=[a-z\u00df-\u024f\u1e00-\u1eff\u0370-\u03ff\u1f00-\u1fff])[\u0300-\u036f]+|(?<=\u0435)\u0308"
)
# Vowel points of Hebrew and Arabic, tatweel, and what is not seen: soft hyphen, zero widths, direction marks.
_UNSEEN = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200f\u2060\ufeff]"
)
_LETTERS = str.maketrans(
    {
        "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00e6": "ae", "\u0153": "oe", "\u0131": "i", "\u00f0": "d",
        "\u00fe": "th", "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-",
    }
)  # fmt: skip
_SPACES = re.compile(r"\s+")
_KATAKANA = ("\u30a1", "\u30ff")
# Scripts that put no space between words, or none before particles.
_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1100", "\u11ff"),  # Hangul's letters
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u30a0"),  # radicals, marks, Hiragana
    ("\u3100", "\u318f"),  # Bopomofo, Hangul
    ("\u3400", "\u9fff"),  # Han
    ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),  # Hangul
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


def fold(text: str) -> str:
    """The text as keywords are looked for in it: without case, accents, widths and points; one space for any blank."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", _UNSEEN.sub("", text)).casefold()
    if _MARKS.search(apart):
        apart = _ACCENTED.sub("", unicodedata.normalize("NFKD", apart))
    plain = unicodedata.normalize("NFC", apart).translate(_LETTERS)
    return _SPACES.sub(" ", plain).strip()


def holds(folded_text: str, folded_keyword: str) -> bool:
    """Whether the keyword stands in the text, both as ``fold`` gives them."""
    if not folded_keyword:
        return False
    start = folded_text.find(folded_keyword)
    while start >= 0:
        if _stands(folded_text, start, start + len(folded_keyword)):
            return True
        start = folded_text.find(folded_keyword, start + 1)
    return False


def _stands(text: str, start: int, end: int) -> bool:
    return not (start > 0 and _go_on(text[start - 1], text[start])) and not (
        end < len(text) and _go_on(text[end - 1], text[end])
    )


def _go_on(one: str, next_one: str) -> bool:
    """Whether two characters side by side belong to one word."""
    if _is_in(one, _KATAKANA) or _is_in(next_one, _KATAKANA):
        return _is_in(one, _KATAKANA) and _is_in(next_one, _KATAKANA)
    return _is_lettered(one) and _is_lettered(next_one)


def _is_lettered(character: str) -> bool:
    is_word = character.isalnum() or unicodedata.category(character)[0] == "M" or character == "_"
    return is_word and not any(_is_in(character, block) for block in _UNSPACED)


def _is_in(character: str, block: tuple[str, str]) -> bool:
    return block[0] <= character <= block[1]
