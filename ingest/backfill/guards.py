"""The guards that end a walk which does not end by itself: a pure fold over its pages (rules B4 to B6).

Two pages that are equal at the start mean that the source does not fit; a page that was there before, pages without
anything new, a page of what is all too old, or a bound that is reached end the walk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ingest.backfill.answers import is_same_host
from ingest.backfill.source import Cursor, End, Listing, Nature, Place, Ref, Window
from ingest.backfill.window import is_older
from ingest.urls import dedupe_key, signed_hash

REMEMBERED = 16  # pages

# A page is idle where at most one of five articles is new: one that is shown again and again has new posts as well.
_HARDLY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one walk may cost at most, however much more there seems to be."""

    pages: int = 20_000
    refs: int = 2_000_000
    bytes: int = 5_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is remembered of a walk between its pages. Fits JSON: see ``ingest.backfill.stored``."""

    pages: int = 0
    refs: int = 0  # that its pages named
    new: int = 0  # of them, those that it had not named before
    bytes: int = 0
    idle: int = 0  # pages in a row with hardly anything new
    empty: int = 0  # pages in a row without anything
    fingerprints: tuple[str, ...] = ()  # of its last pages that had something, the newest last
    filled: int = 0  # pages that had something
    total_hint: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of a walk: what it was asked with, what it said and what came of it.

    ``new``: how many of its refs this walk had not named before. Not those that are new in the database: or a job that
    is run again, or with a wider window, ends after two pages (decision 9).
    """

    cursor: Cursor
    listing: Listing
    new: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a walk is held to."""

    nature: Nature
    window: Window = field(default_factory=Window)
    limits: Limits = field(default_factory=Limits)


def judge(progress: Progress, step: Step, rules: Rules) -> tuple[Progress, Listing]:
    """The walk's next state, and the page with the end that the guards give it, where they give it one.

    The refs stay as they are, so that what was found counts. An end of the source's own stands.
    """
    after = _count(progress, step)
    if step.listing.end is not None:
        return after, step.listing
    verdict = _verdict(progress, step, after, rules.nature) or _bound(step, after, rules)
    if verdict is None:
        return after, step.listing
    return after, replace(step.listing, next=None, end=verdict[0], detail=verdict[1])


def key_of(ref: Ref) -> int:
    """What an article is told by within a job, whichever source names it: its address, else its id or text."""
    if ref.url is not None:
        return dedupe_key(ref.url)
    entry = ref.entry
    named = (entry.id or entry.title or entry.content or entry.summary or "") if entry else ""
    return signed_hash("entry", named)


def fingerprint(refs: Iterable[Ref]) -> str:
    """What a page of a listing is known again by: the articles it names, in their order."""
    return f"{signed_hash(*(str(key_of(ref)) for ref in refs)):x}"


def _count(progress: Progress, step: Step) -> Progress:
    refs = step.listing.refs
    seen = (*progress.fingerprints, fingerprint(refs)) if refs else progress.fingerprints
    return Progress(
        pages=progress.pages + 1,
        refs=progress.refs + len(refs),
        new=progress.new + step.new,
        bytes=progress.bytes + step.bytes,
        idle=progress.idle + bool(refs) if step.new * _HARDLY <= len(refs) else 0,
        empty=0 if refs else progress.empty + 1,
        fingerprints=seen[-REMEMBERED:],
        filled=progress.filled + bool(refs),
        total_hint=progress.total_hint if step.listing.total_hint is None else step.listing.total_hint,
    )


def _verdict(progress: Progress, step: Step, after: Progress, nature: Nature) -> tuple[End, str] | None:
    """What the page itself gives away: a parameter that is ignored, a loop, a way out of the site."""
    ahead = step.listing.next
    if ahead is not None and ahead == step.cursor:
        return End.REPEATS, f"{ahead.ask.url} leads back to itself"
    if ahead is not None and not nature.crosses_hosts and _leaves(step.cursor, ahead):
        return End.UNSUITABLE, f"{step.cursor.ask.url} leads to another host: {ahead.ask.url}"
    if step.listing.refs and after.fingerprints[-1] in progress.fingerprints:
        if progress.filled == 1 and nature.opens_twice:
            return None
        if progress.filled == 1:
            return End.UNSUITABLE, f"{step.cursor.ask.url} shows the first page again"
        return End.REPEATS, f"{step.cursor.ask.url} shows a page again that was there before"
    return None


def _bound(step: Step, after: Progress, rules: Rules) -> tuple[End, str | None] | None:
    """What the walk as a whole has come to."""
    refs, nature, limits = step.listing.refs, rules.nature, rules.limits
    if refs and nature.is_newest_first and all(is_older(rules.window, ref) for ref in refs):
        return End.WINDOW, None
    if after.idle >= nature.idle_pages or after.empty >= nature.empty_pages:
        return End.NOTHING_NEW, f"{max(after.idle, after.empty)} pages in a row had hardly anything new"
    if after.pages >= limits.pages or after.refs >= limits.refs or after.bytes >= limits.bytes:
        return End.LIMIT, f"{after.pages:,} pages with {after.refs:,} addresses were read, and there are more"
    return None


def _leaves(cursor: Cursor, ahead: Cursor) -> bool:
    is_site = cursor.ask.place is Place.SITE and ahead.ask.place is Place.SITE
    return is_site and not is_same_host(cursor.ask.url, ahead.ask.url)
