"""Tags of feeds: folders as in OPML, nested ones as a path (News/World), which make groups."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlmodel import Session

from storage.due import is_tagged
from storage.tables import FEED


def retag(session: Session, url: str, add: Collection[str], drop: Collection[str]) -> list[str] | None:
    """Give a feed's tags after these came and those went; None where there is no such feed."""
    connection = session.connection()
    row = connection.execute(select(FEED.c.id, FEED.c.tags).where(FEED.c.url == url).with_for_update()).one_or_none()
    if row is None:
        return None
    tags = [tag for tag in dict.fromkeys([*row.tags, *add]) if tag not in drop]
    connection.execute(update(FEED).where(FEED.c.id == row.id).values(tags=tags))
    return tags


def tags_without_feeds(session: Session, tags: Collection[str]) -> list[str]:
    """Those of the tags that no feed has, nor a folder below them."""
    return [
        tag for tag in tags if session.connection().scalar(select(FEED.c.id).where(is_tagged([tag])).limit(1)) is None
    ]
