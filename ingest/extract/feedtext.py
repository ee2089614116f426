"""The entry's own content as text, and whether it is the whole article or a teaser."""

import re
from dataclasses import dataclass
from html import escape

from ingest.errors import PageRejected
from ingest.extract.document import parse_text
from ingest.extract.outline import Block, drop_machinery, outline
from ingest.extract.render import render
from ingest.model import Entry
from ingest.text import plain_text

_MAX_FEED_HTML = 2_000_000
_MAX_FEED_NODES = 50_000
_MAX_DEPTH = 2_000  # of lxml's trees: the text below is not in them
_MAX_FLAT_TEXT = 500_000
_MAX_FLAT_PARAGRAPHS = 5_000
_FULL_SIZE = 1_000
_FULL_PARAGRAPHS = 3
_TRUNCATED = re.compile(
    r"(?:\[(?:…|\.\.\.|more)\]|…|\.\.\.|\bcontinue reading\b.{0,80}|\bread (?:more|the rest|the full)\b.{0,80}|"
    r"\bweiterlesen\b.{0,60}|\blire la suite\b.{0,60}|\bseguir leyendo\b.{0,60}|\bleggi tutto\b.{0,60}|»|→)\s*$",
    re.IGNORECASE,
)
_APPENDED = re.compile(r"^the post .{1,300} (?:first )?appeared first on .{1,120}\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedText:
    """The entry's texts: ``content`` is the longest it gives; ``is_full`` when that is evidently the whole article."""

    content: str | None = None
    summary: str | None = None
    is_full: bool = False
    blocks: tuple[Block, ...] = ()

    @property
    def size(self) -> int:
        """Characters of the content."""
        return sum(block.size for block in self.blocks)


NO_FEED_TEXT = FeedText()


def read_feed_text(entry: Entry | None) -> FeedText:
    """The text of an entry's content and summary; all None where it has neither."""
    if entry is None:
        return NO_FEED_TEXT
    content_blocks, summary_blocks = read_blocks(entry.content), read_blocks(entry.summary)
    if sum(block.size for block in summary_blocks) > sum(block.size for block in content_blocks):
        content_blocks = summary_blocks
    is_full = _is_full(content_blocks)
    content, summary = render(content_blocks), render(summary_blocks)
    return FeedText(content or None, summary or None, is_full, tuple(content_blocks))


def read_blocks(html: str | None) -> list[Block]:
    """The blocks of HTML that stands apart from a page; none where there is none, a share of it beyond the limits."""
    if not html or not html.strip():
        return []
    return _tree_blocks(html) or (_tree_blocks(_flattened(html)) if _is_beyond_limits(html) else [])


def _tree_blocks(html: str) -> list[Block]:
    if len(html) > _MAX_FEED_HTML:
        return []
    try:
        tree = parse_text(f"<html><body><div>{html}</div></body></html>")
    except PageRejected:
        return []
    if int(tree.xpath("count(//node())")) > _MAX_FEED_NODES:
        return []
    drop_machinery(tree)
    return [block for block in outline(tree).blocks if not _APPENDED.match(block.text)]


def _is_beyond_limits(html: str) -> bool:
    """Whether a tree of it may be refused, or lack what lies too deep."""
    return len(html) > _MAX_FEED_HTML or html.count("<") > _MAX_DEPTH


def _flattened(html: str) -> str:
    """The visible text as plain paragraphs, a bounded share of it: what is beyond a tree is not lost."""
    paragraphs = plain_text(html)[:_MAX_FLAT_TEXT].split("\n\n")[:_MAX_FLAT_PARAGRAPHS]
    return "".join(f"<p>{escape(text)}</p>" for text in paragraphs)


def _is_full(blocks: list[Block]) -> bool:
    """Long, of several paragraphs, and not broken off: then a feed gives whole texts."""
    prose = [block for block in blocks if block.is_prose]
    size = sum(block.size for block in prose)
    if not prose or any(_TRUNCATED.search(block.text) for block in blocks[-2:]):
        return False
    return size >= _FULL_SIZE and len(prose) >= _FULL_PARAGRAPHS
