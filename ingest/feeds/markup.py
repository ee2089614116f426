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


def resolve_links(html: str, base_url: str) -> str:
    """The fragment with its relative addresses on ``base_url`` (rule 61); fragments of the page itself stay."""

    def replace_tag(tag: re.Match[str]) -> str:
        return _ADDRESS.sub(replace_address, tag[0]) if "=" in tag[0] else tag[0]

    def replace_address(attribute: re.Match[str]) -> str:
        written = attribute[2].strip("\"'").strip()
        if not written or written.startswith("#") or _SCHEME.match(written):
            return attribute[0]
        resolved = resolve(base_url, unescape(written))
        return f'{attribute[1]}"{escape(resolved)}"' if resolved else attribute[0]

    return _OPEN_TAG.sub(replace_tag, html) if "=" in html else html


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
