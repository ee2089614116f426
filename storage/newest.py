"""What a round brought, by the rows it touched: articles of pages, titles of feeds, a site's latest address."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from storage.chunks import chunks
from storage.tables import ARTICLE, FEED, PAGE


@dataclass(frozen=True, slots=True)
class Brought:
    """An article by what people know it by."""

    article_id: int
    title: str | None
    url: str | None
    site: str
    language: str | None


def of_pages(session: Session, page_ids: Collection[int]) -> list[Brought]:
    """The articles of these pages, in the order in which they were stored."""
    columns = (ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.url, ARTICLE.c.site, ARTICLE.c.language)
    joined = select(*columns).join(PAGE, PAGE.c.article_id == ARTICLE.c.id).order_by(ARTICLE.c.id).distinct()
    return [
        Brought(*row)
        for portion in chunks(sorted(page_ids))
        for row in session.connection().execute(joined.where(PAGE.c.id.in_(portion)))
    ]


def feed_titles(session: Session, urls: Collection[str]) -> dict[str, str]:
    """What these feeds call themselves, by address; those that do not are left out."""
    statement = select(FEED.c.url, FEED.c.title).where(FEED.c.title.is_not(None))
    return {
        url: title
        for portion in chunks(sorted(urls))
        for url, title in session.connection().execute(statement.where(FEED.c.url.in_(portion)))
    }


def latest_url(session: Session, site: str) -> str | None:
    """The address of the article of a site that was stored last."""
    mine = select(ARTICLE.c.url).where(ARTICLE.c.site == site).order_by(ARTICLE.c.id.desc()).limit(1)
    return session.connection().scalar(mine)
