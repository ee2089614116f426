"""The door of cleaning: a text or a tree in, the same without furniture out, every removal recorded."""

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from ingest.clean.draft import CleanContext, Draft
from ingest.clean.edges import drop_adverts, drop_alone, drop_author_box, drop_head, drop_lists, drop_tail, drop_title
from ingest.clean.hyphens import rejoin_words
from ingest.clean.languages import name_language
from ingest.clean.lines import split_lines
from ingest.clean.mojibake import repair_encoding
from ingest.clean.origins import drop_origin_marks
from ingest.clean.prune import prune_blocks
from ingest.clean.repeats import drop_repeats
from ingest.clean.rules import Rules
from ingest.clean.threads import drop_thread
from ingest.model import Removal

__all__ = ["CleanContext", "Cleaned", "clean_text", "prune"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and what cleaning took out of it or learnt from what it took."""

    text: str
    removed: tuple[Removal, ...] = ()
    origin_url: str | None = None
    author_candidates: tuple[str, ...] = ()


def clean_text(text: str, context: CleanContext, rules: Rules) -> Cleaned:
    """The text without furniture: paragraphs in their order, none changed but for split words and broken encoding.

    Cleaning is repeated until nothing changes, so that cleaning a cleaned text changes nothing.
    """
    context = replace(context, language=name_language(context.language, text))
    cleaned = _clean_once(Cleaned(text), context, rules)
    previous = text
    while cleaned.text != previous:
        previous = cleaned.text
        cleaned = _clean_once(cleaned, context, rules)
    return cleaned


def _clean_once(before: Cleaned, context: CleanContext, rules: Rules) -> Cleaned:
    text = rejoin_words(repair_encoding(before.text), context.language)
    draft = Draft(split_lines(text), context, authors=list(before.author_candidates), origin_url=before.origin_url)
    drop_repeats(draft)
    drop_origin_marks(draft)
    drop_title(draft)
    drop_adverts(draft, rules)
    drop_head(draft, rules)
    drop_thread(draft, rules)
    drop_author_box(draft, rules)
    drop_lists(draft, rules)
    drop_tail(draft, rules)
    drop_alone(draft, rules)
    removed = before.removed + draft.list_removals()
    return Cleaned(draft.render(), removed, draft.origin_url, tuple(draft.authors))


def prune(tree: HtmlElement, context: CleanContext, rules: Rules) -> tuple[Removal, ...]:
    """Take the platforms' furniture containers out of the tree, in place, and give what was taken."""
    return prune_blocks(tree, context.platform, rules)
