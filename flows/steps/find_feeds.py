"""From the address that a person gives to the feeds it means: itself, or those of its site (rules 51-55)."""

from dataclasses import dataclass

from flows.steps.read_feed import feed_request
from ingest.errors import BadUrl, IngestError, NotAFeed
from ingest.feeds.discover import FeedLink, discover, subscribable
from ingest.feeds.parse import parse_feed
from ingest.fetch.client import Client
from ingest.fetch.guard import AddressPolicy, ForbiddenAddress, check_host, check_url, has_credentials
from ingest.model import Fetched, FetchFailed, ParsedFeed

MAX_TRIES = 6  # candidates that are asked before giving up (rule 54)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed to subscribe to."""

    url: str
    title: str | None = None
    site_url: str | None = None


class NoFeedFound(IngestError):
    """The address is no feed and names none. The message says what it is, and what to do."""


def untested(url: str, policy: AddressPolicy) -> FoundFeed:
    """The address as a feed, without asking. Raises BadUrl where it can never be fetched."""
    return FoundFeed(_allowed(url, policy))


async def find_feeds(client: Client, url: str, policy: AddressPolicy) -> tuple[FoundFeed, ...]:
    """The feed at the address, or the feeds that its page names: the first one was asked and is one.

    Raises BadUrl where the address can never be fetched, NoFeedFound where there is none or it cannot be reached.
    """
    address = _allowed(url, policy)
    answer = await _ask(client, address)
    if isinstance(answer, FetchFailed):
        raise NoFeedFound(f"{answer.detail.rstrip('.')}; --no-discover subscribes to it all the same")
    parsed = _parsed(answer)
    if isinstance(parsed, ParsedFeed):
        return (FoundFeed(address, parsed.title, parsed.site_url),)
    found = await _first_that_is_one(client, discover(answer.body, answer.final_url, answer.headers))
    if not found:
        raise NoFeedFound(f"{parsed}, and no feed was found there; name the feed's own address")
    return found


def _allowed(url: str, policy: AddressPolicy) -> str:
    address = check_url(subscribable(url))
    if has_credentials(subscribable(url)):
        raise BadUrl(
            f"{address} was given with a username or password, which are not kept in addresses: put them into "
            "FEEDMILL_CREDENTIALS_FILE (docs/how-to/credentials.md), and subscribe to it without them"
        )
    try:
        check_host(address, policy)
    except ForbiddenAddress as error:
        raise BadUrl(f"{address} is not subscribed to: {error}; FEEDMILL_ALLOW_NETWORKS lets it through") from error
    return address


async def _first_that_is_one(client: Client, links: tuple[FeedLink, ...]) -> tuple[FoundFeed, ...]:
    """Ask the candidates in order until one is a feed; those behind it that the page names follow unasked."""
    for position, link in enumerate(links[:MAX_TRIES]):
        answer = await _ask(client, link.url)
        parsed = _parsed(answer) if isinstance(answer, Fetched) else None
        if isinstance(parsed, ParsedFeed):
            rest = [FoundFeed(other.url, other.title) for other in links[position + 1 :] if other.origin != "guess"]
            return (FoundFeed(link.url, parsed.title or link.title, parsed.site_url), *rest)
    return ()


async def _ask(client: Client, url: str) -> Fetched | FetchFailed:
    answer = await client.fetch(feed_request(url))
    assert isinstance(answer, (Fetched, FetchFailed)), "asked without validators, so never a 304"
    return answer


def _parsed(answer: Fetched) -> ParsedFeed | NotAFeed:
    try:
        return parse_feed(answer.body, url=answer.final_url, content_type=answer.headers.get("content-type"))
    except NotAFeed as error:
        return error
    except IngestError as error:
        return NotAFeed(str(error))
