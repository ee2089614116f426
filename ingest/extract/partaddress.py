"""Whether an address names the next part of an article, by its form alone: ``?page=2``, ``/2/``, ``-2.html``."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.urls import dedupe_form

MOST_PARTS = 20
_WORDS = "page|seite|pagina|p%C3%A1gina|strona|stranka|sida|side|sivu|oldal|sayfa|halaman|slide|pg|p"
_QUERY = re.compile(
    rf"(?:^|&)(?P<name>(?:{_WORDS}|pn|part|paged|pagenum|page_?num(?:ber)?|page_?no|currentpage))=(?P<number>\d{{1,3}})(?=&|$)",
    re.IGNORECASE,
)
# Of the path: the stem, the number, and what follows; a number that ends a slug ("rope-2") names another article.
_PATHS = tuple(
    (style, re.compile(pattern, re.IGNORECASE))
    for style, pattern in (
        ("bare", r"(?P<stem>.+?)/(?P<number>\d{1,3})(?P<rest>/?)"),
        ("folder", rf"(?P<stem>.+?)/(?:{_WORDS})[/-]?(?P<number>\d{{1,3}})(?P<rest>/?)"),
        ("slug", r"(?P<stem>.+?)[-_](?:page|seite|pagina|slide)[-_]?(?P<number>\d{1,3})(?P<rest>/?)"),
        ("file", rf"(?P<stem>.*?[^/])[-_.,~](?:(?:{_WORDS})[-_]?)?(?P<number>\d{{1,3}})(?P<rest>\.\w{{3,5}})"),
        ("index", r"(?P<stem>.*)/(?:index[-_]?)?(?P<number>\d{1,3})\.\w{3,5}(?P<rest>)"),
    )
)
_INDEX = re.compile(r"/(?:index|default)\.\w{3,5}$", re.IGNORECASE)
# What a listing, a forum, a reader's comment or another way of showing the same page is addressed by.
_OTHER_MATTER = re.compile(
    r"comment|cpage|replytocom|/feed/?$|/(?:threads?|forums?|viewtopic|showthread)\b|/(?:tags?|category|categories|author|authors|search|archives?|topics?|label)/|"
    r"[?&](?:s|q|query|search|cat|tag|author)=",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Part:
    style: str
    stem: str  # the address without the number, in the form in which addresses are compared
    number: int


def is_next_part(link: str, own: Iterable[str], *, is_first: bool) -> bool:
    """Whether ``link`` is the part after the page that the addresses in ``own`` name.

    A first part has no number, 0 or 1: what begins at 7 is a number of something else. Where the first has none, the
    second is 2, or 1 in a query (Drupal counts from 0).
    """
    if _OTHER_MATTER.search(link) or _is_front_page(link):
        return False
    plain = [address for address in own if not _is_front_page(address)]
    stems = {_form(address) for address in plain}
    known = {(part.style, part.stem): part.number for address in plain for part in _parts(address)}
    return any(_follows(part, stems, known.get((part.style, part.stem)), is_first=is_first) for part in _parts(link))


def _follows(part: _Part, stems: set[str], before: int | None, *, is_first: bool) -> bool:
    if before is not None and (not is_first or before <= 1):
        return part.number == before + 1
    is_second = part.number == 2 or (part.number == 1 and part.style.startswith("?"))  # noqa: PLR2004 - the second part
    return is_first and part.stem in stems and is_second


def _parts(address: str) -> Iterator[_Part]:
    """Every way in which an address can be read as a numbered part of a stem."""
    parts = urlsplit(address)
    for named in _QUERY.finditer(parts.query):
        query = (parts.query[: named.start()] + parts.query[named.end() :]).lstrip("&")
        stem = parts._replace(query=query, fragment="").geturl()
        if not _is_front_page(stem):
            yield _Part("?" + named["name"].lower(), _form(stem), int(named["number"]))
    for style, pattern in _PATHS:
        match = pattern.fullmatch(parts.path)
        if match:
            stem = parts._replace(path=match["stem"] + match["rest"], fragment="").geturl()
            if not _is_front_page(stem):
                yield _Part(style, _form(stem), int(match["number"]))


def _form(address: str) -> str:
    return _INDEX.sub("", dedupe_form(address.partition("#")[0]))


def _is_front_page(address: str) -> bool:
    """A site's own address, with nothing but a number behind it: its parts are listings, or posts by number."""
    parts = urlsplit(address)
    return not _INDEX.sub("", parts.path).strip("/") and not parts.query
