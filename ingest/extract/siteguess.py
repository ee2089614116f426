"""A first rule for a site, guessed from one page: where its text, title, author and date stand, in words that may last.

Ids and classes with numbers name this page alone; such are passed over.
"""

import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from ingest.extract.article import Extraction
from ingest.extract.outline import Block, Outline, clean_line, key_of
from ingest.extract.published import parse_date
from ingest.extract.titles import likeness
from ingest.extract.xpaths import compile_xpath
from ingest.model import Article

_MOST_OF_THE_TEXT = 0.95
_LEVELS = 4
_SAME = 0.9
_LASTING = re.compile(r"[A-Za-z][A-Za-z_-]{2,40}")
_ANYWHERE = frozenset(
    ("row", "container", "content", "wrapper", "clearfix", "main", "inner", "text", "left", "right", "body", "page")
)
_TITLES = ("//h1[@itemprop='headline']", "//h1", "//meta[@property='og:title']/@content", "//title")
_AUTHORS = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//a[@rel='author']",
    "//meta[@name='author']/@content",
)
_DATES = (
    "//meta[@property='article:published_time']/@content",
    "//*[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//time/@datetime",
)


def guess_selectors(found: Extraction, tree: HtmlElement) -> dict[str, str]:
    """XPath expressions for body, title, author and date, as far as they give what was extracted.

    ``tree`` is the page as parsed, untouched: an expression must hold there.
    """
    article = found.article
    tests: tuple[tuple[str, tuple[str, ...], Callable[[str, Article], bool]], ...] = (
        ("title", _TITLES, lambda text, article: likeness(text, article.title or "") >= _SAME),
        ("author", _AUTHORS, lambda text, article: any(key_of(name) in key_of(text) for name in article.authors)),
        ("date", _DATES, _is_date),
    )
    guessed = {name: path for name, paths, test in tests if (path := _first(paths, tree, article, test))}
    body = _guess_body(found, tree)
    return ({"body": body} if body else {}) | guessed


def _first(
    paths: tuple[str, ...], tree: HtmlElement, article: Article, test: Callable[[str, Article], bool]
) -> str | None:
    for path in paths:
        texts = compile_xpath(path).texts(tree, 0)
        if len(texts) == 1 and test(texts[0], article):
            return path
    return None


def _is_date(text: str, article: Article) -> bool:
    moment = parse_date(text)
    return moment is not None and article.published_at is not None and moment.date() == article.published_at.date()


def _guess_body(found: Extraction, tree: HtmlElement) -> str | None:
    """An expression for the smallest element that holds the text, or for one a little above it."""
    if found.page is None or found.choice is None or not found.choice.blocks:
        return None
    element: HtmlElement | None = _home(found.page, list(found.choice.blocks))
    for _ in range(_LEVELS):
        if element is None or element.tag in {"html", "body"}:
            return None
        wanted = clean_line(" ".join(element.itertext()))
        for path in _paths(element):
            matched = compile_xpath(path).elements(tree, 0)
            # The extracted tree has lost furniture since: what is left of the element must be in the one that matches.
            if len(matched) == 1 and _begins_alike(wanted, clean_line(" ".join(matched[0].itertext()))):
                return path
        element = element.getparent()
    return None


def _begins_alike(less: str, more: str) -> bool:
    words = less.split()
    return bool(words) and all(" ".join(part) in more for part in (words[:4], words[-4:]))


def _home(page: Outline, blocks: list[Block]) -> HtmlElement | None:
    total = sum(block.size for block in blocks)
    homes = []
    for element, (start, end) in page.spans.items():
        inside = sum(block.size for block in blocks if start <= block.index < end)
        if inside >= _MOST_OF_THE_TEXT * total:
            homes.append((end - start, element))
    return min(homes, key=lambda home: home[0], default=(0, None))[1]


def _paths(element: HtmlElement) -> Iterator[str]:
    """Ways to name an element, the most telling first."""
    tag = str(element.tag)
    if element.get("itemprop"):
        yield f"//{tag}[@itemprop='{element.get('itemprop')}']" if _LASTING.fullmatch(element.get("itemprop")) else ""
    name = element.get("id") or ""
    if _LASTING.fullmatch(name):
        yield f"//{tag}[@id='{name}']"
    tokens = [token for token in (element.get("class") or "").split() if _LASTING.fullmatch(token)]
    for token in sorted(tokens, key=lambda token: token.lower() in _ANYWHERE):
        yield f"//{tag}[contains(concat(' ', normalize-space(@class), ' '), ' {token} ')]"
    if tag in {"article", "main"}:
        yield f"//{tag}"
