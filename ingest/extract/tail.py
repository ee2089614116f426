"""Where the article ends: at the first author box, comments, share line, or late newsletter, related or pager block."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.extract.outline import Block
from ingest.extract.selection import Selection, find_home

_LONGEST_HEADING = 80
_A_LINK = 0.5
_BOXES = frozenset({"article", "body", "div", "form", "main", "section", "td"})
_QUESTIONS = re.compile(r"\bfaqs?\b|accordion|(?:^|[-_ ])faqs?(?:[-_ ]|$)|question", re.IGNORECASE)
_NEARLY_ALL = 0.9
_MOST = 0.85
_GAP = 2
_SIGNS = re.compile(r"^[^\w(]+")


@dataclass(frozen=True, slots=True)
class Marker:
    """What ends an article: where it may stand (share of the kept text before it) and what may be lost behind it."""

    name: str
    after: float
    most_prose_behind: float = 1.0


_AUTHOR = Marker("author", 0.4)
_COMMENTS = Marker("comments", 0.3)
_COMMENTS_HEADING = Marker("comments-heading", 0.5)
_SHARE = Marker("share", 0.55)
_NEWSLETTER = Marker("newsletter", 0.6, 0.06)
_RELATED = Marker("related", 0.6, 0.06)
_PAGER = Marker("pager", 0.6, 0.06)
_BY_KIND = {
    "author": _AUTHOR,
    "comments": _COMMENTS,
    "share": _SHARE,
    "newsletter": _NEWSLETTER,
    "related": _RELATED,
    "pager": _PAGER,
}


def _any_of(*wordings: str) -> re.Pattern[str]:
    return re.compile("^(?:" + "|".join(wordings) + ")$", re.IGNORECASE)


_WORDINGS = (
    (
        _AUTHOR,
        _any_of(
            r"about the (?:author|writer)s?\b.{0,40}",
            r"über den autor.{0,40}",
            r"sobre el autor.{0,40}",
            r"à propos de l.auteur.{0,40}",
        ),
    ),
    (
        _COMMENTS_HEADING,
        _any_of(
            r"(?:\(?\d+\)?|no|one|two|three) (?:comments?|responses?|replies|thoughts)\b.{0,70}",
            r"(?:\(?\d+\)?|keine?) kommentare?\b.{0,40}",
            r"\(?\d+\)? (?:commentaires?|comentarios?|commenti)\b.{0,40}",
            r"(?:reader |user )?comments?(?: \(?\d+\)?)?:?",
            r"kommentare?(?: \(?\d+\)?)?:?",
            r"(?:leave|post|add) (?:a|your) (?:comment|reply|response)\b.{0,40}",
            r"schreibe einen kommentar.{0,40}",
            r"laisser un commentaire.{0,40}",
            r"deja (?:un comentario|una respuesta).{0,40}",
            r"lascia un commento.{0,40}",
            r"geef een reactie.{0,40}",
        ),
    ),
    (
        _NEWSLETTER,
        _any_of(
            r"(?:sign up|subscribe)\b.{0,60}", r"(?:get|join) (?:the|our)\b.{0,40}newsletter.{0,20}", r"newsletter"
        ),
    ),
    (
        _RELATED,
        _any_of(
            r"(?:related|recommended|similar|more|popular|latest|recent|trending)(?: \w+)? ?"
            r"(?:posts?|articles?|stories|reading|content|news|links|topics)\b.{0,30}",
            r"you (?:may|might) also (?:like|enjoy).{0,20}",
            r"(?:read (?:more|next|also)|see also|related|further reading)\W*",
            r"more from\b.{0,50}",
            r"das könnte (?:sie|dich) auch.{0,20}",
            r"lire aussi.{0,20}",
            r"what to read next\W*",
        ),
    ),
)


def cut_tail(chosen: Selection) -> None:
    """Drop what was kept behind the first marker that stands where an article may end."""
    total, prose = chosen.size, chosen.prose
    if not total:
        return
    before = prose_before = 0
    for block in chosen.page.blocks[min(chosen.kept) :]:
        is_kept = block.index in chosen.kept
        marker = _marker(block, is_kept=is_kept)
        if (
            marker is not None
            and before >= marker.after * total
            and prose - prose_before <= marker.most_prose_behind * prose
        ):
            _cut(chosen, block.index, marker)
            return
        if is_kept:
            before += block.size
            prose_before += block.size if block.is_prose else 0


def cut_outside(chosen: Selection) -> None:
    """Drop what was kept behind the element that holds most of the text: other boxes of the page.

    Less of the text must be in it where something that was not kept stands between.
    """
    for share, least_gap in ((_NEARLY_ALL, 0), (_MOST, _GAP)):
        home = _find_box(chosen, share)
        end = chosen.page.span(home)[1] if home is not None else 0
        behind = {index for index in chosen.kept if index >= end}
        if home is None or not behind or min(behind) - end < least_gap:
            continue
        elements = [chosen.page.blocks[index].element for index in behind]
        if not any(_is_of_the_article(element, home) for element in elements):
            chosen.kept -= behind
            chosen.steps.append("end-outside")
            return


def _find_box(chosen: Selection, share: float) -> HtmlElement | None:
    home = find_home(chosen, share)
    while home is not None and home.tag not in _BOXES:
        home = home.getparent()
    return home


def _is_of_the_article(element: HtmlElement, home: HtmlElement) -> bool:
    """Whether an element behind the box goes on with it: a paragraph beside it, one of a row of boxes, questions."""
    if element.tag == "p" and element.getparent() is home.getparent():
        return True
    return _has_twin(element, home) or _is_questions(element)


def _has_twin(element: HtmlElement, home: HtmlElement) -> bool:
    name = home.get("class")
    return name is not None and any(
        above.tag == home.tag and above.get("class") == name for above in (element, *element.iterancestors())
    )


def _is_questions(element: HtmlElement) -> bool:
    """Whether the element belongs to questions and answers: those of the article, wherever the template has them."""
    return any(_QUESTIONS.search(above.get("class") or "") for above in (element, *element.iterancestors()))


def _marker(block: Block, *, is_kept: bool) -> Marker | None:
    if block.furniture is not None and not is_kept:
        return _BY_KIND.get(block.furniture)
    if len(block.text) > _LONGEST_HEADING or block.tag == "li":
        return None
    marker = _read_marker(block.text)
    # "Leave a comment" as a link stands in the middle of newsletters' articles.
    return None if marker is _COMMENTS_HEADING and block.link_density > _A_LINK else marker


def heads_furniture(text: str) -> bool:
    """Whether a heading is that of an author box, comments, a newsletter or related articles."""
    return len(text) <= _LONGEST_HEADING and _read_marker(text) is not None


def _read_marker(text: str) -> Marker | None:
    bare = _SIGNS.sub("", text)
    return next((marker for marker, wording in _WORDINGS if wording.search(bare)), None)


def _cut(chosen: Selection, index: int, marker: Marker) -> None:
    behind = {kept for kept in chosen.kept if kept >= index}
    if behind:
        chosen.kept -= behind
        chosen.steps.append(f"end-{marker.name}")
