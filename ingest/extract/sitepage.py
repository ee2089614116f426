"""What a site rule finds in a page: title, authors, date, the body's elements, the links; what it strips goes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.html import HtmlElement

from ingest.dates import clamp
from ingest.extract.metadata import Metadata
from ingest.extract.names import people_in
from ingest.extract.outline import BLOCK_TAGS, Outline, clean_line, outline
from ingest.extract.prune import find_furniture
from ingest.extract.published import parse_date
from ingest.extract.siterules import Clause, SiteRule
from ingest.model import Removal
from ingest.urls import is_web_url, resolve

SOURCE = "site-rule"
MOST_GROWTH = 1.5  # of a page whose strings are replaced
_LONGEST_TITLE = 500
_LONGEST_NAME = 100
_MOST_AUTHORS = 10
_NEVER = frozenset({"html", "head", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReading:
    """What one rule made of one page; fields that it says nothing about are None or empty."""

    rule: SiteRule
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    next_url: str | None = None
    single_url: str | None = None
    body: tuple[HtmlElement, ...] = ()
    removed: tuple[Removal, ...] = ()

    def blocks_in(self, page: Outline) -> set[int]:
        """The indices of the blocks that stand in the body; where the rule prunes, not those of furniture within it."""
        return {index for element in self.body for index in self._kept(element, page)}

    def _kept(self, body: HtmlElement, page: Outline) -> Iterator[int]:
        # What lies around the body may be called "comments": only what is within it is judged.
        furniture = {flag.element for flag in find_furniture(outline(body))} if self.rule.prunes else set()
        for index in range(*page.span(body)):
            for element in _upwards(page.blocks[index].element):
                if element is body:
                    yield index
                if element is body or element in furniture:
                    break

    def improve(self, metadata: Metadata) -> Metadata:
        """The metadata with what the rule says of title, authors and date."""
        told = [name for name in ("title", "authors", "published_at") if getattr(self, name)]
        return replace(
            metadata,
            title=self.title or metadata.title,
            authors=self.authors or metadata.authors,
            published_at=self.published_at or metadata.published_at,
            # The export's list of sources of dates is closed; the provenance says more.
            published_source="page" if self.published_at else metadata.published_source,
            provenance=metadata.provenance | dict.fromkeys(told, SOURCE),
        )

    def sign(self, metadata: Metadata, *, is_used: bool) -> Metadata:
        """The metadata with the rule's name in its provenance, and what of the rule came to nothing."""
        told = [] if is_used or not self.rule.body else ["its body gave nothing"]
        told += [f"{len(self.rule.errors)} line(s) cannot be used"] if self.rule.errors else []
        note = f"{self.rule.name}: {', '.join(told)}" if told else self.rule.name
        return replace(metadata, provenance=metadata.provenance | {"site_rule": note})


def _upwards(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def replace_strings(html: str, rule: SiteRule) -> str:
    """The page's HTML with the rule's strings replaced; one that would blow it up is passed over."""
    most = MOST_GROWTH * len(html) + 100_000
    for find, put in rule.replacements:
        if len(html) + html.count(find) * (len(put) - len(find)) <= most:
            html = html.replace(find, put)
    return html


def read_site(tree: HtmlElement, rule: SiteRule, url: str, now: datetime) -> SiteReading:
    """Ask the page what the rule asks; what it strips is taken out of the tree, in place, and recorded."""
    nodes = int(tree.xpath("count(//node())"))
    found = SiteReading(
        rule=rule,
        title=next((title[:_LONGEST_TITLE] for title in _texts(rule.title, tree, nodes)), None),
        authors=_authors(rule, tree, nodes),
        published_at=_date(rule, tree, (nodes, now)),
        next_url=_address(rule.next_page_link, tree, (nodes, url)),
        single_url=_address(rule.single_page_link, tree, (nodes, url)),
    )
    removed = tuple(_strip(rule, tree, nodes))
    return replace(found, removed=removed, body=_body(rule, tree, nodes))


def _texts(clauses: Iterable[Clause], tree: HtmlElement, nodes: int) -> Iterator[str]:
    for clause in clauses:
        yield from (line for text in clause.selector.texts(tree, nodes) if (line := clean_line(text)))


def _authors(rule: SiteRule, tree: HtmlElement, nodes: int) -> tuple[str, ...]:
    for clause in rule.author:
        names = [clean_line(text) for text in clause.selector.texts(tree, nodes)][:_MOST_AUTHORS]
        # A rule may name what no byline would be believed to name: "The Editors".
        people = people_in(names) or tuple(name for name in names if 0 < len(name) <= _LONGEST_NAME)
        if people:
            return people
    return ()


def _date(rule: SiteRule, tree: HtmlElement, about: tuple[int, datetime]) -> datetime | None:
    nodes, now = about
    for clause in rule.date:
        elements = clause.selector.elements(tree, nodes)
        stated = [value for element in elements if (value := element.get("datetime") or element.get("content"))]
        for text in (*stated, *clause.selector.texts(tree, nodes)):
            if (moment := clamp(parse_date(text), now)) is not None:
                return moment
    return None


def _address(clauses: Iterable[Clause], tree: HtmlElement, about: tuple[int, str]) -> str | None:
    nodes, url = about
    for clause in clauses:
        if clause.condition is not None and not clause.condition.holds(tree, nodes):
            continue
        for told in clause.selector.addresses(tree, nodes):
            address = resolve(url, told)
            if address is not None and is_web_url(address):
                return address
    return None


def _strip(rule: SiteRule, tree: HtmlElement, nodes: int) -> Iterator[Removal]:
    for clause in rule.strip:
        yield from _drop(clause.selector.elements(tree, nodes), f"{SOURCE}/{rule.name}:{clause.line}")
    if not rule.strip_tokens:
        return
    named = [(element, _names_of(element)) for element in tree.xpath("//*[@class or @id]")]
    for line, token in rule.strip_tokens:
        yield from _drop([element for element, names in named if token in names], f"{SOURCE}/{rule.name}:{line}")


def _names_of(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower()


def _drop(elements: list[HtmlElement], rule_id: str) -> Iterator[Removal]:
    gone: set[HtmlElement] = set()
    for element in elements:
        if element.tag in _NEVER or element.getparent() is None or not gone.isdisjoint(element.iterancestors()):
            continue
        gone.add(element)
        text = clean_line(" ".join(element.itertext()))
        element.drop_tree()
        if text:
            yield Removal(rule_id, text)


def _body(rule: SiteRule, tree: HtmlElement, nodes: int) -> tuple[HtmlElement, ...]:
    """The outermost elements with text of the first expression that has any; inline ones become blocks."""
    for clause in rule.body:
        found = [element for element in clause.selector.elements(tree, nodes) if clean_line(element.text_content())]
        inside = set(found)
        outermost = tuple(element for element in found if inside.isdisjoint(element.iterancestors()))
        for element in outermost:
            if element.tag not in BLOCK_TAGS:
                element.tag = "div"
        if outermost:
            return outermost
    return ()
