"""Bytes to text: BOM, HTTP charset, XML declaration, UTF-8, a guess, and at last windows-1252 (rule 57)."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import cchardet

# Labels as the web means them (WHATWG Encoding): the supersets that browsers read.
WEB_LABELS = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "windows-1252": "cp1252",
    "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-euc-jp": "euc_jp",
    "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "csmacintosh": "mac_roman",
    "mac": "mac_roman",
    "ms-ansi": "cp1252",
    "ms-arab": "cp1256",
    "ms-cyrl": "cp1251",
    "ms-ee": "cp1250",
    "ms-greek": "cp1253",
    "ms-hebr": "cp1255",
    "ms-turk": "cp1254",
    "winbaltrim": "cp1257",
    "unicode": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "ucs-2": "utf-16",
    "csunicode": "utf-16",
    "iso-10646-ucs-4": "utf-32",
    "ucs-4": "utf-32",
    "csucs4": "utf-32",
}

# Text codecs of Python that no document may choose: transfer encodings, escapes, and quadratic ones.
REFUSED_CODECS = frozenset(
    {"punycode", "idna", "utf-7", "unicode-escape", "raw-unicode-escape", "undefined", "charmap"}
)

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The first characters "<?" or "<x" in encodings that are no superset of ASCII (XML 1.0, appendix F).
_FAMILIES = (
    (re.compile(rb"\x00\x00\x00<"), "utf-32-be"),
    (re.compile(rb"<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"(?:\x00\s)*\x00<\x00[\x21-\x7e]"), "utf-16-be"),
    (re.compile(rb"(?:\s\x00)*<\x00[\x21-\x7e]\x00"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_LABEL = re.compile(r"[\w.:-]{1,40}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_DECLARED = re.compile(r"<\?xml[^>]{0,400}?encoding\s*=\s*[\"']\s*([^\"'\s>]{1,60})\s*[\"']", re.IGNORECASE)
_DECLARATION_ROOM = 4096
_SAMPLE_SIZE = 100_000
_SURE = 0.6


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text, the codec that read it, and what was wrong with what it said about itself."""

    text: str
    encoding: str
    problem: str | None = None


def decode_document(body: bytes, content_type: str | None = None) -> Decoded:
    """The body as text; never raises. Every codec is tried strictly, in the order of rule 57."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(codec, "replace"), codec)
    claims = _claims(body, content_type)
    if _is_utf8_called_latin(body, claims):
        return Decoded(body.decode("utf-8"), "utf-8", f"declared as {claims[0][0]}, but is utf-8")
    for codec in _candidates(body, claims):
        text = _decode(body, codec)
        if text is not None:
            return Decoded(text, codec, _disagreement(claims, codec))
    if _has_refused(claims) or is_damaged_utf8(body):
        return Decoded(body.decode("utf-8", "replace"), "utf-8", _disagreement(claims, "utf-8"))
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "in no encoding that fits all of its bytes")


def codec_of(label: str) -> str | None:
    """The name of the codec that a label asks for; None where it is unknown or refused."""
    label = label.strip().lower()
    label = WEB_LABELS.get(label, label)
    if not _LABEL.fullmatch(label):
        return None
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return None if _is_refused(info) else info.name


def _is_refused(info: codecs.CodecInfo) -> bool:
    return info.name.replace("_", "-") in REFUSED_CODECS or not getattr(info, "_is_text_encoding", True)


def _claims(body: bytes, content_type: str | None) -> list[tuple[str, str | None]]:
    """What HTTP and the XML declaration say, in that order, each with its codec."""
    labels = [found[1] for found in [_CHARSET.search(content_type or "")] if found]
    family = _family(body)
    head = body[:_DECLARATION_ROOM].decode(family or "latin-1", "replace")
    declared = _DECLARED.search(head)
    if declared:
        labels.append(declared[1])
    claims = [(label, codec_of(label)) for label in labels]
    if family and family.startswith("utf"):
        return [(label, family if (codec or "").startswith(("utf-16", "utf-32")) else codec) for label, codec in claims]
    return claims


def _family(body: bytes) -> str | None:
    return next((codec for start, codec in _FAMILIES if start.match(body)), None)


def _candidates(body: bytes, claims: list[tuple[str, str | None]]) -> Iterator[str]:
    family = _family(body)
    if family:
        # What is laid out in two or four bytes a character cannot be what an ASCII-like label says.
        if family.startswith("utf"):
            yield family
        yield from (codec for _, codec in claims if codec)
        yield family
    yield from (codec for _, codec in claims if codec)
    yield "utf-8"
    if not _has_refused(claims) and not is_damaged_utf8(body):
        guess = cchardet.detect(body[:_SAMPLE_SIZE])
        codec = codec_of(guess["encoding"] or "") if (guess["confidence"] or 0) > _SURE else None
        if codec:
            yield codec


def is_damaged_utf8(body: bytes) -> bool:
    """Whether of what is not ASCII at least half is good UTF-8, which is no accident; bad bytes are then damage."""
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return good >= max(bad, 1)


def _has_refused(claims: list[tuple[str, str | None]]) -> bool:
    return any(codec is None and _names_codec(label) for label, codec in claims)


def _names_codec(label: str) -> bool:
    try:
        return codecs.lookup(label) is not None
    except (LookupError, ValueError):
        return False


def _decode(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _is_utf8_called_latin(body: bytes, claims: list[tuple[str, str | None]]) -> bool:
    # Latin text is never valid UTF-8 by accident; servers and templates name latin-1 by default all the time.
    if not claims or any(codec != "cp1252" for _, codec in claims) or body.isascii():
        return False
    return _decode(body, "utf-8") is not None


def _disagreement(claims: list[tuple[str, str | None]], codec: str) -> str | None:
    if not claims or claims[0][1] == codec:
        return None
    return f"declared as {claims[0][0][:60]}, but read as {codec}"
