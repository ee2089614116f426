"""What was kept above the article: menus of links, and the site's own name."""

from ingest.extract.selection import Selection
from ingest.extract.titles import likeness

_A_LINK = 0.8
_LEAST = 3
_SAME_TITLE = 0.9


def cut_head(chosen: Selection, title: str | None) -> None:
    """Drop what was kept above the heading, where it is a menu without a class, or the site's name as its own h1."""
    if not chosen.kept or not title:
        return
    heading = next(
        (block for block in chosen.page.blocks if _is_heading(block.tag) and _is_like(block.text, title)), None
    )
    above = [block for block in chosen.blocks if heading is not None and block.index < heading.index]
    links = [block for block in above if block.link_density > _A_LINK]
    is_menu = len(links) >= _LEAST and 2 * len(links) >= len(above)
    if (is_menu or any(block.tag == "h1" for block in above)) and not any(block.is_prose for block in above):
        chosen.kept -= {block.index for block in above}
        chosen.steps.append("head")


def _is_heading(tag: str) -> bool:
    return tag in {"h1", "h2", "h3", "h4"}


def _is_like(text: str, title: str) -> bool:
    return likeness(text, title) >= _SAME_TITLE
