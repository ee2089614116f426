"""All sources, the best one first (rule B1), and which of them fit a site."""

from collections.abc import Mapping, Sequence

from ingest.backfill.belonging import is_public
from ingest.backfill.blogger import Blogger
from ingest.backfill.cc_news import CcNews
from ingest.backfill.common_crawl import CommonCrawl
from ingest.backfill.drupal import Drupal
from ingest.backfill.ghost import Ghost
from ingest.backfill.jsonfeed import JsonFeed
from ingest.backfill.newest import Newest
from ingest.backfill.rfc5005 import Rfc5005
from ingest.backfill.sitemaps import Sitemaps
from ingest.backfill.source import Archives, Cursor, End, Listing, Reply, Source, Target
from ingest.backfill.static_site import StaticSite
from ingest.backfill.substack import Substack
from ingest.backfill.tumblr import Tumblr
from ingest.backfill.url_list import UrlList
from ingest.backfill.wayback import Wayback
from ingest.backfill.wayback_feed import WaybackFeed
from ingest.backfill.wordpress import WordPress
from ingest.backfill.wordpress_feed import WordPressFeed
from ingest.errors import UnknownSource

AUTO = "auto"

SOURCES: tuple[Source, ...] = (
    UrlList(),
    CcNews(),
    Rfc5005(),
    JsonFeed(),
    WordPress(),
    Blogger(),
    Substack(),
    Ghost(),
    Tumblr(),
    Drupal(),
    WordPressFeed(),
    StaticSite(),
    Newest(),
    Sitemaps(),
    WaybackFeed(),
    Wayback(),
    CommonCrawl(),
)
NAMES = tuple(source.name for source in SOURCES)
ARCHIVES = frozenset({"wayback_feed", "wayback", "common_crawl"})  # other people's servers
LAST_RESORTS = ARCHIVES | {"newest"}  # nothing is to be had there that a listing of the site's own does not have
NAMED_BY_USER = frozenset({"url_list", "cc_news"})

# What tells nothing that the other one did not tell already, once that one has told all of it.
_REPEATS_OF: Mapping[str, str] = {"wordpress_feed": "wordpress"}


def source_named(name: str) -> Source:
    """The source of a name. Raises UnknownSource, which names those that there are."""
    for source in SOURCES:
        if source.name == name:
            return source
    raise UnknownSource(f"there is no source {name!r}: give {AUTO} or some of {', '.join(NAMES)}")


def advance(name: str, cursor: Cursor, reply: Reply) -> Listing:
    """What an answer says to a source, by its name: a unit of work for another process. Raises UnknownSource."""
    return source_named(name).advance(cursor, reply)


def choose(target: Target, names: Sequence[str] = (AUTO,)) -> tuple[Source, ...]:
    """The sources to walk, best first: of ``auto`` those that may fit, of names those that were named.

    A source that is named is walked even where nothing speaks for it, unless it lives by files that were not given.
    Raises UnknownSource.
    """
    named = {source_named(name).name for name in names if name != AUTO}
    return tuple(source for source in SOURCES if _is_wanted(source, target, named, is_auto=AUTO in names))


def is_redundant(source: Source, ended: Mapping[str, End]) -> bool:
    """Whether a source has nothing to add to one whose walk saw all of the same listing."""
    return ended.get(_REPEATS_OF.get(source.name, "")) in {End.COMPLETE, End.WINDOW}


def _is_wanted(source: Source, target: Target, named: set[str], *, is_auto: bool) -> bool:
    fits = source.probe(target) > 0
    if source.name in named and source.name not in NAMED_BY_USER:
        return True
    return fits and (is_auto or source.name in named) and not _is_hidden(source.name, target)


def _is_hidden(name: str, target: Target) -> bool:
    """Whether it is a public archive, which cannot have the site: asking it would only give the site's name away."""
    public, archives = Archives(), target.archives
    is_wayback = name.startswith("wayback") and archives.wayback_url == public.wayback_url
    is_crawl = name == "common_crawl" and archives.common_crawl_url == public.common_crawl_url
    return (is_wayback or is_crawl) and not is_public(target.host)
