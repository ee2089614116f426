"""Broken XML made whole, in two steps: references and prefixes by hand, then structure by libxml2 (rule 58)."""

import re
import sys
from collections.abc import Iterator
from html.entities import html5
from xml.parsers import expat

from lxml import etree

# Namespaces that feeds use without declaring them.
KNOWN_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}

_REFERENCE = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_STRAY_OPEN = re.compile(r"<(?![A-Za-z_/!?])")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,60}+):|\s([A-Za-z_][\w.-]{0,60}+):[A-Za-z_][\w.-]{0,60}+\s*=")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_OPAQUE = {"<![CDATA[": "]]>", "<!--": "-->"}
_OPENING = re.compile(r"<!\[CDATA\[|<!--")
_DECLARED = re.compile(r"\sxmlns:([\w.-]{1,60}+)\s*+=")


def is_well_formed(text: str) -> bool:
    """Whether expat reads it to the end, namespaces included; in C, at a hundredth of the cost of parsing it."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def repair(text: str) -> str:
    """A broken document mended, or rebuilt where that is not enough: the first that is well formed."""
    mended = mend(text)
    if is_well_formed(mended):
        return mended
    return rebuild(mended) or mended


def mend(text: str) -> str:
    """Entities of HTML as characters, stray ``&`` and ``<`` escaped, control characters gone, prefixes declared."""
    text = _ILLEGAL.sub("", text)
    return _declare_prefixes("".join(_repaired_pieces(text)))


def rebuild(text: str) -> str | None:
    """The same document as libxml2 understands it after all errors, well formed; None where nothing is left."""
    parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None else etree.tostring(root, encoding="unicode")


def _repaired_pieces(text: str) -> Iterator[str]:
    """The text with its references put right, CDATA and comments left alone; an unclosed one is plain text."""
    position, unclosed = 0, 0
    while opening := _OPENING.search(text, max(position, unclosed)):
        ending = _OPAQUE[opening[0]]
        end = text.find(ending, opening.end())
        if end < 0:
            unclosed = len(text) if text.find("-->" if ending == "]]>" else "]]>", opening.end()) < 0 else opening.end()
            continue
        yield _repair_references(text[position : opening.start()])
        position = end + len(ending)
        yield text[opening.start() : position]
    yield _repair_references(text[position:])


def _repair_references(text: str) -> str:
    return _STRAY_OPEN.sub("&lt;", _REFERENCE.sub(_repaired_reference, text))


def _repaired_reference(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        return match[0].lower() if _is_legal(name[1:]) else ""
    if name in _XML_ENTITIES:
        return match[0]
    character = html5.get(f"{name};")
    return _escaped(character) if character else f"&amp;{name};"


def _escaped(character: str) -> str:
    return character.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_legal(number: str) -> bool:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return 0 < code <= sys.maxunicode and not _ILLEGAL.match(chr(code))


def _declare_prefixes(text: str) -> str:
    used = {prefix for pair in _PREFIX.findall(text) for prefix in pair if prefix}
    missing = sorted(used - {"xml", "xmlns"} - set(_DECLARED.findall(text)))[:100]
    root = re.match(r"<[^\s/>]{1,200}+", text)
    if not missing or not root:
        return text
    declared = "".join(
        f' xmlns:{prefix}="{KNOWN_PREFIXES.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in missing
    )
    return f"{root[0]}{declared}{text[root.end() :]}"
