"""The errors that ingest raises: input that cannot be used, never a failure of the world.

    IngestError
    ├── NotAFeed          the document is no feed; says what it is instead
    ├── FeedRejected      a feed, but beyond the limits (bytes, attributes, depth)
    ├── PageRejected      a page beyond the limits (bytes, nodes), or no HTML at all
    ├── BadUrl            an address that can never be fetched (scheme, host, port)
    ├── BadOpml           a subscription list that cannot be read
    ├── BadRules          a rule pack that breaks its own format
    ├── BadFilter         a filter that can name nothing
    ├── BadCredentials    a list of credentials that cannot be used, or must not be
    ├── BadArchive        an archived page, or a WARC file, that cannot be read
    ├── UnknownSource     a way to a site's history that there is not
    └── ExtraMissing      what was asked for needs a library that is installed on demand

The world's failures (404, timeout, robots) are values: ``ingest.model.FetchFailed``.
"""


class IngestError(Exception):
    """Input that cannot be used. The message names the thing and says what to do."""


class NotAFeed(IngestError):
    """The document is no RSS, Atom, RDF or JSON feed."""


class FeedRejected(IngestError):
    """The feed is beyond what is parsed: too large, too deep, too many attributes."""


class PageRejected(IngestError):
    """The page is beyond what is extracted: too large, too many nodes, not HTML."""


class BadUrl(IngestError):
    """The address can never be fetched: scheme, host or port."""


class BadOpml(IngestError):
    """The subscription list cannot be read."""


class BadRules(IngestError):
    """A rule pack breaks its own format."""


class BadFilter(IngestError):
    """A filter that can name nothing, or everything."""


class BadCredentials(IngestError):
    """A list of credentials that cannot be used, or that others can read. The message never holds a secret."""


class BadArchive(IngestError):
    """An archived page cannot be unpacked, or a WARC file cannot be read."""


class UnknownSource(IngestError):
    """A backfill source that there is not; the message names those that there are."""


class ExtraMissing(IngestError):
    """What was asked for needs an optional library; the message says how to install it."""
