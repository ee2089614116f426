"""A page cut to the container that holds its site's articles: whether it may be, and whether to believe the result."""

from dataclasses import dataclass, replace

from ingest.clean.apply import CleanContext
from ingest.extract.choose import Choice, Question, choose_text
from ingest.extract.outline import HEADINGS, Outline, drop_empties
from ingest.extract.pages import Verdict
from ingest.extract.prune import Detachment, Flag, find_furniture
from ingest.extract.selection import free_prose
from ingest.extract.sitecontainer import Place, find_place
from ingest.extract.tidy import Tidying, tidy_within
from ingest.model import ArticleStatus
from ingest.profiles import Through

_LEAST_SHARE = 0.6  # of the page's running text outside furniture
_A_PARAGRAPH = 240  # characters: so much more outside than on any page before may be text that has moved there
_MANY_BLOCKS = 8_000  # no extractor is asked about such a page
_SHORT = 300  # characters: what is shorter any run doubts


@dataclass(slots=True)
class Cut:
    """How a page was cut, or why not. ``outside``: running text outside the container that is no known furniture."""

    through: Through
    place: Place | None = None
    outside: int = 0
    flags: tuple[Flag, ...] = ()
    refusal: str = ""  # why the page was not cut
    doubt: str = ""  # why what was found in the container is not believed

    @property
    def is_used(self) -> bool:
        """Whether the article was read through the container."""
        return not self.refusal and not self.doubt


def cut_page(page: Outline, through: Through) -> Cut:
    """Decide whether the page may be cut; the furniture's blocks are marked."""
    place = find_place(page, through.container)
    if place is None:
        return Cut(through, refusal=f"the page has not one {through.container}")
    if len(page.blocks) > _MANY_BLOCKS:
        return Cut(through, refusal=f"the page has {len(page.blocks)} blocks")
    flags = find_furniture(page)
    prose, inside = free_prose(page), free_prose(page, place.start, place.end)
    cut = Cut(through, place, prose - inside, flags)
    cut.refusal = _refuse(cut, inside, prose)
    return cut


def _refuse(cut: Cut, inside: int, prose: int) -> str:
    usual, name = cut.through.most_outside, cut.through.container
    if inside < _LEAST_SHARE * prose or not inside:
        return f"{name} has {inside} of the page's {prose} characters of running text"
    if usual is not None and cut.outside > usual + _A_PARAGRAPH:
        return f"{cut.outside} characters of running text stand outside {name}, more than the site's usual {usual}"
    return ""


def choose_within(question: Question, cut: Cut, cleaning: CleanContext) -> tuple[Choice, Tidying]:
    """The text in the container; what is furniture, and how much text there is, is judged by the whole page."""
    assert cut.place is not None
    rest = _detach_rest(cut.place)
    drop_empties(question.tree)
    tidying = tidy_within(cut.place.element, question.page, cleaning)
    choice = choose_text(replace(question, containers=tidying.containers, flags=cut.flags))
    rest.undo()
    return choice, tidying


def _detach_rest(place: Place) -> Detachment:
    """Take out of the tree what is neither in the container nor above it, until that is undone."""
    rest: list[Flag] = []
    node = place.element
    for above in place.element.iterancestors():
        rest += [Flag(child, "outside", 0, 0) for child in above if child is not node and child.tag != "head"]
        node = above
    return Detachment(tuple(rest))


def find_doubt(cut: Cut, choice: Choice, verdict: Verdict) -> str:
    """Why what was read through the container is not believed; empty where it is."""
    if cut.place is None or verdict.status is not ArticleStatus.OK:
        return f"read through the container, the page is {verdict.status}"
    if choice.ballot is None or len(choice.ballot.weighed) > 1:
        return f"what was found in the container was doubted ({choice.name})"
    beyond = [block for block in choice.blocks if not cut.place.start <= block.index < cut.place.end]
    if any(block.tag not in HEADINGS for block in beyond):
        return "text was found outside the container"
    prose, least = count_prose(choice), cut.through.least_chars or 0
    if prose < max(_SHORT, least // 2):
        return f"{prose} characters of running text are few: the site's shortest article had {least}"
    return ""


def count_prose(choice: Choice) -> int:
    """Characters of running text in a choice."""
    return sum(block.size for block in choice.blocks if block.is_prose)
