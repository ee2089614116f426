"""A feed in pages (RFC 5005 section 3): Atom whose pages name the next one."""

from typing import Any

from backfill_world.feeds import FeedPage, atom
from backfill_world.server import Answer, Asked, text_answer

from .ends import past_end, refused

SURFACES = {"atom-next": 40}
FEED = "/feed.atom"
FEED_TYPE = "application/atom+xml"


def answer(world: Any, asked: Asked) -> Answer | None:
    """The pages of the feed."""
    if asked.path != FEED:
        return None
    number = max(1, asked.number("page", 1))
    if status := world.enters("feed" if number == 1 else "atom-next"):
        return refused(status)
    size = world.size("atom-next")
    cut = world.page("atom-next", (number - 1) * size)

    def document() -> Answer:
        links = {"first": world.link(FEED)}
        if cut.next_offset is not None:
            links["next"] = world.next_url("atom-next", f"{FEED}?page={-(-cut.next_offset // size) + 1}")
        note = f"Page {number}"
        page = FeedPage(
            site=world.posts[0].site, url=world.link(asked.raw_path), posts=cut.posts, links=links, note=note
        )
        return text_answer(atom(page), FEED_TYPE, "feed" if number == 1 else "listing")

    return past_end(cut, document, lambda: refused(404)) if cut.is_past_end else document()


def home_headers(world: Any) -> dict[str, str]:
    """None."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """None."""
    return []
