"""Whether an article goes on at another address, and at which: only where a page says so more than once.

The address has the form of a further part of this one (``partaddress``); the link is called "2" in a row of numbers, or
"next", or says rel=next; and it stands with the article's text, before any readers' comments.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from ingest.extract.facts import Facts, types_of
from ingest.extract.outline import Outline, clean_line
from ingest.extract.partaddress import is_next_part
from ingest.urls import clean_url, is_web_url, resolve

_MAYBE = re.compile(r"[=/,_.~-](?:[a-z]{1,6}[-_/=]?)?\d{1,3}(?:\.\w{3,5})?/?(?:[&#].*)?$", re.IGNORECASE)
# Looking at each link of a page costs a twentieth of its extraction; libxml2 does it for a third of that.
_find_links = etree.XPath(
    "descendant::a[contains(@href, $slug) or starts-with(@href, '?') or "
    "(string-length(@href) < 14 and not(starts-with(@href, '#')))]",
    smart_strings=False,
)
_find_head_links = etree.XPath("/html/head/link[contains(@rel, 'next')]", smart_strings=False)
_LONGEST_LABEL = 40
_MOST_LINKS = 3_000
_MOST_NODES = 50
_BEHIND = 30  # blocks between the text and its pager: tags, share buttons, the author
_ROW_LEVELS = 4
_LONGEST_ROW = 120
_THREADS = frozenset(("discussionforumposting", "qapage"))  # what follows there is by others
_LISTINGS = frozenset(("itemlist", "collectionpage", "searchresultspage", "profilepage", "product", "productgroup"))
_COMMENTS = re.compile(r"comment|respond|repl(?:y|ies)|disqus|trackback|guestbook|forum|thread", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_NEXT = re.compile(
    r"\bnext\b|\bcontinue[ds]?\b|\bweiter|\bn(?:ä|ae)chste|\bsuivante?\b|\bsiguiente\b|\bcontinuar?\b|"
    r"\bpr[óo]xim[ao]\b|\bseguinte\b|\bavanti\b|\bsuccessiv[ao]\b|\bprossim[ao]\b|\bvolgende\b|\bverder\b|"
    r"\bnästa\b|\bneste\b|\bnæste\b|\bseuraava|\bnastępn[ay]\b|\bdalej\b|\bdalší\b|\bnásledující\b|\bkövetkező\b|\bînainte\b|\burmătoarea\b|"
    r"\bследующ|\bдальше\b|\bдалее\b|\bвпер[её]д\b|\bнаступн|\bдалі\b|\bsonraki\b|\bileri\b|\bεπόμεν|\bselanjutnya\b|"
    r"\bberikutnya\b|\btiếp|trang sau|下一?[页頁]|次(?:へ|の|ページ)|다음|"
    r"التالي|بعدی|הבא|अगल|ถัดไป|^[\W_]*[>»›→≫▶][\W_]*$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"(?:page|part|slide|seite|teil|página|pagina|strona|stránka|sida|side|sivu|oldal|страница|стр\.?|сторінка|sayfa|"
    r"σελίδα|ページ|第|페이지|halaman|trang|หน้า|صفحة|صفحه|עמוד)?\s*(\d{1,2})\s*(?:[页頁ページ]*)",
    re.IGNORECASE,
)
_NOT_NEXT = re.compile(
    r"comment|kommentar|commentaire|comentario|комментар|评论|コメント|\bolder\b|\bnewer\b|\bälter|\bneuer|\bprev|\bpost\b|"
    r"\barticle\b|\bstory\b|\bartikel\b|\bbeitrag\b|reply|replies",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PartLink:
    """A link to what may be the next part: where it stands (the index of a block; -1 in the head), and its claims."""

    url: str
    label: str
    place: int
    is_rel: bool
    has_row: bool  # a row of numbers counts on through this one


@dataclass(frozen=True, slots=True)
class PartPage:
    """The page whose next part is looked for: its addresses, and whether it is the article's first."""

    urls: tuple[str, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where the chosen text stands: its first and last block."""

    first: int
    last: int


def list_part_links(tree: HtmlElement, page: Outline, about: PartPage) -> tuple[PartLink, ...]:
    """The links that may lead to the next part, in document order; call it before furniture leaves the tree."""
    return tuple(_read_links(tree, page, about))


def find_next_part(links: Iterable[PartLink], facts: Facts, page: Outline, text: TextPlace) -> str | None:
    """The next part's address, or None: in doubt an article has one page."""
    if not links or _is_other_matter(facts):
        return None
    behind = page.blocks[text.last + 1 :]
    comment = next((block.index for block in behind if _is_among_comments(block.element)), None)
    end = min(text.last + _BEHIND + 1, len(page.blocks) + 1 if comment is None else comment)
    for link in links:
        if link.place < 0:
            # A head says rel=next of a thread of comments too: there the page must say it where it is read.
            if comment is None and _states_article(facts):
                return link.url
        elif text.first <= link.place < end and _is_called_next(link):
            return link.url
    return None


def _is_other_matter(facts: Facts) -> bool:
    kinds = {kind for node in facts.nodes[:_MOST_NODES] for kind in types_of(node)}
    return not kinds.isdisjoint(_THREADS) or (not facts.article and not kinds.isdisjoint(_LISTINGS))


def _states_article(facts: Facts) -> bool:
    return bool(facts.article) or facts.first("og:type") == "article" or "article:published_time" in facts.meta


def _read_links(tree: HtmlElement, page: Outline, about: PartPage) -> Iterator[PartLink]:
    linked = cast("list[HtmlElement]", _find_links(tree, slug=_slug(about.urls[0])))
    for element in (*cast("list[HtmlElement]", _find_head_links(tree)), *linked[:_MOST_LINKS]):
        href = element.get("href") or ""
        url = _next_url(href, about) if _MAYBE.search(href) else None
        if url is not None and not _is_among_comments(element):
            yield _read_link(element, url, page)


def _read_link(element: HtmlElement, url: str, page: Outline) -> PartLink:
    if element.tag == "link":
        return PartLink(url, "", -1, is_rel=True, has_row=False)
    label = clean_line(" ".join(element.itertext()) or element.get("title") or element.get("aria-label") or "")
    is_rel = "next" in (element.get("rel") or "").lower().split()
    return PartLink(url, label, _place(element, page), is_rel=is_rel, has_row=_has_row(element, label))


def _slug(url: str) -> str:
    """The longest part of the path, which addresses of the same article share; empty where it may be spelt twice."""
    longest = max(urlsplit(url).path.split("/"), key=len)
    slug = longest.rpartition(".")[0] or longest
    return slug if slug.isascii() and "%" not in slug else ""


def _next_url(href: str, about: PartPage) -> str | None:
    address = resolve(about.urls[0], href)
    if address is None or not is_web_url(address) or "#comment" in address:
        return None
    address = clean_url(address)
    return address if is_next_part(address, about.urls, is_first=about.is_first) else None


def _is_among_comments(element: HtmlElement) -> bool:
    holders = (element, *element.iterancestors("div", "section", "ul", "ol", "nav", "aside", "li", "p", "td"))
    names = ((holder.get("class") or "") + " " + (holder.get("id") or "") for holder in holders)
    return any(_COMMENTS.search(name) for name in names)


def _place(element: HtmlElement, page: Outline) -> int:
    """The index of the block that the link is in, or comes before."""
    node: HtmlElement | None = element
    while node is not None:
        if node in page.spans:
            return page.spans[node][0]
        before = next((other for other in node.itersiblings(preceding=True) if other in page.spans), None)
        if before is not None:
            return page.spans[before][1]
        node = node.getparent()
    return len(page.blocks)


def _has_row(element: HtmlElement, label: str) -> bool:
    """Whether the link is a number in a row that counts up to it: "1 2 3", the one before it being this page."""
    match = _PAGE_NUMBER.fullmatch(label)
    if match is None:
        return False
    number, above = int(match[1]), element
    for _ in range(_ROW_LEVELS):
        parent = above.getparent()
        if parent is None:
            return False
        above = parent
        text = clean_line(" ".join(above.itertext()))
        if len(text) > _LONGEST_ROW:
            return False
        numbers = [int(found) for found in _NUMBER.findall(text)]
        if any(pair == (number - 1, number) for pair in pairwise(numbers)):
            return True
    return False


def _is_called_next(link: PartLink) -> bool:
    if len(link.label) > _LONGEST_LABEL or _NOT_NEXT.search(link.label):
        return False
    return link.has_row or link.is_rel or _NEXT.search(link.label) is not None
