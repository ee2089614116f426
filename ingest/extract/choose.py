"""Which blocks of a page are the article: trafilatura on the pruned tree, doubted, and worked on."""

from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.extract.align import Alignment
from ingest.extract.candidates import VERSION, run_readability, run_trafilatura
from ingest.extract.container import switch_to_container
from ingest.extract.evidence import weigh_feed
from ingest.extract.feedtext import NO_FEED_TEXT, FeedText
from ingest.extract.outline import Block, Outline
from ingest.extract.prune import Detachment, find_furniture
from ingest.extract.render import render
from ingest.extract.rescue import rescue_middle
from ingest.extract.selection import Selection, free_prose
from ingest.extract.tail import cut_tail
from ingest.extract.threads import cut_thread
from ingest.extract.titles import likeness

_ENOUGH_OF_THE_PROSE = 0.7
_LITTLE_OF_THE_PROSE = 0.4
_SHORT = 300
_MANY_BLOCKS = 8_000  # trafilatura needs more than linear time: 200,000 paragraphs took it over 40 s
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
    """A page whose article is asked for: tree, outline, title, the platform's containers, the feed's text."""

    tree: HtmlElement
    page: Outline
    title: str | None
    containers: tuple[str, ...] = ()
    feed: FeedText = NO_FEED_TEXT


def choose_text(question: Question) -> Choice:
    """The article's text of a page."""
    alignment = Alignment(question.page)
    chosen = _choose_candidate(question, alignment)
    switch_to_container(chosen, question.title, question.containers)
    rescue_middle(chosen)
    cut_thread(chosen)
    cut_tail(chosen)
    weigh_feed(chosen, alignment, question.feed)
    blocks = _without_title(chosen.blocks, question.title)
    return Choice(render(blocks) or None, "+".join([chosen.name, *chosen.steps]), blocks)


def _choose_candidate(question: Question, alignment: Alignment) -> Selection:
    page, tree = question.page, question.tree
    if len(page.blocks) > _MANY_BLOCKS:
        find_furniture(page)
        free = {block.index for block in page.blocks if block.is_prose and block.furniture is None}
        return Selection(page, free, "blocks+prune")
    detachment = Detachment(find_furniture(page))
    chosen = Selection(page, alignment.keep(run_trafilatura(tree, fast=True)), f"trafilatura-{VERSION}-fast+prune")
    if _is_doubtful(chosen):
        switch_to_container(chosen, question.title, question.containers)
    if _is_doubtful(chosen):
        full = Selection(page, alignment.keep(run_trafilatura(tree, fast=False)), f"trafilatura-{VERSION}-full+prune")
        chosen = full if full.prose > chosen.prose else chosen
    if chosen.prose < _LITTLE_OF_THE_PROSE * free_prose(page):
        chosen = _ask_readability(chosen, alignment, tree)
    detachment.undo()
    is_furniture_long = page.prose(0, len(page.blocks)) >= 1.3 * free_prose(page) + 200
    return _ask_whole_page(chosen, alignment, tree) if is_furniture_long and _is_doubtful(chosen) else chosen


def _is_doubtful(chosen: Selection) -> bool:
    return chosen.prose < _SHORT or chosen.prose < _ENOUGH_OF_THE_PROSE * free_prose(chosen.page)


def _ask_readability(chosen: Selection, alignment: Alignment, tree: HtmlElement) -> Selection:
    other = Selection(chosen.page, alignment.keep(run_readability(tree)), "readability+prune")
    shared = Selection(chosen.page, chosen.kept & other.kept, "")
    holds_it = shared.size >= _ENOUGH_OF_THE_PROSE * chosen.size
    return other if holds_it and other.prose >= 1.3 * chosen.prose + 300 else chosen


def _ask_whole_page(chosen: Selection, alignment: Alignment, tree: HtmlElement) -> Selection:
    kept = alignment.keep(run_trafilatura(tree, fast=False))
    free = {index for index in kept if chosen.page.blocks[index].furniture is None}
    whole = Selection(chosen.page, free, f"trafilatura-{VERSION}-full")
    return whole if whole.prose >= 1.3 * chosen.prose + 200 else chosen


def _without_title(blocks: list[Block], title: str | None) -> tuple[Block, ...]:
    """The article's own title is metadata: the heading that repeats it among the first blocks goes."""
    for index, block in enumerate(blocks[:_TITLE_REACH]):
        if title and block.tag in {"h1", "h2"} and likeness(block.text, title) >= _SAME_TITLE:
            return (*blocks[:index], *blocks[index + 1 :])
    return tuple(blocks)
