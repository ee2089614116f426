"""Text as it is kept and shown: plain titles, plain paragraphs, and escapes for the places where text is printed."""

import re
import unicodedata
from html import unescape

from ingest.redact import redact

MAX_TITLE_LENGTH = 1000

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|[@-Z\\^_])|\x9b[0-?]*[ -/]*[@-~]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
# Quotes are followed only up to the next "<", so that no scan starts over across the text: linear on any input.
_TAG = re.compile(r"""</?[a-zA-Z](?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+/?>|</?[a-zA-Z][^<>]*+>|<[!?][^<>]*+>""")
_HIDDEN_OPEN = re.compile(r"<(script|style|template|noscript)\b[^<>]*+>", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    r"|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*+>|(?:<br\b[^<>]*+>\s*){2,}+",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\b[^<>]*+>", re.IGNORECASE)
_ELEMENTS = (
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|big|blockquote|body|button|canvas|caption|center|cite|"
    "code|col|dd|del|dfn|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|h[1-6]|head|header|"
    "html|i|iframe|ins|kbd|label|legend|li|link|main|map|mark|math|meta|nav|noscript|object|ol|option|p|param|picture|pre|"
    "q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|textarea|"
    "tfoot|th|thead|time|title|tr|tt|u|ul|var|video"
)
_HTML_SIGN = re.compile(
    rf"</(?:{_ELEMENTS})\s*>|<(?:{_ELEMENTS})[\s/]+[a-z-]+\s*=|<(?:br|hr|img|wbr|input)\b[^<>]*+>|&(?:[a-zA-Z]\w{{1,30}}|#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}});",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~-])")


def plain_title(raw: str | None, *, is_html: bool | None = None) -> str | None:
    """One line of plain text, at most 1,000 characters; None where nothing is left (rule 76).

    Entities are decoded once and tags stripped where the text is HTML; ``is_html`` None means to judge by its look,
    as RSS asks (``AT&T`` and ``the <b> tag`` stay, ``<b>AT&amp;T</b>`` does not).
    """
    if not raw:
        return None
    is_markup = looks_like_html(raw) if is_html is None else is_html
    text = visible_text(raw) if is_markup else raw
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", strip_controls(text)).strip())
    return text[:MAX_TITLE_LENGTH].rstrip() or None


def plain_text(html: str | None) -> str:
    """The visible text of an HTML fragment, its paragraphs apart by one blank line."""
    if not html:
        return ""
    marked = _BREAK.sub("\n", _BLOCK.sub("\n\n", _without_hidden(html)))
    text = strip_controls(unescape(_TAG.sub("", marked)))
    paragraphs = (" ".join(part.split()) for part in re.split(r"\n[ \t\r\f\v]*\n", text))
    return unicodedata.normalize("NFC", "\n\n".join(part for part in paragraphs if part))


def visible_text(html: str) -> str:
    """The text of an HTML fragment in one run: tags gone, scripts and styles with their content, entities decoded."""
    spaced = _BREAK.sub(" ", _BLOCK.sub(" ", _without_hidden(html)))
    return unescape(_TAG.sub("", spaced))


def looks_like_html(text: str) -> bool:
    """Whether text of unsaid type carries markup: an end tag, an attribute, a void element or an entity of HTML."""
    return ("<" in text or "&" in text) and _HTML_SIGN.search(text) is not None


def strip_controls(text: str) -> str:
    """Without ANSI sequences, C0 and C1 (line ends and tabs stay), bidi controls and lone surrogates."""
    text = _CONTROLS.sub("", _ANSI.sub("", text))
    return _SURROGATES.sub("\ufffd", text)


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is: no links, tables, code or HTML from a title, no secret from an address."""
    return _MARKDOWN.sub(r"\\\1", redact(_SPACES.sub(" ", strip_controls(text)).strip()))


def escape_csv_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: behind an apostrophe where it starts like one."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _without_hidden(html: str) -> str:
    parts, position = [], 0
    lowered: str | None = None
    while opened := _HIDDEN_OPEN.search(html, position):
        lowered = lowered or _ascii_lower(html)
        closed = lowered.find(f"</{opened[1].lower()}", opened.end())
        parts.append(html[position : opened.start()])
        if closed < 0:
            return (
                "".join(parts) if opened[1].lower() in {"script", "style"} else "".join([*parts, html[opened.end() :]])
            )
        position = html.find(">", closed) + 1 or len(html)
    return "".join([*parts, html[position:]])


def _ascii_lower(text: str) -> str:
    return text.translate(_LOWER)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
