"""How long articles are kept: whom the settings and the rules of feeds and hosts let go, counted or listed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, delete, false, func, literal, or_, select
from sqlmodel import Session

from storage.chunks import chunks
from storage.columns import Key
from storage.removing import Going, Removed
from storage.tables import ARTICLE, ARTICLE_FEED, CAPTURE, FEED, PAGE, RETENTION_RULE, REVISION

EXAMPLES = 5
_OF_FEED, _OF_SITE = RETENTION_RULE.alias("of_feed"), RETENTION_RULE.alias("of_site")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """What is kept where no rule says otherwise: so many days, so many articles a feed, so many earlier versions each.

    0: for ever. The days count from ``counts_from``: when an article was fetched last ("seen"), or when it was
    published (or first seen). ``site``, ``feed_url``: only articles of this host, or those that this feed has shown.
    """

    days: int = 0
    articles: int = 0
    revisions: int = 0
    counts_from: Literal["seen", "published"] = "seen"
    site: str | None = None
    feed_url: str | None = None


@dataclass(slots=True)
class Share:
    """How much of a site or a feed would go: articles, and the dates of the oldest and the newest."""

    name: str
    articles: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None

    def count(self, dated_at: datetime) -> None:
        """Count one more. They come oldest first."""
        self.articles += 1
        self.oldest, self.newest = self.oldest or dated_at, dated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article that would go, and why."""

    article_id: int
    url: str | None
    title: str | None
    dated_at: datetime
    reason: str


@dataclass(slots=True)
class Preview:
    """What would go: articles, earlier versions and captures; the same by site and by the feed that showed it first."""

    all: Share = field(default_factory=lambda: Share("all"))
    revisions: int = 0
    captures: int = 0
    sites: dict[str, Share] = field(default_factory=dict)
    feeds: dict[str, Share] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)  # the oldest


def preview(session: Session, policy: RetentionPolicy, now: datetime) -> Preview:
    """What ``plan`` and ``old_versions`` name, counted without taking anything away."""
    found, connection = Preview(), session.connection()
    for row in connection.execution_options(yield_per=1000).execute(_going(session, policy, now)):
        found.all.count(row.dated_at)
        found.sites.setdefault(row.site, Share(row.site)).count(row.dated_at)
        if row.feed_url is not None:
            found.feeds.setdefault(row.feed_url, Share(row.feed_url)).count(row.dated_at)
        if len(found.examples) < EXAMPLES:
            found.examples.append(_example(row, policy))
    going = select(_going(session, policy, now).subquery().c.id)
    captures = select(func.count()).select_from(CAPTURE).join(PAGE, PAGE.c.id == CAPTURE.c.page_id)
    found.captures = connection.scalar(captures.where(PAGE.c.article_id.in_(going))) or 0
    is_old = REVISION.c.id.in_(select(_old_versions(session, policy).c.id))
    versions = select(func.count()).select_from(REVISION).where(or_(REVISION.c.article_id.in_(going), is_old))
    found.revisions = connection.scalar(versions) or 0
    return found


def plan(session: Session, policy: RetentionPolicy, now: datetime, limit: int) -> list[Going]:
    """At most so many of the articles that are to go, the oldest first."""
    rows = session.connection().execute(_going(session, policy, now).limit(limit))
    return [Going(row.id, row.fetched_at, _reason(row, policy)) for row in rows]


def old_versions(session: Session, policy: RetentionPolicy, limit: int) -> list[int]:
    """At most so many of the earlier versions, by the ids of their rows, that are more than are kept."""
    found = _old_versions(session, policy)
    return list(session.connection().scalars(select(found.c.id).order_by(found.c.id).limit(limit)))


def drop_versions(session: Session, version_ids: Sequence[int]) -> Removed:
    """Delete earlier versions; the articles stay as they are."""
    gone = 0
    for portion in chunks(version_ids):
        gone += session.connection().execute(delete(REVISION).where(REVISION.c.id.in_(portion))).rowcount
    return Removed(revisions=gone)


def _example(row: Row[Any], policy: RetentionPolicy) -> Example:
    return Example(article_id=row.id, url=row.url, title=row.title, dated_at=row.dated_at, reason=_reason(row, policy))


def _reason(row: Row[Any], policy: RetentionPolicy) -> str:
    if not row.is_old:
        return f"retention: not among the newest {row.articles} of its feed"
    since = "it was published" if policy.counts_from == "published" else "it was seen last"
    return f"retention: {row.days} day{'' if row.days == 1 else 's'} since {since}"


# --- whom the rules let go -------------------------------------------------------------------------------------------


def _going(session: Session, policy: RetentionPolicy, now: datetime) -> Select[Any]:
    """The articles that every feed which has shown them lets go, by its rule, the host's, or the settings."""
    shown, dated = _shown(session, policy, now), _dated(policy)
    limits = [func.max(shown.c[name]).label(name) for name in ("days", "articles")]
    counted = select(shown.c.id, func.min(shown.c.is_old).label("is_old"), *limits).group_by(shown.c.id)
    chosen = counted.having(func.min(shown.c.goes) == 1).subquery("chosen")
    columns = [ARTICLE.c[name] for name in ("id", "url", "site", "title", "fetched_at")]
    more = (dated.label("dated_at"), FEED.c.url.label("feed_url"), chosen.c.is_old, chosen.c.days, chosen.c.articles)
    statement = select(*columns, *more).join(chosen, chosen.c.id == ARTICLE.c.id)
    statement = statement.outerjoin(FEED, FEED.c.id == ARTICLE.c.feed_id)
    return statement.where(*_scope(policy)).order_by(dated, ARTICLE.c.id)


def _shown(session: Session, policy: RetentionPolicy, now: datetime) -> Subquery:
    """Each article once for each feed that has shown it: what is kept of it there, and whether that lets it go."""
    days, articles, dated = _limit("days", policy), _limit("articles", policy), _dated(policy)
    cutoffs = [(limit, now - timedelta(days=limit)) for limit in _limits_in_use(session, "days", policy)]
    is_old = or_(false(), *(and_(days == limit, dated < cutoff) for limit, cutoff in cutoffs))
    goes: ColumnElement[bool] = is_old
    if any(_limits_in_use(session, "articles", policy)):
        newest_first = (dated.desc(), ARTICLE.c.id.desc())
        place = func.row_number().over(partition_by=ARTICLE_FEED.c.feed_id, order_by=newest_first)
        goes = or_(is_old, and_(ARTICLE_FEED.c.feed_id.is_not(None), articles > 0, place > articles))
    columns = (ARTICLE.c.id, days.label("days"), articles.label("articles"))
    return _with_rules(select(*columns, _flag(is_old).label("is_old"), _flag(goes).label("goes"))).subquery("shown")


def _old_versions(session: Session, policy: RetentionPolicy) -> Subquery:
    kept = _limit("revisions", policy)
    is_more = and_(kept > 0, REVISION.c.number < ARTICLE.c.revision - kept)
    statement = _with_rules(select(REVISION.c.id).join(ARTICLE, ARTICLE.c.id == REVISION.c.article_id))
    if not any(_limits_in_use(session, "revisions", policy)):
        statement = statement.where(false())
    return statement.where(*_scope(policy)).group_by(REVISION.c.id).having(func.min(_flag(is_more)) == 1).subquery()


def _with_rules(statement: Select[Any]) -> Select[Any]:
    return (
        statement.outerjoin(ARTICLE_FEED, ARTICLE_FEED.c.article_id == ARTICLE.c.id)
        .outerjoin(_OF_FEED, _OF_FEED.c.feed_id == ARTICLE_FEED.c.feed_id)
        .outerjoin(_OF_SITE, _OF_SITE.c.host == ARTICLE.c.site)
    )


def _limit(name: str, policy: RetentionPolicy) -> ColumnElement[int]:
    return func.coalesce(_OF_FEED.c[name], _OF_SITE.c[name], literal(getattr(policy, name), Key))


def _limits_in_use(session: Session, name: str, policy: RetentionPolicy) -> Iterator[int]:
    ruled = session.connection().scalars(select(RETENTION_RULE.c[name]).where(RETENTION_RULE.c[name] > 0).distinct())
    yield from sorted({*ruled, getattr(policy, name)} - {0})


def _dated(policy: RetentionPolicy) -> ColumnElement[datetime]:
    if policy.counts_from == "seen":
        return ARTICLE.c.fetched_at
    return func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)


def _flag(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return case((claim, 1), else_=0)


def _scope(policy: RetentionPolicy) -> Iterator[ColumnElement[bool]]:
    if policy.site is not None:
        yield ARTICLE.c.site == policy.site
    if policy.feed_url is not None:
        shown = select(ARTICLE_FEED.c.article_id).join(FEED, FEED.c.id == ARTICLE_FEED.c.feed_id)
        yield ARTICLE.c.id.in_(shown.where(FEED.c.url == policy.feed_url))
