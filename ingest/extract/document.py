"""Bytes to a tree: which characters they are, and whether the page is within what is extracted."""

import codecs
import re
from typing import cast

import cchardet
import lxml.html
from lxml import etree

from ingest.errors import PageRejected
from ingest.extract.streams import MARK, place_streamed_parts
from ingest.feeds.encoding import is_damaged_utf8

MAX_BYTES = 5_000_000
MAX_NODES = 50_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
# Browsers read these labels as their Windows supersets (WHATWG Encoding Standard, section 4.2).
_SUPERSETS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
}
_NO_TEXT_CODECS = frozenset({"punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"})
_LONGEST_NAMES = 1_000
_find_long_names = etree.XPath(f"//*/@class[string-length() > {_LONGEST_NAMES}]/..")
# lxml.html asks a Python function for the class of every element whenever it is met: 17 % of trafilatura's time.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement, comment=lxml.html.HtmlComment)
_LOST = bytes((*range(9), 11, 12, *range(14, 32), 127))  # control characters, which no text has


def parse_page(html: bytes | str, content_type: str | None = None) -> lxml.html.HtmlElement:
    """The page's tree, whatever its depth (to 2,048) and the size of its text nodes.

    Raises:
        PageRejected: more than 5 MB or 50,000 nodes, or no HTML at all (hostile-input.md).
    """
    if len(html) > MAX_BYTES:
        raise PageRejected(f"the page has {len(html)} bytes, more than the {MAX_BYTES} that are extracted")
    if isinstance(html, bytes) and not _is_markup(html, content_type):
        raise PageRejected("the page is no HTML")
    text = html if isinstance(html, str) else decode(html, content_type)
    tree = parse_text(text)
    nodes = int(tree.xpath("count(//node())"))
    if nodes > MAX_NODES:
        raise PageRejected(f"the page has {nodes} nodes, more than the {MAX_NODES} that are extracted")
    return tree


def parse_text(text: str) -> lxml.html.HtmlElement:
    """The tree of HTML that is already text.

    Raises:
        PageRejected: there is no element in it.
    """
    data = text.encode("utf-8", "ignore").translate(None, _LOST)  # "ignore": halves of surrogate pairs
    is_streamed = MARK in data
    parser = lxml.html.HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=not is_streamed, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = lxml.html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as error:
        raise PageRejected("the page holds no element") from error
    for element in cast("list[lxml.html.HtmlElement]", _find_long_names(tree)):
        element.set("class", element.get("class", "")[:_LONGEST_NAMES])
    if tree.find("body") is None:
        raise PageRejected("the page has no body")
    if is_streamed:
        place_streamed_parts(tree)
    return tree


def decode(data: bytes, content_type: str | None = None) -> str:
    """Text of a page: by byte order mark, then the header's charset, then the page's own, then by what fits.

    The order is the WHATWG one (HTML, 13.2.3.2); a declaration that does not fit the bytes is passed over,
    because servers declare what their pages are not.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    for label in _declared(data, content_type):
        text = _decode_as(data, label)
        if text is not None:
            return text
    if is_damaged_utf8(data):
        return data.decode("utf-8", "replace")
    guess = cchardet.detect(data[:200_000]).get("encoding")
    text = _decode_as(data, guess) if guess else None
    return text if text is not None else data.decode("utf-8" if _mostly_utf8(data) else "cp1252", "replace")


def _declared(data: bytes, content_type: str | None) -> list[str]:
    labels = _HEADER_CHARSET.findall(content_type or "")[:1]
    labels += [label.decode("ascii", "replace") for label in _CHARSET.findall(data[:8_192])[:2]]
    # Pages that say Latin-1 by their server's default are often UTF-8; valid UTF-8 with non-ASCII is no accident.
    return ["utf-8", *labels]


def _decode_as(data: bytes, label: str) -> str | None:
    name = label.strip().lower()
    name = _SUPERSETS.get(name, name)
    if name in _NO_TEXT_CODECS:
        return None
    try:
        codec = codecs.lookup(name)
        if not getattr(codec, "_is_text_encoding", True):
            return None
        return data.decode(codec.name, "strict" if codec.name == "utf-8" else _tolerance(data, codec.name))
    except (LookupError, UnicodeError, ValueError):
        return None


def _tolerance(data: bytes, name: str) -> str:
    lost = data.decode(name, "replace").count("�")
    return "replace" if lost * 200 <= len(data) else "strict"


def _mostly_utf8(data: bytes) -> bool:
    lost = data.decode("utf-8", "replace").count("�")
    return lost * 200 <= len(data)


def _is_markup(data: bytes, content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type and not any(word in media_type for word in ("html", "xml", "text/plain", "octet-stream")):
        return False
    head = data[:1_024]
    return not head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b"))
