"""The worlds that backfill is proved against: fake sites with their listings, and fakes of the two public archives.

``cms("wordpress", "drift", posts=350)`` gives a site, ``wayback(archive)`` and ``common_crawl(archive)`` what was
kept of it; each is opened by ``async with``, answers on loopback, and logs what it is asked.
"""

from .archives.captures import Archive, Capture
from .archives.common_crawl import CommonCrawl, common_crawl
from .archives.keeping import Kept, keep
from .archives.warc import warc_file
from .archives.wayback import Wayback, wayback
from .personalities import Personality, fitting
from .world import World, cms

__all__ = [
    "Archive",
    "Capture",
    "CommonCrawl",
    "Kept",
    "Personality",
    "Wayback",
    "World",
    "cms",
    "common_crawl",
    "fitting",
    "keep",
    "warc_file",
    "wayback",
]
