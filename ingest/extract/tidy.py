"""The seam to cleaning: the platform's furniture leaves the tree, and the chosen text is cleaned."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from ingest.blocks import ObservedLine
from ingest.clean.apply import CleanContext, Cleaned, clean_and_observe
from ingest.clean.keeps import Keeps
from ingest.clean.prune import Pruned, prune_blocks
from ingest.clean.rules import Rules, load_rules
from ingest.extract.outline import Outline
from ingest.model import Removal


@dataclass(frozen=True, slots=True)
class Tidying:
    """What cleaning needs to know of one page, and what it took out of its tree."""

    context: CleanContext
    rules: Rules
    pruned: tuple[Removal, ...] = field(default=())
    kept: frozenset[int] = frozenset()  # blocks of containers that the user wants in the text

    @property
    def containers(self) -> tuple[str, ...]:
        """The class tokens of the platform's post containers."""
        return self.rules.find_containers(self.context.platform)

    def clean(self, text: str, known: CleanContext) -> tuple[Cleaned, tuple[ObservedLine, ...]]:
        """The text without furniture, repeats and split words, and its lines as learning looks at them.

        ``known``: what the page tells of the text; its address and platform, and what is kept, are known here.
        """
        context = replace(known, url=self.context.url, platform=self.context.platform, keeps=self.context.keeps)
        return clean_and_observe(text, context, self.rules)


def tidy_tree(tree: HtmlElement, page: Outline, context: CleanContext) -> Tidying:
    """Take the platform's furniture out of a page's tree, in place; its blocks are marked as furniture."""
    tidying = tidy_parts((tree,), page, context)
    if tidying.pruned or tidying.kept:
        standing = set(tree.iter())
        for block in page.blocks:
            if block.element not in standing:
                block.furniture = "platform"
    return tidying


def tidy_within(element: HtmlElement, page: Outline, context: CleanContext) -> Tidying:
    """The same in one container of a page whose furniture is marked by kind already: those marks stay."""
    tidying = tidy_parts((element,), page, context)
    if tidying.pruned:
        standing = set(element.iter())
        for block in page.blocks[slice(*page.span(element))]:
            if block.furniture is None and block.element not in standing:
                block.furniture = "platform"
    return tidying


def tidy_parts(parts: Iterable[HtmlElement], page: Outline, context: CleanContext) -> Tidying:
    """Take the platform's furniture out of these elements, in place: what stands around them is left alone."""
    rules = load_rules()
    pruned = [one for part in parts for one in prune_blocks(part, context, rules)]
    kept = frozenset(index for one in pruned if one.is_kept for index in _blocks_of(one, page))
    lines = [line for index in sorted(kept) for line in page.blocks[index].text.split("\n")]
    known = replace(context, keeps=context.keeps.with_lines(lines)) if kept else context
    return Tidying(known, rules, tuple(one.removal for one in pruned if not one.is_kept), kept)


def _blocks_of(one: Pruned, page: Outline) -> range:
    """The blocks of a container; of one that stands within a line, that line."""
    places = (one.element, one.parent, *one.parent.iterancestors())
    start, end = next((span for place in places if (span := page.span(place)) != (0, 0)), (0, 0))
    return range(start, end) if end - start == 1 or page.span(one.element) != (0, 0) else range(0)


def tidy_nothing(url: str | None, keeps: Keeps) -> Tidying:
    """For text that comes without a page."""
    return Tidying(CleanContext(url=url, keeps=keeps), load_rules())
