"""Links of aggregators that hold the article's own address: it is read out of them, without asking anyone."""

import base64
import binascii
import re
from urllib.parse import parse_qs, unquote, urlsplit

from ingest.urls import MAX_URL_LENGTH, is_web_url

# Redirectors that name their target in the query: host and path, and the parameter.
_TARGETS = {
    ("www.google.com", "/url"): ("url", "q"),
    ("google.com", "/url"): ("url", "q"),
    ("news.google.com", "/news/url"): ("url",),
    ("www.bing.com", "/news/apiclick.aspx"): ("url",),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", "/"): ("u",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("getpocket.com", "/redirect"): ("url",),
    ("out.reddit.com", "/"): ("url",),
    ("www.youtube.com", "/redirect"): ("q",),
}
_GOOGLE_NEWS = re.compile(r"/(?:rss/)?(?:articles|read|__i/rss/rd/articles)/(?P<token>[\w-]{20,2000})=*\Z", re.ASCII)
_YAHOO = re.compile(r"/RU=(?P<target>[^/]{8,2000})/R[KS]=")
_MAX_DEPTH = 3


def article_url(url: str) -> str:
    """Give the address that a link of an aggregator leads to, where the link itself names it; else the link.

    Google News links of the newer form name no address, only a number that Google knows: they stay as they are.
    """
    for _ in range(_MAX_DEPTH):
        target = _target(url)
        if target is None:
            return url
        url = target
    return url


def _target(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    except ValueError:
        return None
    if host == "news.google.com" and (match := _GOOGLE_NEWS.match(path)):
        return _google_news_target(match["token"])
    if host.endswith("search.yahoo.com") and (match := _YAHOO.search(path)):
        return _usable(unquote(match["target"]))
    names = _TARGETS.get((host, path.lower()), ())
    given = parse_qs(parts.query, max_num_fields=100) if names and parts.query.count("&") < 100 else {}  # noqa: PLR2004
    return next((target for name in names if (target := _usable(given.get(name, [""])[0]))), None)


def _google_news_target(token: str) -> str | None:
    """The address in the token: a protocol buffer whose field 4 is a string; field 5 is the page for phones."""
    try:
        message = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    at = message.find(b"\x22")
    if not 0 <= at <= 4:  # noqa: PLR2004  the type of the link comes first, in 2 to 4 bytes
        return None
    length, start = _varint(message, at + 1)
    raw = message[start : start + length]
    return _usable(raw.decode("utf-8", "replace")) if len(raw) == length else None


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number at a place of a protocol buffer, and the place after it."""
    value = 0
    for shift in range(3):
        if at >= len(message):
            break
        byte, at = message[at], at + 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:  # noqa: PLR2004  the last byte of a number has its highest bit clear
            break
    return value, at


def _usable(target: str) -> str | None:
    return target if is_web_url(target) and len(target) <= MAX_URL_LENGTH else None
