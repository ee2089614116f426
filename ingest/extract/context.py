"""What the caller knows beside the page and the entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.blocks import Furniture
from ingest.extract.siterules import SiteRule
from ingest.profiles import Through


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractContext:
    """The feed's title and language, the moment (aware UTC) against which dates are judged, the rule for the site.

    ``learned``: the lines that the site's other pages have shown to be furniture, by key.
    ``through``: the container that the page may be read through; None: it is read whole.
    """

    now: datetime
    feed_title: str | None = None
    feed_language: str | None = None
    site_rule: SiteRule | None = None
    is_further_part: bool = False  # of an article that began on another page
    follows_headline: bool = False  # another headline on the page is an edit (``ingest.decide.headline``)
    learned: Mapping[int, Furniture] = field(default_factory=dict)
    through: Through | None = None
