"""What only a feed pipeline knows: the entry's summary is in the article, and its full content bounds it."""

from ingest.extract.align import Alignment
from ingest.extract.feedtext import FeedText
from ingest.extract.outline import key_of
from ingest.extract.selection import Selection

_OPENING = 60
_SHORTEST = 30
_FOUND = 0.6
_LINKS = 0.5


def weigh_feed(chosen: Selection, alignment: Alignment, feed: FeedText) -> None:
    """Correct the choice by what the feed gives: bounded by full content, led in by the summary."""
    if feed.is_full and _bound_by_content(chosen, alignment, feed):
        return
    for told in (feed.summary, feed.content):
        if told and _lead_in(chosen, told):
            return


def _bound_by_content(chosen: Selection, alignment: Alignment, feed: FeedText) -> bool:
    page = chosen.page
    matched = alignment.keep([block.text for block in feed.blocks])
    matched = {index for index in matched if page.blocks[index].furniture is None}
    found = Selection(page, matched, "")
    if found.prose < _FOUND * sum(block.size for block in feed.blocks if block.is_prose):
        return False
    inside = {index for index in chosen.kept if min(matched) <= index <= max(matched)}
    if chosen.kept != inside | matched:
        chosen.kept = inside | matched
        chosen.steps.append("feed-bounds")
    return True


def _lead_in(chosen: Selection, told: str) -> bool:
    """Add the blocks from the one that holds the summary's opening down to the first kept one."""
    opening = key_of(told)[:_OPENING]
    if len(opening) < _SHORTEST or not chosen.kept:
        return False
    page, first = chosen.page, min(chosen.kept)
    holder = next((block.index for block in page.blocks if opening in block.key and block.furniture is None), None)
    if holder is None or holder >= first:
        return False
    lead = [block for block in page.blocks[holder:first] if block.furniture is None and block.link_density <= _LINKS]
    chosen.kept |= {block.index for block in lead}
    chosen.steps.append("feed-lead")
    return True
