"""The seam to cleaning: the platform's furniture leaves the tree, and the chosen text is cleaned."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from ingest.blocks import ObservedLine
from ingest.clean.apply import CleanContext, Cleaned, clean_and_observe, prune
from ingest.clean.keeps import Keeps
from ingest.clean.rules import Rules, load_rules
from ingest.extract.outline import Outline
from ingest.model import Removal


@dataclass(frozen=True, slots=True)
class Tidying:
    """What cleaning needs to know of one page, and what it took out of its tree."""

    context: CleanContext
    rules: Rules
    pruned: tuple[Removal, ...] = field(default=())

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
    rules = load_rules()
    pruned = prune(tree, context, rules)
    if pruned:
        standing = set(tree.iter())
        for block in page.blocks:
            if block.element not in standing:
                block.furniture = "platform"
    return Tidying(context, rules, pruned)


def tidy_parts(parts: Iterable[HtmlElement], context: CleanContext) -> Tidying:
    """Take the platform's furniture out of these elements, in place: what stands around them is left alone."""
    rules = load_rules()
    return Tidying(context, rules, tuple(removal for part in parts for removal in prune(part, context, rules)))


def tidy_nothing(url: str | None, keeps: Keeps) -> Tidying:
    """For text that comes without a page."""
    return Tidying(CleanContext(url=url, keeps=keeps), load_rules())
