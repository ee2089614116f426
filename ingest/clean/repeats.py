"""Passages that stand twice in a text: the second copy goes, with the short lines that stand in both.

What a text repeats in its own manner stays: items of lists, passages that it takes up one by one, words quoted again.
"""

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from ingest.clean.draft import Draft
from ingest.clean.lines import ends_sentence, fold_key

MIN_CHARS = 60  # a shorter line may well stand twice: refrains, answers, labels
_MIN_DENSE_CHARS = 30  # of scripts that write a word in one or two characters
_MIN_HALF_CHARS = 120
_MIN_HALF_LINES = 3
_MIN_HALF_SHARE = 0.35
_MAX_LEAD_LINES = 3  # lines above a doubled text that stand once: title, byline
_MIN_NEAR_CHARS = 100
_NEAR_RATIO = 0.95
_GAP_RATIO = 0.85
_MAX_SEARCHED_CHARS = 400_000  # beyond, only whole lines are compared: the search is quadratic
_MOST_COPIES = 2  # a line without a full stop that stands more often is a label of something that recurs
_MOST_MANNER = 0.25  # of the text; more is a text that stands twice
_MANNER = 3  # so many different lines, each repeated alone, are the text's own way: events, tests, quoted passages
REPEAT = "core/repeat"
# An item, a row of a table, a step, or code: structures repeat lines that mean something each time.
_BULLET = re.compile(r"[-*•–—▪◦#>|]\s|\d+[.)]")
_LABEL = re.compile(r"[^\s:]+(?: [^\s:]+){0,3}: ")
_CELLS = re.compile(r"[\t|{}=]")
_CODE = re.compile(r"[\t|{}=;]")
NEAR_REPEAT = "core/near-repeat"


@dataclass(frozen=True, slots=True)
class Passages:
    """The live lines of a draft, folded, and one after the other in ``whole`` (a blank before and after each word)."""

    indices: list[int]
    folded: list[str]
    chars: list[int]
    is_prose: list[bool]
    is_closed: list[bool]  # ends like a sentence
    is_marked: list[bool]  # the page's markup shows a copy
    starts: list[int]  # of each line's words in whole
    whole: str


def drop_repeats(draft: Draft) -> None:
    """Exact repeats of whole lines anywhere, near repeats between neighbours, and a text that stands twice."""
    passages = read_passages(draft)
    if len(passages.indices) < 2:  # noqa: PLR2004  (one line cannot repeat another)
        return
    copies = _find_halves(passages) or _find_copies(passages)
    for place in sorted(copies):
        draft.drop(passages.indices[place], REPEAT)
    _drop_near(draft, dict(zip(passages.indices, passages.folded, strict=True)))


def read_passages(draft: Draft) -> Passages:
    """The draft's live lines as they are compared."""
    indices = draft.find_live()
    folded = [fold_key(draft.lines[index]) for index in indices]
    starts, length = [], 1
    for words in folded:
        starts.append(length)
        length += len(words) + 1
    chars = [len(draft.lines[index].strip()) for index in indices]
    counts = Counter(folded)
    items = _find_items(draft)
    closed = [ends_sentence(draft.lines[index]) for index in indices]
    prose = [
        index not in items and _is_prose(draft, index, words) and (counts[words] <= _MOST_COPIES or is_closed)
        for index, words, is_closed in zip(indices, folded, closed, strict=True)
    ]
    marked = [words in draft.context.copies for words in folded]
    return Passages(indices, folded, chars, prose, closed, marked, starts, f" {' '.join(folded)} ")


def _find_items(draft: Draft) -> set[int]:
    """Lines that follow one another without a blank line, in a text whose paragraphs mostly have one between them."""
    live = [bool(line.strip()) for line in draft.lines]
    pairs = ((upper, upper + 1) for upper in range(len(live) - 1) if live[upper] and live[upper + 1])
    items = {index for pair in pairs for index in pair}
    return items if 2 * draft.count_chars(list(items)) <= draft.total_chars else set()


def _is_prose(draft: Draft, index: int, words: str) -> bool:
    """Whether a line may count as a passage: long enough, closed like a sentence, no item, row or code."""
    line = draft.lines[index].strip()
    least = _MIN_DENSE_CHARS if _is_dense(words) else MIN_CHARS
    return len(line) >= least and not (_is_item(line) if ends_sentence(line) else _is_structure(line))


def _is_item(line: str) -> bool:
    """Whether a whole sentence is an item or a row: a label may stand before it."""
    return _BULLET.match(line) is not None or _CELLS.search(line) is not None


def _is_structure(line: str) -> bool:
    return _BULLET.match(line) is not None or _CODE.search(line) is not None or _LABEL.match(line) is not None


def _is_dense(words: str) -> bool:
    """Whether the words are mostly of Chinese, Japanese or Korean writing."""
    return not words.isascii() and sum("\u2e80" <= letter <= "\ud7ff" for letter in words) > len(words) / 2


def _find_halves(passages: Passages) -> set[int]:
    """The second half of a text that stands twice as a whole, its lines however short."""
    folded, total = passages.folded, sum(passages.chars)
    for lead in range(min(_MAX_LEAD_LINES, len(folded)) + 1):
        for size in range((len(folded) - lead) // 2, _MIN_HALF_LINES - 1, -1):
            middle = lead + size
            if folded[lead] != folded[middle] or folded[lead:middle] != folded[middle : middle + size]:
                continue
            half = sum(passages.chars[middle : middle + size])
            if half >= max(_MIN_HALF_CHARS, _MIN_HALF_SHARE * total):
                return set(range(middle, middle + size)) | _find_copies(passages)
    return set()


def _find_copies(passages: Passages) -> set[int]:
    origins = _find_long_copies(passages)
    for place in sorted(origins):
        _extend_forward(passages, origins, place)
        _extend_backward(passages, origins, place)
    _fill_gaps(passages, origins)
    return set(origins) - _find_manner(passages, origins)


def _find_long_copies(passages: Passages) -> dict[int, int]:
    """Long lines that stand before, alone or within a longer passage: their place and where the words first stand."""
    searched = len(passages.whole) <= _MAX_SEARCHED_CHARS
    first: dict[str, int] = {}
    origins = {}
    for place, words in enumerate(passages.folded):
        if not passages.is_prose[place]:
            continue
        start = first.setdefault(words, passages.starts[place])
        if start == passages.starts[place] and searched:
            start = passages.whole.find(f" {words} ", 0, passages.starts[place]) + 1 or start
        if start < passages.starts[place]:
            origins[place] = start
    return origins


def _extend_forward(passages: Passages, origins: dict[int, int], place: int) -> None:
    """Short lines behind a copy that stand behind the first as well."""
    end = origins[place] + len(passages.folded[place]) + 1
    for behind in range(place + 1, len(passages.folded)):
        words = passages.folded[behind]
        is_copy = passages.whole.startswith(f"{words} ", end) and end + len(words) < passages.starts[place]
        if behind in origins or not words or not is_copy:
            return
        origins[behind] = end
        end += len(words) + 1


def _extend_backward(passages: Passages, origins: dict[int, int], place: int) -> None:
    """Short lines before a copy that stand before the first as well."""
    start = origins[place]
    for before in range(place - 1, -1, -1):
        words = passages.folded[before]
        begin = start - len(words) - 1
        is_copy = begin >= 0 and passages.whole.startswith(f" {words} ", begin - 1)
        if before in origins or not words or not is_copy or begin >= passages.starts[before]:
            return
        origins[before] = start = begin


def _fill_gaps(passages: Passages, origins: dict[int, int]) -> None:
    """Lines between two copies that are nearly what stands between the firsts: an edited or broken copy."""
    places = sorted(origins)
    for left, right in pairwise(places):
        between = range(left + 1, right)
        begin = origins[left] + len(passages.folded[left]) + 1
        if origins[right] > passages.starts[left]:
            continue  # the firsts stand around the copies: two quotes drawn out of one text
        first = passages.whole[begin : origins[right]].strip()
        words = " ".join(passages.folded[place] for place in between)
        if between and first and _is_alike(first, words, _GAP_RATIO):
            origins.update(dict.fromkeys(between, begin))


def _find_manner(passages: Passages, origins: dict[int, int]) -> set[int]:
    """Copies that stand alone and are no slip: no sentence, part of a longer line, or one of several such lines."""
    alone = {place for place in origins if place - 1 not in origins and place + 1 not in origins}
    alone -= {place for place in alone if passages.is_marked[place] or _is_beside(passages, place)}
    parts = {place for place in alone if _is_part(passages, origins[place], len(passages.folded[place]))}
    labels = {place for place in alone if not passages.is_closed[place]}
    spread = alone - parts
    is_manner = len({passages.folded[place] for place in spread}) >= _MANNER
    share = sum(passages.chars[place] for place in spread) / max(1, sum(passages.chars))
    return parts | labels | (spread if is_manner and share <= _MOST_MANNER else set())


def _is_beside(passages: Passages, place: int) -> bool:
    """Whether the line before is the same one."""
    return place > 0 and passages.folded[place] == passages.folded[place - 1]


def _is_part(passages: Passages, start: int, length: int) -> bool:
    """Whether the words lie within one longer line."""
    line = bisect_right(passages.starts, start) - 1
    begin, end = passages.starts[line], passages.starts[line] + len(passages.folded[line])
    return start + length <= end and length < end - begin


def _is_alike(one: str, other: str, least: float) -> bool:
    words, others = one.split(), other.split()
    if not words or abs(len(words) - len(others)) > (1 - least) * 2 * max(len(words), len(others)):
        return False
    known = frozenset(others)
    if 2 * sum(word in known for word in words) < least * (len(words) + len(others)):
        return False  # the ratio cannot be more than this
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return matcher.quick_ratio() >= least and matcher.ratio() >= least


def _drop_near(draft: Draft, folded: dict[int, str]) -> None:
    """Of two neighbours that tell nearly the same: the teaser of the next one, or the second writing."""
    for upper, lower in pairwise(draft.find_live()):
        above, below = draft.lines[upper].strip(), draft.lines[lower].strip()
        if min(len(above), len(below)) < MIN_CHARS or upper in draft.dropped:
            continue
        words, others = folded[upper], folded[lower]
        if words == others and not _is_item(above):
            draft.drop(lower, NEAR_REPEAT)
            continue
        is_teaser = f"{others} ".startswith(f"{words} ")
        is_near = is_teaser or (min(len(above), len(below)) >= _MIN_NEAR_CHARS and _is_rewritten(words, others))
        if is_near and not _is_structure(above) and not _is_structure(below):
            draft.drop(upper if is_teaser else lower, NEAR_REPEAT)


def _is_rewritten(words: str, others: str) -> bool:
    """Nearly equal, and no number differs: rows of a table are nearly equal too."""
    if not _is_alike(words, others, _NEAR_RATIO):
        return False
    numbers = [[word for word in text.split() if word.isdecimal()] for text in (words, others)]
    return numbers[0] == numbers[1]
