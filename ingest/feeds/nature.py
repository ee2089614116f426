"""What a document is that is no feed, in words for people (rule 41)."""

import re

from ingest.text import plain_title

_TITLE = re.compile(r"<title\b[^<>]{0,500}+>([^<]{0,500}+)<", re.IGNORECASE)
_HEAD_ROOM = 200_000

MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "a media file"),
    (b"ID3", "a media file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data that was not decoded"),
    (b"\x28\xb5\x2f\xfd", "zstd data that was not decoded"),
)

ROOTS = {
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap index",
    "opml": "an OPML subscription list: import it",
    "svg": "an SVG image",
    "error": "an XML error message",
}

CHALLENGES = (
    "just a moment...",
    "attention required! | cloudflare",
    "cf-chl-",
    "/cdn-cgi/challenge-platform/",
    "_incapsula_resource",
    "ddos protection by",
    "checking your browser before",
    "captcha-delivery.com",
    "px-captcha",
    "sgcaptcha",
    "human verification",
    "are you a robot",
    "anubis_challenge",
)


def name_nature(body: bytes, text: str, root: str | None) -> str:
    """Say what the document is: "an HTML page titled ...", "a sitemap", "an empty document"."""
    if not text.strip("\ufeff \t\r\n\x00"):
        return "an empty document"
    magic = next((name for start, name in MAGIC if body.startswith(start)), None)
    if magic or b"\x00\x00" in body[:1000]:
        return magic or "binary data"
    if root in ROOTS:
        return ROOTS[root]
    head = text[:_HEAD_ROOM].lower()
    if root == "html" or "<html" in head or "<body" in head or "<!doctype html" in head:
        return _name_page(text[:_HEAD_ROOM], head)
    return f"an XML document with the root <{root}>" if root else "plain text"


def _name_page(head: str, lowered: str) -> str:
    found = _TITLE.search(head)
    title = plain_title(found[1], is_html=True) if found else None
    named = f" titled {title[:100]!r}" if title else " without a title"
    if any(sign in lowered for sign in CHALLENGES):
        return f"a bot challenge: an HTML page{named}"
    return f"an HTML page{named}"
