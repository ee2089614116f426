"""What the kinds of furniture lines mean: where they stand, and how much one line proves."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a whole line of a kind proves: STRONG closes an article alone, WEAK only beside others."""

    STRONG = "strong"
    PLAIN = "plain"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of furniture: its weight, and whether it is removed at the start, at the end, or wherever it stands."""

    name: str
    weight: Weight
    at_head: bool = False
    at_tail: bool = True
    anywhere: bool = False
    alone: bool = False  # removed wherever it is a paragraph of its own


_ALL = (
    Kind("comments", Weight.STRONG, at_head=True),  # counts, "post a comment", forms, closed, sign in to comment
    Kind("threads", Weight.STRONG, at_tail=False),  # "3 thoughts on ...": opens the readers' comments
    Kind("signatures", Weight.WEAK, at_tail=False),  # "X says:", "Reply": within a thread
    Kind("feeds", Weight.STRONG),  # "Subscribe to: Post Comments (Atom)"
    Kind("share", Weight.PLAIN, at_head=True, alone=True),
    Kind("services", Weight.WEAK, at_head=True),  # Twitter, Facebook, e-mail: behind a share line
    Kind("subscribe", Weight.PLAIN, at_head=True, alone=True),
    Kind("author-box", Weight.PLAIN),  # "About the author": what follows is the box
    Kind("byline", Weight.PLAIN, at_head=True, alone=True),  # "Written by NAME", "Posted by NAME at TIME"
    Kind("meta", Weight.PLAIN, at_head=True),  # labels, categories, reading time, printing
    Kind("related", Weight.WEAK),
    Kind("pager", Weight.WEAK),
    Kind("advert", Weight.PLAIN, at_head=True, anywhere=True),
    Kind("legal", Weight.PLAIN),
)
KINDS = {kind.name: kind for kind in _ALL}
