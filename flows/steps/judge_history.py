"""What a backfill says of a page once it was read: outside of its window, no article, a preview; or gone, but kept."""

from dataclasses import replace
from functools import partial

from sqlmodel import Session

from flows.mill import Mill
from flows.outcomes import PageOutcome
from flows.steps.fetch_copy import next_copy
from ingest.backfill.window import holds, window_of
from ingest.jobs import PageReading
from ingest.model import Article, ArticleStatus, PendingPage
from ingest.urls import host_of
from storage import history
from storage.finds import OUTSIDE_WINDOW

_NO_ARTICLE = frozenset({ArticleStatus.LISTING, ArticleStatus.SOFT_404, ArticleStatus.EMPTY})


def marked(reading: PageReading, pending: PendingPage) -> PageReading:
    """The reading, as partial where it is of a page of which only who pays sees all."""
    is_preview = pending.history is not None and pending.history.is_preview
    if not is_preview or reading.article.status is not ArticleStatus.OK:
        return reading
    return replace(reading, article=replace(reading.article, status=ArticleStatus.PARTIAL))


def has_own_words(pending: PendingPage) -> bool:
    """Whether something is to be stored of a page that cannot be had: what its listing, or its feed, says of it."""
    entry = pending.entry
    return entry is not None and (pending.history is None or bool(entry.content or entry.summary))


async def refuse(mill: Mill, pending: PendingPage, article: Article) -> PageOutcome | None:
    """Store nothing of what the backfill does not want; None where it does, or where a feed has named it meanwhile."""
    reason = objection(pending, article)
    if reason is None:
        return None
    if article.status is ArticleStatus.SOFT_404 and await send_to_copy(mill, pending):
        return PageOutcome(url=pending.url, is_fetched=True, is_waiting=True)
    told = history.Refusal(reason, article.published_at if reason == OUTSIDE_WINDOW else None)
    is_dropped = await mill.writer.apply(partial(history.refuse, page_id=pending.page_id, refusal=told))
    return PageOutcome(url=pending.url, is_fetched=pending.url is not None) if is_dropped else None


def objection(pending: PendingPage, article: Article) -> str | None:
    """Why a backfill does not want an article; None where it does."""
    wanted = pending.history
    if wanted is None:
        return None
    if article.status in _NO_ARTICLE and not article.text and not (pending.entry and pending.entry.title):
        return str(article.status)
    is_inside = wanted.is_inside or holds(window_of(wanted.since, wanted.until), article.published_at)
    return None if is_inside else OUTSIDE_WINDOW


async def send_to_copy(mill: Mill, pending: PendingPage) -> bool:
    """Let a page that is gone wait for its copy, on the archive's host; false where there is none to ask for."""
    lead = next_copy(mill, pending)
    if lead is None:
        return False
    send = partial(history.send_to, page_id=pending.page_id, host=lead.host, copies=lead.copies, copy_at=lead.copy_at)
    await mill.writer.apply(send)
    return True


def come_home(session: Session, pending: PendingPage) -> None:
    """Give a page that waited for a copy back to its own host."""
    if pending.history is not None and pending.history.copy_at is not None and pending.url is not None:
        history.bring_home(session, pending.page_id, host_of(pending.url))
