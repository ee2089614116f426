"""What the scripts with trafilatura have in common: a page's row."""

import threading

import trafilatura

# Extraction in several threads at once ends the process in one run of three (double free, of lxml's trees); as it
# holds the interpreter lock nearly all the time, one at a time costs nothing.
_one_at_a_time = threading.Lock()


def read(link: str, feed: str, page: bytes) -> tuple[str | None, ...] | None:
    """Text and metadata of a page as trafilatura gives them; None without text."""
    with _one_at_a_time:
        found = trafilatura.bare_extraction(page, url=link, with_metadata=True)
    if found is None or not found.text:
        return None
    return link, feed, found.title, found.author, found.date, found.language, found.text
