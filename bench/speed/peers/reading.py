"""What the scripts with trafilatura have in common: a page's row."""

import trafilatura


def read(link: str, feed: str, page: bytes) -> tuple[str | None, ...] | None:
    """Text and metadata of a page as trafilatura gives them; None without text."""
    found = trafilatura.bare_extraction(page, url=link, with_metadata=True)
    if found is None or not found.text:
        return None
    return link, feed, found.title, found.author, found.date, found.language, found.text
