"""Which blocks of a page are the article: trafilatura on the pruned tree, doubted, and worked on."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.extract.align import Alignment
from ingest.extract.candidates import VERSION, run_trafilatura
from ingest.extract.outline import Block, Outline
from ingest.extract.prune import Detachment, find_furniture
from ingest.extract.render import render
from ingest.extract.titles import likeness

_ENOUGH_OF_THE_PROSE = 0.7
_SHORT = 300
_TITLE_REACH = 4
_SAME_TITLE = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """The kept blocks' text, and how it was come by."""

    text: str | None
    name: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A page whose article is asked for: its tree and outline, its title, and what its feed says."""

    tree: HtmlElement
    page: Outline
    title: str | None


def choose_text(question: Question) -> Choice:
    """The article's text of a page."""
    page, tree = question.page, question.tree
    detachment = Detachment(find_furniture(page))
    alignment = Alignment(page)
    kept, name = _keep(alignment, tree, fast=True)
    if _is_doubtful(page, kept):
        fuller, fuller_name = _keep(alignment, tree, fast=False)
        if _size(page, fuller) > _size(page, kept):
            kept, name = fuller, fuller_name
    if _is_doubtful(page, kept):
        detachment.undo()
        whole, whole_name = _keep(alignment, tree, fast=False)
        whole = {index for index in whole if page.blocks[index].furniture is None}
        if _size(page, whole) >= 1.3 * _size(page, kept) + 200:
            kept, name = whole, whole_name + "-unpruned"
    blocks = _without_title([page.blocks[index] for index in sorted(kept)], question.title)
    return Choice(render(blocks) or None, name, blocks)


def _without_title(blocks: list[Block], title: str | None) -> tuple[Block, ...]:
    """The article's own title is metadata: the heading that repeats it among the first blocks goes."""
    for index, block in enumerate(blocks[:_TITLE_REACH]):
        if title and block.tag in {"h1", "h2"} and likeness(block.text, title) >= _SAME_TITLE:
            return (*blocks[:index], *blocks[index + 1 :])
    return tuple(blocks)


def _keep(alignment: Alignment, tree: HtmlElement, *, fast: bool) -> tuple[set[int], str]:
    kept, _ = alignment.keep(run_trafilatura(tree, fast=fast))
    return kept, f"trafilatura-{VERSION}-{'fast' if fast else 'full'}+prune"


def _size(page: Outline, kept: set[int]) -> int:
    return sum(page.blocks[index].size for index in kept if page.blocks[index].is_prose)


def _is_doubtful(page: Outline, kept: set[int]) -> bool:
    prose = _size(page, kept)
    all_prose = sum(block.size for block in page.blocks if block.is_prose and block.furniture is None)
    return prose < _SHORT or prose < _ENOUGH_OF_THE_PROSE * all_prose
