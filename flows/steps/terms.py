"""Who else has a say when a page is fetched."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from flows.steps.learn_blocks import BlockDesk
from flows.steps.robots import RobotsDesk
from ingest.model import FetchResult


@dataclass(frozen=True, slots=True)
class PageTerms:
    """The host's robots.txt, whether a failure is our own network's, and whether the round goes on.

    ``blocks``: what the host's pages have taught; None: nothing is learned. ``passes_filters``: nothing keeps it
    out, for a person named its address, or there are no filters.
    """

    robots: RobotsDesk
    is_network_to_blame: Callable[[FetchResult], Awaitable[bool]]
    goes_on: Callable[[], bool]
    blocks: BlockDesk | None = None
    passes_filters: bool = False
