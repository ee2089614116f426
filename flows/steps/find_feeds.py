"""From an address that a person gives to the feeds it means: itself, or those of the site."""

from dataclasses import dataclass

from flows.steps.poll_feed import FEED_ACCEPT, MAX_FEED_BYTES
from ingest.errors import IngestError, NotAFeed
from ingest.feeds.discover import FeedLink, discover, guesses
from ingest.feeds.parse import parse_feed
from ingest.fetch.client import Client
from ingest.fetch.guard import check_url
from ingest.model import Fetched, FetchFailed, FetchRequest
