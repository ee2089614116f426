"""The parts of one article as one text: the same heading, introduction or author line on each part stands once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.extract.outline import key_of
from ingest.extract.titles import likeness
from ingest.model import Article, ArticleStatus, Removal

RULE = "parts/repeated"
_SAME_TITLE = 0.8
_HEAD_LINES = 3
_PART_MARK = re.compile(r"[\W_]*(?:[^\W\d]+\s*)?\d+(?:\W*\w{0,4}\W*\d+)?[\W_]*$")  # "(2/3)", "- Page 2 of 3"
_SHORTEST_REPEAT = 25  # letters and digits: shorter paragraphs ("Yes.") may be said twice


@dataclass(frozen=True, slots=True)
class Missing:
    """Why an article ends before its last part: the address that was not had, and one plain sentence."""

    url: str
    detail: str


def join_parts(
    first: Article, parts: Sequence[Article], missing: Missing | None, keeps: Keeps = NOTHING_KEPT
) -> Article:
    """The first part's article with the text of them all, in order; ``partial`` where one is missing.

    What the user keeps stands on each part. Where something stood within a part is known of the first one alone.
    """
    texts = [_paragraphs(part) for part in (first, *parts)]
    ending, joining = _common_end(texts), _Joining(first.title, keeps)
    joining.add(texts[0], ending if parts else 0, is_first=True)
    removed = [replace(one, at=None if one.at is None else min(one.at, joining.lines)) for one in first.removed]
    removed += [replace(one, at=None) for part in parts for one in part.removed]
    for number, text in enumerate(texts[1:], 1):
        joining.add(text, ending if number < len(parts) else 0, is_first=False)
    count = "1 page" if len(texts) == 1 else f"{len(texts)} pages"
    told = f"{count}, then {missing.url} was missing: {missing.detail}" if missing else count
    status = ArticleStatus.PARTIAL if missing is not None and first.status is ArticleStatus.OK else first.status
    return replace(
        first,
        text="\n\n".join(joining.kept) or None,
        status=status,
        removed=(*removed, *joining.removed),
        provenance={**first.provenance, "parts": told},
    )


def adds_text(known: Iterable[Article], part: Article) -> bool:
    """Whether a part says anything that those before it do not: a server may show one page at every address."""
    said = {key for article in known for key in map(key_of, _paragraphs(article))}
    return any(key_of(paragraph) not in said for paragraph in _paragraphs(part))


def _paragraphs(article: Article) -> list[str]:
    return [paragraph for paragraph in (article.text or "").split("\n\n") if paragraph.strip()]


def _common_end(texts: list[list[str]]) -> int:
    """How many paragraphs end each part alike: who wrote it, where it comes from."""
    count = 0
    least = min(map(len, texts))
    while count + 1 < least and len({key_of(text[-1 - count]) for text in texts}) == 1:
        count += 1
    return count


@dataclass(slots=True)
class _Joining:
    """The paragraphs that stand and those that went, part by part."""

    title: str | None
    keeps: Keeps
    kept: list[str] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    lines: int = 0
    said: set[str] = field(default_factory=set)

    def add(self, text: list[str], ending: int, *, is_first: bool) -> None:
        """The next part, whose last paragraphs, ``ending`` of them, stand at the end of all parts."""
        body = len(text) - ending
        for place, paragraph in enumerate(text):
            title = self.title if place < _HEAD_LINES else None
            is_again = place >= body or (not is_first and _is_repeat(paragraph, self.said, title))
            if is_again and not self.keeps.holds(RULE, paragraph):
                self.removed.append(Removal(RULE, paragraph, self.lines))
            else:
                self.kept.append(paragraph)
                self.lines += sum(bool(line.strip()) for line in paragraph.split("\n"))
        self.said.update(map(key_of, text[:body]))


def _is_repeat(paragraph: str, said: set[str], title: str | None) -> bool:
    key = key_of(paragraph)
    names = (paragraph, _PART_MARK.sub("", paragraph)) if title is not None else ()
    if title is not None and (key in said or any(likeness(name, title) >= _SAME_TITLE for name in names)):
        return True
    return len(key) >= _SHORTEST_REPEAT and key in said
