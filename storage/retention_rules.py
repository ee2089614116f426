"""What feeds and hosts keep other than the settings say."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, select
from sqlmodel import Session

from storage.dialects import take_turn
from storage.tables import FEED, RETENTION_RULE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Of a feed, by its address, or of a host. None: as the host's rule or the settings say; 0: for ever."""

    feed_url: str | None = None
    site: str | None = None
    days: int | None = None
    articles: int | None = None
    revisions: int | None = None


def put_rule(session: Session, rule: Rule) -> bool:
    """Set the rule of a feed or host in the place of the one it had; false where there is no such feed."""
    connection, feed_id = session.connection(), _feed_id(session, rule.feed_url)
    if rule.feed_url is not None and feed_id is None:
        return False
    take_turn(connection)
    drop_rule(session, rule)
    row = {name: getattr(rule, name) for name in ("days", "articles", "revisions")}
    connection.execute(insert(RETENTION_RULE).values(**row, feed_id=feed_id, host=rule.site))
    return True


def drop_rule(session: Session, rule: Rule) -> bool:
    """Let a feed or host keep what the others keep; false where it had no rule."""
    mine = _is_of(session, rule)
    return bool(session.connection().execute(delete(RETENTION_RULE).where(mine)).rowcount)


def list_rules(session: Session) -> list[Rule]:
    """All rules: the hosts', then the feeds', by name."""
    statement = (
        select(RETENTION_RULE, FEED.c.url)
        .outerjoin(FEED, FEED.c.id == RETENTION_RULE.c.feed_id)
        .order_by(FEED.c.url.is_not(None), RETENTION_RULE.c.host, FEED.c.url)
    )
    return [
        Rule(feed_url=row.url, site=row.host, days=row.days, articles=row.articles, revisions=row.revisions)
        for row in session.connection().execute(statement)
    ]


def _is_of(session: Session, rule: Rule) -> ColumnElement[bool]:
    if rule.feed_url is None:
        return RETENTION_RULE.c.host == rule.site
    return RETENTION_RULE.c.feed_id == _feed_id(session, rule.feed_url)


def _feed_id(session: Session, url: str | None) -> int | None:
    return session.connection().scalar(select(FEED.c.id).where(FEED.c.url == url)) if url is not None else None
