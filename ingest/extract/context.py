"""What the caller knows beside the page and the entry."""

from dataclasses import dataclass
from datetime import datetime

from ingest.extract.siterules import SiteRule


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractContext:
    """The feed's title and language, the moment (aware UTC) against which dates are judged, the rule for the site."""

    now: datetime
    feed_title: str | None = None
    feed_language: str | None = None
    site_rule: SiteRule | None = None
    is_further_part: bool = False  # of an article that began on another page
