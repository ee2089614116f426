"""The text that a page states as data where its markup shows none: JSON-LD's articleBody, an application's state.

An application's state is believed where an object of it says the page's own title; what it holds beside is not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.extract.ballot import Ballot, Weighed
from ingest.extract.choose import Choice
from ingest.extract.facts import Facts, states_payment
from ingest.extract.feedtext import read_blocks
from ingest.extract.outline import Block
from ingest.extract.pages import Verdict
from ingest.extract.render import render
from ingest.extract.scriptdata import load_states
from ingest.extract.statedbody import as_html, list_bodies
from ingest.model import ArticleStatus

JSON_LD = "json-ld-body"
STATE = "script-state"
_LEAST = 300  # characters: a description is shorter
_SHOWN = 0.3  # of what is stated: a page that shows more of it is read by its markup
_AGREE = 0.7  # of the shown words that the stated text must have, where more than a few are shown
_FEW = 140  # characters


@dataclass(frozen=True, slots=True)
class _Stated:
    """A text, and where it stands."""

    name: str
    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        return sum(block.size for block in self.blocks)


def ask_stated(choice: Choice, verdict: Verdict, facts: Facts, title: str | None) -> tuple[Choice, Verdict]:
    """The stated text where the markup shows hardly any of it; else the choice and the verdict as they were.

    Never what the page says is not free, and never on a page that is judged a wall, an error or a listing.
    """
    if verdict.status not in (ArticleStatus.OK, ArticleStatus.EMPTY) or states_payment(facts):
        return choice, verdict
    shown = sum(block.size for block in choice.blocks)
    is_empty = verdict.status is ArticleStatus.EMPTY
    found = _from_json_ld(facts) or (_from_states(facts, title) if is_empty and title else None)
    if found is None or shown >= _SHOWN * found.size or (shown >= _FEW and not _agrees(choice, found)):
        return choice, verdict
    told = f"taken: the markup shows {shown} characters of it"
    ballot = choice.ballot or Ballot()
    prose = sum(block.size for block in found.blocks if block.is_prose)
    ballot.weighed.append(Weighed(found.name, len(found.blocks), found.size, prose, told))
    evidence = f"{found.size} characters of text, stated as data ({found.name}) and not shown by the markup"
    return Choice(render(found.blocks), found.name, ballot=ballot), Verdict(ArticleStatus.OK, evidence)


def _agrees(choice: Choice, found: _Stated) -> bool:
    shown = set((choice.text or "").lower().split())
    stated = {word for block in found.blocks for word in block.text.lower().split()}
    return len(shown & stated) >= _AGREE * len(shown)


def _from_json_ld(facts: Facts) -> _Stated | None:
    told = (node.get("articleBody") for node in (facts.article, *facts.nodes))
    return _longest(JSON_LD, (as_html(text) for text in told if isinstance(text, str) and len(text) >= _LEAST))


def _from_states(facts: Facts, title: str) -> _Stated | None:
    return _longest(STATE, (body for state in load_states(facts.scripts) for body in list_bodies(state, title)))


def _longest(name: str, texts: Iterator[str]) -> _Stated | None:
    """The longest of these texts, as blocks; None where it is no more than a description."""
    found = _Stated(name, tuple(read_blocks(max(texts, key=len, default=""))))
    is_text = found.size >= _LEAST and any(block.is_prose for block in found.blocks)
    return found if is_text else None
