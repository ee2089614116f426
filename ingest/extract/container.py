"""The platform's own container of the post, where it holds the article and the chosen text does not."""

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml.html import HtmlElement

from ingest.extract.outline import Outline
from ingest.extract.selection import Selection, free_prose
from ingest.extract.titles import likeness

_TOKENS = (
    "post-body",
    "articlebody",
    "entry-content",
    "post-content",
    "article-body",
    "article-content",
    "post_content",
    "entry",
    "post",
    "hentry",
)
_NOT_THE_POST = re.compile(r"author|related|comment|sidebar|widget|recent|footer|teaser|promo", re.IGNORECASE)
_ALONE = 3
_MOSTLY_INSIDE = 0.8
_MOSTLY_TAKEN = 0.6
_TINY = 400
_SHORT = 1_800
_NEAR_TITLE = 300
_LINKS = 0.8


def switch_to_container(chosen: Selection, title: str | None, tokens: Iterable[str] = ()) -> None:
    """Take the container's blocks instead where the choice lies elsewhere, or leaves most of it out."""
    page = chosen.page
    span = find_container(page, (*tokens, *_TOKENS))
    if span is None:
        return
    prose, inside = _weight(page, span), chosen.size_within(*span)
    is_elsewhere = inside < _MOSTLY_INSIDE * chosen.size and _may_replace(chosen, span, prose, title)
    is_partial = chosen.prose_within(*span) < _MOSTLY_TAKEN * prose and prose >= 1.4 * chosen.prose + 300
    if is_elsewhere or is_partial or not chosen.kept:
        chosen.kept = {index for index in range(*span) if _belongs(page, index)}
        chosen.steps.append("container")


def find_container(page: Outline, tokens: Iterable[str] = _TOKENS) -> tuple[int, int] | None:
    """The blocks of the one element that a token names, or of one three times as long as the next."""
    tokens = tuple(tokens)
    by_token: dict[str, list[HtmlElement]] = {token: [] for token in tokens}
    for element in page.spans:
        classes, prop = element.get("class"), element.get("itemprop")
        if classes or prop:
            names = [name for name in _split_names(classes, prop) if name in by_token]
            if names and not _NOT_THE_POST.search(f"{classes or ''} {element.get('id') or ''}"):
                for name in names:
                    by_token[name].append(element)
    for token in tokens:
        span = _leading([page.spans[element] for element in by_token[token]], page)
        if span is not None:
            return span
    return None


@lru_cache(maxsize=4_096)  # a site names its elements alike on every page
def _split_names(classes: str | None, prop: str | None) -> tuple[str, ...]:
    return tuple(f"{classes or ''} {prop or ''}".lower().split())


def _leading(spans: list[tuple[int, int]], page: Outline) -> tuple[int, int] | None:
    outer = [span for span in spans if not any(_holds(other, span) for other in spans)]
    ranked = sorted(((_weight(page, span), span) for span in set(outer)), reverse=True)
    if not ranked or not ranked[0][0]:
        return None
    is_alone = len(ranked) == 1 or ranked[0][0] >= _ALONE * ranked[1][0]
    return ranked[0][1] if is_alone else None


def _weight(page: Outline, span: tuple[int, int]) -> int:
    """Running text, or half of any text where there is hardly a sentence: posts of lists and short lines."""
    free = [block for block in page.blocks[slice(*span)] if block.furniture is None and block.link_density < _LINKS]
    return max(free_prose(page, *span), sum(block.size for block in free) // 2)


def _holds(other: tuple[int, int], span: tuple[int, int]) -> bool:
    return other != span and other[0] <= span[0] and span[1] <= other[1]


def _may_replace(chosen: Selection, span: tuple[int, int], prose: int, title: str | None) -> bool:
    if 2 * prose >= chosen.prose or chosen.prose < _TINY:
        return True
    return chosen.prose < _SHORT and _is_below_title(chosen.page, span, title)


def _is_below_title(page: Outline, span: tuple[int, int], title: str | None) -> bool:
    distance = 0
    for block in reversed(page.blocks[: min(span[1], span[0] + 3)]):
        if title and likeness(block.text, title) >= _LINKS:
            return True
        distance += block.size if block.index < span[0] else 0
        if distance > _NEAR_TITLE:
            return False
    return False


def _belongs(page: Outline, index: int) -> bool:
    block = page.blocks[index]
    return block.furniture is None and (block.is_prose or block.link_density < _LINKS)
