"""Which blocks of a page are the article: trafilatura on the pruned tree, doubted, and worked on."""

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from lxml.html import HtmlElement

from ingest.extract.align import Alignment
from ingest.extract.ballot import Ballot
from ingest.extract.boxes import drop_boxes
from ingest.extract.candidates import VERSION, run_main_extractor, run_readability, run_trafilatura
from ingest.extract.container import switch_to_container
from ingest.extract.evidence import weigh_feed
from ingest.extract.feedtext import NO_FEED_TEXT, FeedText
from ingest.extract.head import cut_head
from ingest.extract.nextarticle import cut_next_article
from ingest.extract.outline import Block, Outline
from ingest.extract.prune import Detachment, Flag, find_furniture, find_link_lists
from ingest.extract.render import render
from ingest.extract.rescue import rescue_middle
from ingest.extract.selection import Selection, free_prose
from ingest.extract.tail import cut_outside, cut_tail, heads_furniture
from ingest.extract.threads import cut_thread
from ingest.extract.titles import likeness

_ENOUGH_OF_THE_PROSE = 0.7
_HALF_OF_THE_PROSE = 0.5  # of 51 pages on which the full run found more, 50 were below; of the others half
_LITTLE_OF_THE_PROSE = 0.4
_SHORT = 300
_MANY_BLOCKS = 8_000  # trafilatura needs more than linear time: 200,000 paragraphs took it over 40 s
_TITLE_REACH = 4
_HEADING_REACH = 25
_SAME_TITLE = 0.9
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_NEAR = 3
_LEVELS = 2
_SITE = re.compile(
    r"\b(?:banner|logo|masthead|site-?(?:title|name|header|branding)|blog-?(?:title|name))", re.IGNORECASE
)
_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+|blog/?)?", re.IGNORECASE)
_POST_HEADINGS = frozenset({"h2", "h3", "h4", "h5"})


class TitlePlace(StrEnum):
    """Where the title is known from: a rule for the site (it is no text), the page's statements, or its heading."""

    APART = "apart"
    MARKED = "marked"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class Choice:
    """The kept blocks' text, and how it was come by."""

    text: str | None
    name: str
    blocks: tuple[Block, ...] = ()
    has_title: bool = False  # the text begins with the title
    ballot: Ballot | None = None  # what was weighed; None where nothing was to be chosen


@dataclass(frozen=True, slots=True)
class Question:
    """A page whose article is asked for: tree, outline, title, the platform's containers, the feed's text.

    ``flags``: its furniture, where that is marked already.
    """

    tree: HtmlElement
    page: Outline
    title: str | None
    containers: tuple[str, ...] = ()
    feed: FeedText = NO_FEED_TEXT
    title_place: TitlePlace = TitlePlace.MARKED
    flags: tuple[Flag, ...] | None = None


def choose_text(question: Question) -> Choice:
    """The article's text of a page."""
    alignment, ballot = Alignment(question.page), Ballot()
    chosen = _choose_candidate(question, alignment, ballot)
    ballot.begin(chosen)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("container", lambda: switch_to_container(chosen, question.title, question.containers)),
        ("rescue", lambda: rescue_middle(chosen)),
        ("head", lambda: cut_head(chosen, question.title)),
        ("thread", lambda: cut_thread(chosen)),
        ("next", lambda: cut_next_article(chosen, question.title)),
        ("outside", lambda: cut_outside(chosen)),
        ("tail", lambda: cut_tail(chosen)),
        ("boxes", lambda: drop_boxes(chosen)),
        ("feed", lambda: weigh_feed(chosen, alignment, question.feed)),
    )
    for name, step in steps:
        step()
        ballot.note(name, chosen)
    blocks, has_title = _settle_title(chosen.blocks, question)
    return Choice(render(blocks) or None, "+".join([chosen.name, *chosen.steps]), blocks, has_title, ballot)


def take_blocks(question: Question, kept: set[int], name: str) -> Choice:
    """Just these blocks, under this name: what a rule for the site calls the text is weighed against nothing."""
    chosen, ballot = Selection(question.page, kept, name), Ballot()
    ballot.weigh(chosen, "taken: a rule for the site names it")
    blocks, has_title = _settle_title(chosen.blocks, replace(question, title_place=TitlePlace.APART))
    return Choice(render(blocks) or None, name, blocks, has_title, ballot)


def add_blocks(choice: Choice, page: Outline, wanted: AbstractSet[int]) -> Choice:
    """The choice with these blocks where they stand; the same where it is not made of the page's blocks."""
    if not wanted or not choice.blocks:
        return choice
    indices = wanted | {block.index for block in choice.blocks}
    blocks = tuple(page.blocks[index] for index in sorted(indices))
    return replace(choice, text=render(blocks) or None, blocks=blocks)


def _choose_candidate(question: Question, alignment: Alignment, ballot: Ballot) -> Selection:
    page, tree = question.page, question.tree
    if len(page.blocks) > _MANY_BLOCKS:
        find_furniture(page)
        free = {block.index for block in page.blocks if block.is_prose and block.furniture is None}
        chosen = Selection(page, free, "blocks+prune")
        ballot.weigh(chosen, f"taken: more than {_MANY_BLOCKS} blocks, so no extractor was asked")
        return chosen
    flags = find_furniture(page) if question.flags is None else question.flags
    detachment = Detachment((*flags, *find_link_lists(page)))
    chosen = Selection(
        page,
        alignment.keep(run_main_extractor(tree) or run_trafilatura(tree, fast=True)),
        f"trafilatura-{VERSION}-fast+prune",
    )
    ballot.weigh(chosen)
    if _is_doubtful(chosen):
        switch_to_container(chosen, question.title, question.containers)
        if chosen.steps:
            ballot.weigh(chosen, "the platform's container, for the choice was doubtful")
    if not chosen.kept or chosen.prose < _HALF_OF_THE_PROSE * free_prose(page):
        full = Selection(page, alignment.keep(run_trafilatura(tree, fast=False)), f"trafilatura-{VERSION}-full+prune")
        ballot.weigh(full)
        chosen = full if full.prose > chosen.prose else chosen
    if chosen.prose < _LITTLE_OF_THE_PROSE * free_prose(page):
        chosen = _ask_readability(chosen, alignment, tree, ballot)
    detachment.undo()
    is_furniture_long = page.prose(0, len(page.blocks)) >= 1.3 * free_prose(page) + 200
    is_wanted = is_furniture_long and _is_doubtful(chosen)
    return _ask_whole_page(chosen, alignment, tree, ballot) if is_wanted else chosen


def _is_doubtful(chosen: Selection) -> bool:
    return chosen.prose < _SHORT or chosen.prose < _ENOUGH_OF_THE_PROSE * free_prose(chosen.page)


def _ask_readability(chosen: Selection, alignment: Alignment, tree: HtmlElement, ballot: Ballot) -> Selection:
    other = Selection(chosen.page, alignment.keep(run_readability(tree)), "readability+prune")
    shared = Selection(chosen.page, chosen.kept & other.kept, "")
    holds_it = shared.size >= _ENOUGH_OF_THE_PROSE * chosen.size
    ballot.weigh(other, f"holds {shared.size / max(1, chosen.size):.0%} of the text so far")
    return other if holds_it and other.prose >= 1.3 * chosen.prose + 300 else chosen


def _ask_whole_page(chosen: Selection, alignment: Alignment, tree: HtmlElement, ballot: Ballot) -> Selection:
    kept = alignment.keep(run_trafilatura(tree, fast=False))
    free = {index for index in kept if chosen.page.blocks[index].furniture is None}
    whole = Selection(chosen.page, free, f"trafilatura-{VERSION}-full")
    ballot.weigh(whole)
    return whole if whole.prose >= 1.3 * chosen.prose + 200 else chosen


def _settle_title(blocks: list[Block], question: Question) -> tuple[tuple[Block, ...], bool]:
    """The blocks, and whether they begin with the title.

    The heading of a page that states an article is metadata and goes. On a page that states nothing the heading is
    a line of the text, as is a post's own heading below h1: so .012 more on blogs, and no less on news.
    """
    for index, block in enumerate(blocks[:_TITLE_REACH]):
        if _is_title(block, question):
            if question.title_place is TitlePlace.WITHIN or _is_post_heading(block, question):
                return tuple(blocks), True
            return (*blocks[:index], *blocks[index + 1 :]), False
    heading = _heading_above(blocks[0], question) if blocks and question.title_place is TitlePlace.WITHIN else None
    return ((heading, *blocks), True) if heading else (tuple(blocks), False)


def _is_post_heading(block: Block, question: Question) -> bool:
    return block.tag in _POST_HEADINGS and question.title_place is TitlePlace.MARKED


def _heading_above(first: Block, question: Question) -> Block | None:
    """The title above the first block of a page that states nothing, else a heading right above: old blogs' posts."""
    above = question.page.blocks[max(0, first.index - _HEADING_REACH) : first.index]
    free = [block for block in reversed(above) if block.furniture is None and not _names_site(block.element)]
    near = [block for block in free if block.tag in _HEADINGS and block.index >= first.index - _NEAR]
    titles = (block for block in free if _is_title(block, question))
    return next(titles, None) or next((block for block in near if not heads_furniture(block.text)), None)


def _names_site(element: HtmlElement) -> bool:
    """Whether a heading stands in the site's own head, or leads to the site's front page."""
    near = (element, *islice(element.iterancestors(), _LEVELS))
    is_head = any(_SITE.search(f"{above.get('class') or ''} {above.get('id') or ''}") for above in near)
    return is_head or any(_HOME.fullmatch(link.get("href") or "") for link in element.iter("a"))


def _is_title(block: Block, question: Question) -> bool:
    is_heading = block.tag == "h1" or block.tag in _POST_HEADINGS
    return is_heading and question.title is not None and likeness(block.text, question.title) >= _SAME_TITLE
