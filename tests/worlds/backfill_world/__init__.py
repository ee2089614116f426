"""The worlds that backfill is proved against: fake sites with their listings, and fakes of the two public archives.

``cms("wordpress", "drift", posts=350)`` gives a site, ``wayback(archive)`` and ``common_crawl(archive)`` what was
kept of it; each is opened by ``async with``, answers on loopback, and logs what it is asked.
"""

from .personalities import Personality, fitting
from .world import World, cms

__all__ = ["Personality", "World", "cms", "fitting"]
