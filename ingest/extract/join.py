"""The parts of one article as one text: the same heading, introduction or author line on each part stands once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

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


def join_parts(first: Article, parts: Sequence[Article], missing: Missing | None) -> Article:
    """The first part's article with the text of them all, in order; ``partial`` where one is missing."""
    texts = [_paragraphs(part) for part in (first, *parts)]
    ending = _common_end(texts)
    kept, removed = _without_repeats(texts, ending, first.title)
    count = "1 page" if len(texts) == 1 else f"{len(texts)} pages"
    told = f"{count}, then {missing.url} was missing: {missing.detail}" if missing else count
    status = ArticleStatus.PARTIAL if missing is not None and first.status is ArticleStatus.OK else first.status
    return replace(
        first,
        text="\n\n".join(kept) or None,
        status=status,
        removed=(*first.removed, *(found for part in parts for found in part.removed), *removed),
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


def _without_repeats(texts: list[list[str]], ending: int, title: str | None) -> tuple[list[str], list[Removal]]:
    kept: list[str] = []
    removed: list[Removal] = []
    said: set[str] = set()
    for number, text in enumerate(texts):
        is_last = number == len(texts) - 1
        body = text if is_last else text[: len(text) - ending]
        removed += [Removal(RULE, paragraph) for paragraph in text[len(body) :]]
        for place, paragraph in enumerate(body):
            if number and _is_repeat(paragraph, said, title if place < _HEAD_LINES else None):
                removed.append(Removal(RULE, paragraph))
            else:
                kept.append(paragraph)
        said.update(map(key_of, body))
    return kept, removed


def _is_repeat(paragraph: str, said: set[str], title: str | None) -> bool:
    key = key_of(paragraph)
    names = (paragraph, _PART_MARK.sub("", paragraph)) if title is not None else ()
    if title is not None and (key in said or any(likeness(name, title) >= _SAME_TITLE for name in names)):
        return True
    return len(key) >= _SHORTEST_REPEAT and key in said
