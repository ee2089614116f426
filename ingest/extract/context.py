"""What the caller knows beside the page and the entry."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractContext:
    """The feed's own title and language, and the moment (aware UTC) against which dates are judged."""

    now: datetime
    feed_title: str | None = None
    feed_language: str | None = None
