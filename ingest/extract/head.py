"""What was kept above the article: menus of links, and the site's own name."""

from ingest.extract.outline import Block, key_of
from ingest.extract.selection import Selection
from ingest.extract.titles import likeness

_A_LINK = 0.8
_LEAST = 3
_FEW_WORDS = 80  # characters above a title that no heading marks: a site's name and a date
_SAME_TITLE = 0.9
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def cut_head(chosen: Selection, title: str | None) -> None:
    """Drop what was kept above the heading, where it is a menu without a class, or the site's name as its own h1."""
    if not chosen.kept or not title:
        return
    heading = next((block for block in chosen.page.blocks if _is_heading(block, title)), None)
    above = [block for block in chosen.blocks if heading is not None and block.index < heading.index]
    if heading is not None and heading.tag not in _HEADINGS and sum(block.size for block in above) > _FEW_WORDS:
        return
    links = [block for block in above if block.link_density > _A_LINK]
    is_menu = len(links) == len(above) or (len(links) >= _LEAST and 2 * len(links) >= len(above))
    if above and (is_menu or any(block.tag == "h1" for block in above)) and not any(block.is_prose for block in above):
        chosen.kept -= {block.index for block in above}
        chosen.steps.append("head")


def _is_heading(block: Block, title: str) -> bool:
    """A heading like the title, or any block that is the title and nothing else."""
    return block.key == key_of(title) or (block.tag in _HEADINGS and likeness(block.text, title) >= _SAME_TITLE)
