"""In front of the feed parser: what it may never see, taken out or refused (design note: hostile input)."""

from dataclasses import dataclass

from ingest.errors import FeedRejected, NotAFeed
from ingest.feeds.encoding import decode_document
from ingest.feeds.nature import name_nature
from ingest.feeds.prolog import FEED_ROOTS, read_prolog

MAX_BODY_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A document fit to be parsed: ``text`` starts with the root element (XML) or with the object (JSON)."""

    text: str
    is_json: bool
    root: str | None = None
    doctype: str = ""
    problems: tuple[str, ...] = ()


def admit(body: bytes, *, url: str, content_type: str | None = None) -> Document:
    """The document behind the body: decoded (rule 57), without prolog, DOCTYPE and junk (rules 60, 80).

    Raises:
        FeedRejected: more than 10 MB.
        NotAFeed: its start says that it is something else, and what.
    """
    if len(body) > MAX_BODY_BYTES:
        raise FeedRejected(
            f"{url} is refused: {len(body):,} bytes, more than the {MAX_BODY_BYTES:,} that a feed may have"
        )
    decoded = decode_document(body, content_type)
    problems = (decoded.problem,) if decoded.problem else ()
    head = decoded.text[:200].lstrip("\ufeff \t\r\n\x00")
    if head.startswith(("{", "[")):
        return Document(decoded.text.strip("\ufeff \t\r\n\x00"), is_json=True, problems=problems)
    prolog = read_prolog(decoded.text)
    if prolog.root is None or (prolog.root not in FEED_ROOTS and _is_known_stranger(prolog.root)):
        raise NotAFeed(f"{url} is no feed: it is {name_nature(body, decoded.text, prolog.root)}")
    if prolog.has_junk:
        problems = (*problems, "text stands before the XML")
    return Document(
        decoded.text[prolog.start :], is_json=False, root=prolog.root, doctype=prolog.doctype, problems=problems
    )


def _is_known_stranger(root: str) -> bool:
    return root in {"html", "urlset", "sitemapindex", "opml", "svg", "head", "body", "script", "div", "p"}
