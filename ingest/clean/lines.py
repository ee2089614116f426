"""A line of text as the rules see it: words without case or punctuation, each with its place in the line."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

MAX_RULE_CHARS = 300  # a longer line is a paragraph, never a rule's whole line
# Vowel signs and other marks belong to the word that they stand in: without them Hindi falls into single letters.
MARKS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in {"Mn", "Mc"})
_WORD = re.compile(rf"\d+|[^\W\d_]+(?:[{MARKS}]+[^\W\d_]*)*")
# Marks that writings of one string leave out or vary: the dot over a Turkish i, Arabic vowels, joiners, bidi marks,
# apostrophes. They become a letter that no text holds, so that the places of words in the line stay true.
_JOINER = "\u02bc"
_IGNORED = re.compile("[\u0307\u0640\u064b-\u065f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\u00ad'’]")
_FOLDED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ı": "i", _JOINER: ""})
_ASCII_WORDS = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128)).encode().ljust(256)
_TYPOGRAPHIC = re.compile("[“”„‟‚‘–—…«»‹›•·\u00a0£€©®]")  # what most English texts have beyond ASCII: no part of a word
_DIGIT = re.compile(r"[0-9]")
# Within a line 《》 stand about a title ("《…》有 3 条评论"): only a line that is all title is quoted.
_QUOTED = re.compile(r"[\s*•-]*(?:[\"“”„‟‚‘「『>]|《[^《》]*(?:》\W*)?$|[«‹»›][^«»‹›]+[»›«‹])")
_CLOSED_QUOTE = re.compile(
    r"[\s*•-]*(?:[\"“”„‟‚‘][^\"“”„‟‚‘]+[\"“”‟’]|「[^」]+」|『[^』]+』|[«»][^«»]+[«»])[\s:：,-]*[^\W_]"
)
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
_CLOSINGS = "\"”»’')]"
_BARE_URL = re.compile(r"^\s*[<(\[]?((?:https?://|www\.)[^\s<>()\[\]]+?)[>)\].]?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: as written, as matched (``key``), and where each word of the key stands in the writing."""

    raw: str
    key: str
    spans: tuple[tuple[int, int], ...]  # of each word of the key in raw
    starts: tuple[int, ...]  # of each word of the key in the key

    def written(self, start: int, end: int) -> str:
        """The writing behind key[start:end]."""
        begins = (*self.starts, len(self.key) + 1)
        inside = [place for place, (one, other) in enumerate(pairwise(begins)) if one < end and start < other - 1]
        if not inside:
            return ""
        left, right = self.spans[inside[0]][0], self.spans[inside[-1]][1]
        # Within a word, as in writings without blanks, a place is as far from the word's begin as in the line.
        left += max(0, start - begins[inside[0]])
        cut = begins[inside[-1] + 1] - 1 - end
        return self.raw[left : right - max(0, cut)]


def read_line(raw: str) -> Line:
    """The line as matched; only for lines within ``MAX_RULE_CHARS``."""
    found = [(_fold(match.group()), match.span()) for match in _WORD.finditer(_IGNORED.sub(_JOINER, raw))]
    words = [(word, span) for word, span in found if word]
    ends = accumulate((len(word) + 1 for word, _ in words), initial=0)
    starts = tuple(start for start, _ in zip(ends, words, strict=False))
    return Line(raw, " ".join(word for word, _ in words), tuple(span for _, span in words), starts)


@lru_cache(maxsize=2048)  # one text's lines are asked for by many rules, and again until nothing changes
def fold_key(text: str) -> str:
    """Any text in the form of ``Line.key``, however long: words alone, without case or punctuation."""
    if not text.isascii():
        plain = _TYPOGRAPHIC.sub(" ", text.replace("’", "'"))
        if not plain.isascii():
            return " ".join(_WORD.findall(_fold(_IGNORED.sub("", text))))
        text = plain
    blank = text.encode().translate(_ASCII_WORDS, b"'").decode()
    return " ".join(blank.split() if _DIGIT.search(blank) is None else _WORD.findall(blank))


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "").translate(_FOLDED)


def split_lines(text: str) -> list[str]:
    """The text's lines, blank ones included; joining them with a line feed gives the text back."""
    return text.split("\n")


def join_kept(lines: Sequence[str], dropped: Iterable[int]) -> str:
    """The text without the dropped lines; what a dropped line stood between stays as far apart as it was."""
    gone = set(dropped)
    if not gone:
        return "\n".join(lines)
    kept: list[str] = []
    skipped = False
    for index, line in enumerate(lines):
        if index in gone:
            skipped = True
        elif line.strip() or not (skipped and (not kept or not kept[-1].strip())):
            kept.append(line)
            skipped = skipped and not line.strip()
    return "\n".join(kept).strip("\n")


def ends_sentence(line: str) -> bool:
    """Whether the line closes like a sentence."""
    return line.rstrip().rstrip(_CLOSINGS).endswith(_SENTENCE_ENDS)


def is_quoted(line: str) -> bool:
    """Whether the line opens with a quotation mark: somebody's words, not the page's."""
    return bool(_QUOTED.match(line))


def is_title_first(line: str) -> bool:
    """Whether a line goes on behind the quotation that it opens with: "“The mill” has 3 comments" is the page's own."""
    return bool(_CLOSED_QUOTE.match(line))


def bare_url(line: str) -> str | None:
    """The address, where the line is nothing else."""
    found = _BARE_URL.match(line)
    return found.group(1) if found else None
