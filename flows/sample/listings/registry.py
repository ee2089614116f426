"""Which module speaks for which kind of listing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.sample.listings import archive, blogger, ghost, jsonfeed, static, wordpress
from flows.sample.listings.listed import Listed, Question
from flows.sample.past import Past
from flows.sample.sites import FeedAddress, Site


@dataclass(frozen=True, slots=True)
class Listing:
    """A way to a site's past. ``links``: what its feed says of it, rel -> address."""

    answer: Callable[[Past, Question], Listed | None]
    sitemaps: tuple[str, ...] = ()
    links: Callable[[Past, FeedAddress], Mapping[str, str]] = lambda _past, _feed: {}


LISTINGS: Mapping[str, Listing] = {
    "wordpress": Listing(wordpress.answer, wordpress.SITEMAPS),
    "wordpress-closed": Listing(wordpress.answer_without_rest, wordpress.SITEMAPS),
    "blogger": Listing(blogger.answer, blogger.SITEMAPS),
    "classic": Listing(blogger.answer, blogger.SITEMAPS),
    "archive": Listing(archive.answer, archive.SITEMAPS, archive.links),
    "jsonfeed": Listing(jsonfeed.answer, jsonfeed.SITEMAPS, jsonfeed.links),
    "ghost": Listing(ghost.answer, ghost.SITEMAPS),
    "static": Listing(static.answer, static.SITEMAPS),
}
"""By what ``sites.toml`` calls it; where it says nothing, by the site's platform."""


def listing_of(site: Site) -> Listing:
    """The site's way to its past."""
    return LISTINGS[site.listing or site.platform]
