"""What people are told of an article that is there no more, by its number or by any address that it had."""

from sqlmodel import Session

from ingest.aggregators import article_url
from ingest.errors import BadUrl
from ingest.fetch.guard import check_url
from ingest.urls import clean_url, dedupe_key
from storage.tombstones import Gone, find_buried, find_gone


def key_of(url: str) -> int:
    """The name that an article has by an address. Raises BadUrl for an address that can be none."""
    return dedupe_key(clean_url(article_url(check_url(url))))


def keys_of(url: str) -> set[int]:
    """The same, empty for an address that can be none."""
    try:
        return {key_of(url)}
    except BadUrl:
        return set()


def told(gone: Gone) -> str:
    """Who is gone, since when, why, and what to do."""
    who = f"article {gone.article_id}" + (f" ({gone.url})" if gone.url else "")
    if gone.merged_into_id is not None:
        there = f"it is {gone.reason} as {gone.merged_into_id}: `feedmill articles show {gone.merged_into_id}`"
        return f"{who} is there no more since {gone.removed_at:%Y-%m-%d}: {there}"
    again = f"; `feedmill retention forget {gone.url}` lets it come again" if gone.url else ""
    return f"{who} went on {gone.removed_at:%Y-%m-%d} ({gone.reason}) and is kept away{again}"


def tell_gone(session: Session, urls: dict[int, str]) -> dict[int, str]:
    """Of these addresses, by key, those that are kept away, each with a sentence."""
    buried = find_buried(session.connection(), urls.keys())
    found = {key: find_gone(session, {key}) for key in buried}
    return {key: f"{urls[key]}: {told(gone)}" for key, gone in found.items() if gone is not None}
