"""Article text as it is written in story files (a small part of Markdown), as plain paragraphs and as HTML.

A text is blocks: a paragraph, ``## a heading``, ``> a quotation``, or lines that each start with ``- ``.
Inside a block ``*stress*`` and ``[words](address)`` are known.
"""

import re
from html import escape

_STRESS = re.compile(r"\*([^*]+)\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_MARK = re.compile(r"^(?:## |> )")


def read_blocks(text: str) -> tuple[str, ...]:
    """The blocks of a story file's body; single line breaks inside a paragraph are spaces."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text) if block.strip())
    return tuple(block if block.startswith("- ") else " ".join(block.split("\n")) for block in blocks)


def plain_paragraphs(blocks: tuple[str, ...]) -> list[str]:
    """What a reader reads, one string a paragraph, heading or list item."""
    return [_plain(item) for block in blocks for item in _items(block)]


def block_html(block: str) -> str:
    """A block as one HTML element."""
    if block.startswith("- "):
        return "<ul>\n" + "\n".join(f"<li>{inline_html(item)}</li>" for item in _items(block)) + "\n</ul>"
    inside = inline_html(_MARK.sub("", block))
    if block.startswith("## "):
        return f"<h2>{inside}</h2>"
    return f"<blockquote><p>{inside}</p></blockquote>" if block.startswith("> ") else f"<p>{inside}</p>"


def blocks_html(blocks: tuple[str, ...]) -> str:
    """All blocks, each on lines of its own."""
    return "\n".join(map(block_html, blocks))


def inline_html(text: str) -> str:
    """Stress and links as elements, everything else escaped."""
    linked = _LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
    return _STRESS.sub(r"<em>\1</em>", linked)


def split_words(blocks: tuple[str, ...], splits: tuple[str, ...]) -> tuple[str, ...]:
    """The blocks with print hyphens put in: "exp-erts" replaces the first "experts"."""
    text = "\n\n".join(blocks)
    for split in splits:
        text = text.replace(split.replace("-", ""), split, 1)
    return tuple(text.split("\n\n"))


def shortened(text: str, length: int = 220) -> str:
    """The first words of a text, up to ``length`` characters, with an ellipsis where something is left out."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def _items(block: str) -> list[str]:
    return [line[2:] for line in block.split("\n")] if block.startswith("- ") else [block]


def _plain(text: str) -> str:
    return _STRESS.sub(r"\1", _LINK.sub(r"\1", _MARK.sub("", text)))
