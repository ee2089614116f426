"""Whether an address is of the site whose history is asked for."""

from urllib.parse import urlsplit

from ingest.errors import BadUrl
from ingest.urls import host_of, is_front_page


def is_page_of(url: str, home: str) -> bool:
    """Whether a page belongs to the site: on its host or one below it, in its folder where it has one; not its front.

    Sitemaps and archives of shared hosts name the pages of all that live there.
    """
    try:
        host, own = host_of(url).removeprefix("www."), host_of(home).removeprefix("www.")
        folder, path = urlsplit(home).path or "/", urlsplit(url).path
    except (BadUrl, ValueError):
        return False
    is_here = host == own or host.endswith(f".{own}")
    return is_here and not is_front_page(url) and (folder == "/" or path.startswith(folder))
