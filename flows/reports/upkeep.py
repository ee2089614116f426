"""What the nightly run did and found: sizes, feeds by health, what sites taught, what went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.outcomes import Lessons
from flows.reports.tables import counted, lines_of, minute, shown, table
from storage.blocks import SiteBlock
from storage.removing import Removed

BLOCKS_SHOWN = 50
BLOCK_WIDTH, REASON_WIDTH = 80, 200


def lessons_markdown(changed: Sequence[SiteBlock], lessons: Lessons) -> str:
    """What sites taught since yesterday: the blocks that were learned, gone, doubted or kept, site by site."""
    head = f"## Learned blocks that changed since yesterday: {len(changed)}"
    if lessons.sites or lessons.texts:
        head += f"\n\n{_lessons_sentence(lessons)}"
    if not changed:
        return head
    lines = map(_block_line, changed[:BLOCKS_SHOWN])
    rest = len(changed) - BLOCKS_SHOWN
    return f"{head}\n\n" + "\n".join(lines) + (f"\n\nand {rest:,} more: `feedmill rules learned`" if rest > 0 else "")


def _block_line(found: SiteBlock) -> str:
    """A block in a line of a list: a table that is too wide is cut off."""
    text, why = shown(found.block.text, BLOCK_WIDTH), shown(found.block.reason, REASON_WIDTH)
    return f"- {shown(found.host, BLOCK_WIDTH)}, **{found.block.state}**: “{text}” ({why})"


def _lessons_sentence(lessons: Lessons) -> str:
    first = f"{counted(lessons.sites, 'site')} learned from for the first time"
    return f"{first}, {counted(lessons.texts, 'stored text')} changed."


def retention_sentence(removed: Removed, *, is_foretold: bool = False) -> str:
    """What went, or would go, in one line."""
    verb = "would go" if is_foretold else "went"
    bytes_told = "" if is_foretold else f" ({removed.bytes_packed:,} bytes)"
    versions = counted(removed.revisions, "earlier version")
    return (
        f"{counted(removed.articles, 'article')} {verb}, and {versions}; with them "
        f"{counted(removed.captures, 'capture')} of the archive{bytes_told}"
    )


def retention_markdown(removed: Removed) -> str:
    """What the night's retention took away."""
    return f"## Retention\n\n{retention_sentence(removed)}."


def upkeep_sentence(sizes: Mapping[str, Any], states: Mapping[str, int]) -> str:
    """The nightly run in one line."""
    fares = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())) or "no feeds"
    return f"{counted(sizes['articles'], 'article')} in {sizes['database_bytes'] / 1e6:.1f} MB; feeds: {fares}"


def upkeep_markdown(sizes: Mapping[str, Any], states: Mapping[str, int], now: datetime, weeks: str = "") -> str:
    """The nightly run's report: the week beside the one before, how many feeds are in which state, and sizes."""
    parts = (
        f"# Upkeep of {minute(now)}",
        f"**{upkeep_sentence(sizes, states)}**",
        weeks,
        "## Feeds, by health",
        table(("state", "feeds"), sorted(states.items())),
        "## Sizes",
        table(("", "count"), lines_of(sizes)),
    )
    return "\n\n".join(part for part in parts if part)
