"""What changed between two versions of a text, for people: paragraph by paragraph, the words within them marked."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_ALIKE = 0.5  # of a paragraph's words: less is another paragraph
_CONTEXT = 40  # characters of unchanged words shown on either side
_SIGNS = {"came": "+", "went": "-", "edited": "~"}
_MOST_WORDS = 5_000  # of two paragraphs that are compared word by word


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that changed: ``before`` None where it is new, ``after`` None where it went."""

    before: str | None
    after: str | None

    @property
    def told(self) -> tuple[str, str]:
        """What happened to it, "came", "went" or "edited", and its words, marked where it was edited."""
        if self.before is None:
            return "came", self.after or ""
        return ("went", self.before) if self.after is None else ("edited", mark_words(self.before, self.after))


def changes(old: str | None, new: str | None) -> tuple[Change, ...]:
    """The paragraphs that differ, in the text's order."""
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        change
        for kind, i1, i2, j1, j2 in matcher.get_opcodes()
        if kind != "equal"
        for change in _pair(before[i1:i2], after[j1:j2])
    )


def render(change: Change) -> str:
    """One change as it is printed: + what came, - what went, [-words-] {+words+} where a paragraph was edited."""
    what, words = change.told
    return f"{_SIGNS[what]} {words}"


def mark_words(before: str, after: str) -> str:
    """An edited paragraph: gone words as [-words-], new ones as {+words+}, long unchanged stretches cut short."""
    old, new = before.split(), after.split()
    pieces: list[str] = []
    operations = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, i1, i2, j1, j2) in enumerate(operations):
        if kind == "equal":
            pieces.append(_shorten(" ".join(old[i1:i2]), is_first=place == 0, is_last=place == len(operations) - 1))
            continue
        pieces += [f"[-{' '.join(old[i1:i2])}-]"] if i2 > i1 else []
        pieces += [f"{{+{' '.join(new[j1:j2])}+}}"] if j2 > j1 else []
    return " ".join(pieces)


def _paragraphs(text: str | None) -> list[str]:
    return [line for line in map(str.strip, (text or "").split("\n")) if line]


def _pair(gone: list[str], come: list[str]) -> Iterator[Change]:
    """Of a stretch that changed, which paragraph became which; the rest went or came."""
    place = 0
    for paragraph in gone:
        twin = next((at for at in range(place, len(come)) if _is_alike(paragraph, come[at])), None)
        if twin is None:
            yield Change(paragraph, None)
            continue
        yield from (Change(None, new) for new in come[place:twin])
        yield Change(paragraph, come[twin])
        place = twin + 1
    yield from (Change(None, new) for new in come[place:])


def _is_alike(one: str, other: str) -> bool:
    words, others = one.split(), other.split()
    if len(words) + len(others) > _MOST_WORDS:
        return False
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _shorten(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * _CONTEXT + 5:
        return text
    head = "" if is_first else text[:_CONTEXT].rsplit(" ", 1)[0]
    tail = "" if is_last else text[-_CONTEXT:].split(" ", 1)[-1]
    return f"{head} ... {tail}".strip()
