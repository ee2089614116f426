"""HTML inside feeds: relative addresses made absolute, plain text made HTML, and what may be shown to people."""

import re
from html import escape, unescape

import nh3

from ingest.urls import resolve

# Attributes that hold one address (HTML Living Standard, index of attributes; longdesc and background are history).
_ADDRESS = re.compile(
    r"""(\s(?:href|src|cite|poster|action|background|longdesc|data|codebase|classid|usemap|profile)\s*+=\s*+)"""
    r"""("[^"<]*+"|'[^'<]*+'|[^\s"'<>]++)""",
    re.IGNORECASE,
)
_OPEN_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>""")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_DANGEROUS = re.compile(r"[\s\x00-\x1f]*(?:javascript|data|vbscript)\s*:", re.IGNORECASE)


class LinkResolver:
    """Makes the relative addresses of one document's texts absolute; their number is bounded (rule 59)."""

    def __init__(self, limit: int = 30_000) -> None:
        """Resolve at most ``limit`` addresses; the others stay as written."""
        self._left = limit
        self._known: dict[tuple[str, str], str | None] = {}

    def resolve(self, html: str, base_url: str) -> str:
        """The fragment with its addresses on ``base_url`` (rule 61); fragments of the page itself stay."""
        return _OPEN_TAG.sub(lambda tag: self._resolve_tag(tag[0], base_url), html) if "=" in html else html

    def _resolve_tag(self, tag: str, base_url: str) -> str:
        if "=" not in tag or self._left <= 0:
            return tag
        return _ADDRESS.sub(lambda attribute: self._resolve_attribute(attribute, base_url), tag)

    def _resolve_attribute(self, attribute: re.Match[str], base_url: str) -> str:
        written = attribute[2].strip("\"'").strip()
        if not written or written.startswith("#") or _SCHEME.match(written):
            return attribute[0]
        self._left -= 1
        key = (base_url, written)
        if key not in self._known:
            self._known[key] = resolve(base_url, unescape(written))
        resolved = self._known[key]
        return f'{attribute[1]}"{escape(resolved)}"' if resolved else attribute[0]


def text_as_html(text: str) -> str:
    """Plain text as an HTML fragment that shows the same."""
    return escape(text, quote=False)


def sanitise_html(html: str) -> str:
    """What may be shown: nh3's allow-list, no scripts, styles, handlers or dangerous addresses (rule 75)."""
    cleaned: str = nh3.clean(html, link_rel="noopener noreferrer nofollow", url_schemes={"http", "https", "mailto"})
    return cleaned


def is_dangerous_address(url: str) -> bool:
    """Whether the address runs or carries code: ``javascript:``, ``data:``, ``vbscript:``."""
    return _DANGEROUS.match(url) is not None
