"""The names that a page shows as its author's: in lines that say "By", in what is called an author, in author boxes."""

import re
from collections.abc import Iterator
from itertools import chain

from lxml.html import HtmlElement

from ingest.extract.names import BY, LABEL, is_author, is_byname, is_penname, is_person, split_names
from ingest.extract.outline import HEADINGS, Block, clean_line
from ingest.extract.shown import Shown

_LINE = 160
_ABOVE_TITLE = 8
_BELOW_TITLE = 22
_BYNAME_LINE = 80
_LONGEST_NAME = 60
_LONGEST_MARK = 90
# Behind the name in its own element follow the date, the section, the share links; "Ann Lee | and | Bo Ray" goes on.
_NEXT_ELEMENT = re.compile(r"(?<![,&])(?<!\band)(?<!\bund) \| (?!(?:and|und|et|&|,)(?:\s|$))", re.IGNORECASE)
_LIFE = re.compile(r"^(?:About |Dr\.? |Prof\.? )?(\S+(?: \S+){1,4}?) (?:is|was|has|writes|works|lives|joined)\b")
_CARD_NAMES = ".//*[contains(@class,'fn') or contains(@class,'username')]"
_BOX_NAME_CLASS = re.compile(
    r"(?:^|[-_\s])(?:author|byline|writer|contributor)[-_]{0,2}(?:full|display)?[-_]?name(?:$|[-_\s])|"
    r"(?:^|\s)(?:post-author|entry-author|article-author|author-link|byline)(?:\s|$)",
    re.IGNORECASE,
)
_NOT_BY = re.compile(
    r"^(?:\w+ )?(?:reviewed|edited|checked|verified|approved|updated|translated|photograph(?:ed|s|y)|photos?|pictures?|"
    r"illustrat(?:ed|ions?)|sponsored|presented|powered|produced|hosted|narrated)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:article|post|story)? ?(?:written|posted|published|authored) by|by|(?:about )?(?:the )?authors?)\s*:?$",
    re.IGNORECASE,
)
_ALL_BY = re.compile(
    r"^(?:view |see |read )?(?:all|more|other)(?: articles| posts| stories)? (?:by|from)\s+(\S.*)$", re.IGNORECASE
)
_BYLINE_CLASS = re.compile(
    r"author|byline|writer|contributor|avatar|(?:^|[-_\s])(?:posted|written)[-_]?by", re.IGNORECASE
)
_BOX_CLASS = re.compile(r"(?:^|[-_\s])author[-_]{0,2}(?:card|box|bio|info|details|profile|block)", re.IGNORECASE)
_CARD_CLASS = re.compile(r"(?:^|\s)(?:vcard|postauthor)(?:\s|$)")
_CARD_NAME_CLASS = re.compile(r"(?:^|\s)(?:fn|username)(?:\s|$)")
_BOX = re.compile(
    f"{_BOX_NAME_CLASS.pattern}|{_BOX_CLASS.pattern}|{_CARD_CLASS.pattern}|{_CARD_NAME_CLASS.pattern}", re.IGNORECASE
)
# Blogs file a post's author, type and categories as classes of the post itself.
_FILED = re.compile(r"hentry|type-|category-|(?:^|\s)post(?:\s|$)")
_NAME_CLASS = re.compile(r"(?:^|[-_\s])(?:author|byline)(?:[-_]{0,2}(?:name|link))?(?:$|\s|__)", re.IGNORECASE)
_PROFILE = re.compile(
    r"/(?:authors?|people|staff|contributors?|writers?|by|profiles?|team|journalists?|reporters?|autor(?:en|es)?|"
    r"auteurs?|autore|redakteur)/[\w.%-]+/?$"
)
_VERB = (
    r"(?:(?:this|the)(?: \w+){0,2} (?:was|is) )?"
    r"(?:written|penned|posted|published|story|words|reported|article|recipe|text|contributed|submitted|authored|created|"
    r"researched|guest post|interview|review|analysis|opinion|column|geschrieben|verfasst|escrito|écrit|scritto|"
    r"geschreven|skriven|skrevet)(?:,? (?:and|&) \w+)?"
)
_BY = re.compile(
    rf"^(?:{_VERB}\s+)?(?:{BY}(?:\s*:\s*|\s+)|(?-i:By(?=[A-ZÀ-Þ])))(\S.*)$|"
    rf"^{LABEL}\s*(\S.*)$",
    re.IGNORECASE,
)
_MAY_SAY_BY = re.compile(rf"{BY}|{LABEL}")  # in lower case, where it is several times as fast
# "September 1st, 2023 By Ann Lee", "Posted on 4 March 2026 by Ann Lee".
_DATED_BY = re.compile(
    rf"^.{{0,60}}(?<!\d)(?:19|20)\d{{2}}(?!\d).{{0,12}}?(?:\b{BY}\s+|{LABEL}\s*)(\S.*)$", re.IGNORECASE
)
_WRITTEN_BY = re.compile(rf"^(?:{_VERB})\s+by(?:\s*:\s*|\s+|(?-i:(?=[A-Z])))(\S.*)$", re.IGNORECASE)
# An agency's last line: "Reporting by Ann Lee and Bo Ray in Pier City; Editing by Cy Marsh".
_REPORTED_BY = re.compile(
    r"^\W?(?:reporting|writing|additional reporting)(?: and \w+)? by\s+(\S.*?)"
    r"(?=[;.)]|\s+(?:additional|writing|editing|compiled|reporting)\b|$)",
    re.IGNORECASE,
)
_FILED_UNDER = re.compile(r"\s+(?:in|under|for|auf|dans)\s+\S.*$")


def find_bylines(shown: Shown) -> Iterator[list[str]]:
    """The names that each kind of byline gives, the surest first."""
    near = _near(shown)
    yield _in_lines(near, shown)
    yield _in_called(near, shown)
    yield _in_marks(shown)
    yield _in_boxes(shown)
    yield _in_lives(near, shown)
    yield _in_profiles(shown)
    yield _in_credits(shown)


def find_byline(shown: Shown) -> list[str]:
    """The names in the line about the title that says "By"."""
    return _in_lines(_near(shown), shown)


def _near(shown: Shown) -> list[Block]:
    near = shown.around_title(_ABOVE_TITLE, _BELOW_TITLE, _LINE)
    return [block for block in near if not _NOT_BY.match(block.text)]


def _in_lines(near: list[Block], shown: Shown) -> list[str]:
    """Lines about the title that say "By"."""
    for block in near:
        said = [text for line in _readings(block, shown) if (text := _behind_by(line))]
        if not said or shown.is_elsewhere(block.element):
            continue
        names = next(filter(None, (_leading(split_names(text)) for text in said)), None)
        if not names and len(block.text) <= _BYNAME_LINE:
            names = next(filter(None, map(_bynames, said)), None)
        if names:
            return names
    return []


def _readings(block: Block, shown: Shown) -> Iterator[str]:
    """A line with marks between its inline elements, and as its text; nothing where it says no "By" at all."""
    if _MAY_SAY_BY.search(block.text.lower()):
        yield " | ".join(shown.pieces(block))
        yield block.text


def _behind_by(line: str) -> str | None:
    match = _BY.match(line) or _DATED_BY.match(line)
    said = next(filter(None, match.groups())).strip(" |") if match else None
    return _NEXT_ELEMENT.split(said)[0] if said else None


def _in_called(near: list[Block], shown: Shown) -> list[str]:
    """Lines about the title whose class says author."""
    for block in near:
        if _is_called(block) and not shown.is_elsewhere(block.element):
            text = " | ".join(shown.pieces(block))
            is_name = _NAME_CLASS.search(block.element.get("class") or "") is not None
            if names := _leading(split_names(text)) or (_bynames(text) if is_name else []):
                return names
    return []


def _in_marks(shown: Shown) -> list[str]:
    """Links that say rel=author, and what microdata or RDFa calls the author."""
    for mark in _marks(shown):
        if not shown.is_elsewhere(mark):
            named: list[HtmlElement] = mark.xpath(".//*[@itemprop='name']")
            if names := _marked((named or [mark])[0], _LONGEST_MARK):
                return names
    return []


def _marks(shown: Shown) -> Iterator[HtmlElement]:
    yield from shown.links("author")
    yield from shown.named("author", "creator", "schema:author")


def _in_boxes(shown: Shown) -> list[str]:
    """The name in an author's box or hCard (microformats.org/wiki/hcard), or in a forum's first post."""
    for box in chain(shown.outline.spans, shown.tagged("a")):
        names = box.get("class")
        if (
            names
            and _may_name(names)
            and _BOX.search(names)
            and not shown.is_elsewhere(box)
            and (people := _box_names(box, shown))
        ):
            return people
    return []


def _may_name(names: str) -> bool:
    return "uthor" in names or "yline" in names or "vcard" in names or "fn" in names


def _box_names(box: HtmlElement, shown: Shown) -> list[str]:
    names = box.get("class") or ""
    if _BOX_NAME_CLASS.search(names) or _is_card_name(box):
        return _marked(box, _LONGEST_NAME)
    if _CARD_CLASS.search(names):
        named = [part for part in box.xpath(_CARD_NAMES) if _CARD_NAME_CLASS.search(part.get("class") or "")]
        return next((found for part in named[:1] if (found := _marked(part, _LONGEST_NAME))), [])
    return _heading_box(box, shown)


def _is_card_name(element: HtmlElement) -> bool:
    above = element.getparent()
    is_name = _CARD_NAME_CLASS.search(element.get("class") or "") is not None
    return is_name and element.tag not in HEADINGS and above is not None and "vcard" in (above.get("class") or "")


def _heading_box(box: HtmlElement, shown: Shown) -> list[str]:
    """The person that opens an author's box."""
    start, end = shown.outline.span(box)
    lines = [block.text for block in shown.outline.blocks[start : min(end, start + 2)]]
    return next((names for line in lines if len(line) <= _LONGEST_NAME and (names := _leading(split_names(line)))), [])


def _in_lives(near: list[Block], shown: Shown) -> list[str]:
    """A name in a line about the title, of whom a paragraph says what they are: "Nora Finch is a diver"."""
    lives = [match[1] for block in shown.outline.blocks if (match := _LIFE.match(block.text))]
    for block in near if lives else ():
        if len(block.text) <= _BYNAME_LINE and not shown.is_elsewhere(block.element):
            names = split_names(" | ".join(shown.pieces(block)))
            if names and all(name in lives and is_person(name) for name in names):
                return names
    return []


def _in_profiles(shown: Shown) -> list[str]:
    """The first link to a person's profile."""
    for link in shown.tagged("a"):
        if _PROFILE.search(link.get("href") or ""):
            name = clean_line(" ".join(link.itertext()))
            if is_person(name) and not shown.is_elsewhere(link):
                return [name]
    return []


def _in_credits(shown: Shown) -> list[str]:
    """A line anywhere that says "Written by", or only that above a line with the name."""
    short: list[str] = []
    for block in shown.outline.blocks:
        text = _credit(block, shown) if len(block.text) <= _LINE and _may_credit(block.text) else ""
        if text and not shown.is_elsewhere(block.element):
            if names := _leading(split_names(text)):
                return names
            short += _bynames(text)
    # Several signatures are those of readers' comments.
    return short if len(short) == 1 else []


def _may_credit(text: str) -> bool:
    start = text[:_BYNAME_LINE].lower()
    return "by" in start or "author" in start or "from" in start


def _credit(block: Block, shown: Shown) -> str:
    match = _WRITTEN_BY.match(block.text) or _ALL_BY.match(block.text) or _REPORTED_BY.match(block.text)
    if match:
        return match[1]
    blocks = shown.outline.blocks
    is_label = _LABEL.match(block.text) is not None and block.index + 1 < len(blocks)
    return blocks[block.index + 1].text[:_LINE] if is_label else ""


def _bynames(text: str) -> list[str]:
    """What stands at the start of a byline and can be a name, though not a full one."""
    first = _FILED_UNDER.sub("", next(iter(split_names(text)), ""))
    return [first] if text.startswith(first) and is_byname(first) else []


def _marked(element: HtmlElement, longest: int) -> list[str]:
    """The people in what the page's markup calls its author; where none has a full name, the first name there."""
    pieces = [text for part in element.itertext() if (text := clean_line(part))]
    whole = " ".join(pieces)
    if len(whole) > longest:
        return []
    names = split_names(" | ".join(pieces))
    return _leading(names) or _leading(split_names(whole)) or [name for name in names[:1] if is_penname(name)]


def _leading(names: list[str]) -> list[str]:
    """The run of people at the start of a byline: behind it follow posts, agencies and dates."""
    people: list[str] = []
    for name in names:
        bare = name.partition(" (")[0]
        if is_person(bare) and is_author(bare):
            people.append(bare)
        elif people:
            break
    return people


def _is_called(block: Block) -> bool:
    element: HtmlElement | None = block.element
    for _ in range(3):
        if element is None:
            return False
        names = element.get("class") or ""
        if element.tag == "address" or (_BYLINE_CLASS.search(names) and not _FILED.search(names)):
            return True
        element = element.getparent()
    return False
