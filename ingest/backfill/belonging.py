"""Whether an address is of the site whose history is asked for, and whether all the world can know the site."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from ingest.errors import BadUrl
from ingest.urls import host_of, is_front_page

_NEVER_PUBLIC = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")


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


def is_public(host: str) -> bool:
    """Whether a host ("name" or "name:port") may be known outside this network, by its name alone.

    Not a private address, a name without a dot, or one under a name that is never public (RFC 6761, 6762, 8375; ICANN's
    ``internal``).
    """
    name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    try:
        return ip_address(name).is_global
    except ValueError:
        return "." in name and not f".{name}".endswith(_NEVER_PUBLIC)
