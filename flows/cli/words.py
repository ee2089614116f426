"""What several commands say alike: counts, moments, and addresses that are not what they should be."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from flows.cli.failure import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

NO_FEEDS = "No feeds yet. Add one with `feedmill feeds add URL`, or a list with `feedmill feeds import FILE.opml`."
_BARE = re.compile(r"(?P<host>[^\s/:?#@]+)(?P<port>:\d+)?(?:[/?#]|$)")


def counted(number: int, what: str) -> str:
    """Say a number of things: 1 article, 2 articles."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def minute(moment: datetime | str) -> str:
    """A moment in UTC to the minute, also where it comes as ISO 8601; the one that stands for never is told so."""
    from ingest.decide.schedule import NEVER

    then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{then:%Y-%m-%d %H:%M} UTC" if then < NEVER else "never"


def missing_scheme(url: str) -> str | None:
    """What to do with an address that has no http:// or https:// before it; None for any other."""
    bare = _BARE.match(url)
    if bare is None:
        return None
    scheme = "http" if bare["port"] or bare["host"] == "localhost" else "https"
    return f"{url} has no http:// or https:// before it: do you mean {scheme}://{url} ?"


def require_tags(session: "Session", tags: "Iterable[str]") -> None:
    """Raise CommandError where no feed has one of these tags, nor a folder below it."""
    from storage.tags import tags_without_feeds

    unknown = tags_without_feeds(session, list(tags))
    if unknown:
        raise CommandError(f"no feed has the tag {' or '.join(unknown)}; `feedmill feeds list` shows their tags")


def require_feeds(session: "Session", urls: "Iterable[str]") -> None:
    """Raise CommandError where there is no feed of one of these addresses, and name each."""
    from storage import feeds

    unknown = [url for url in urls if feeds.find(session, url) is None]
    if unknown:
        raise CommandError(f"no feed has the address {' or '.join(unknown)}; `feedmill feeds list` shows them")
