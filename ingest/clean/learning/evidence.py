"""What a site's latest texts say together of one line: whether it is furniture, and where."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from ingest.blocks import PageLines, SeenLine, Zone
from ingest.clean.learning.copies import key_set
from ingest.clean.learning.needs import COUNTED, LONG, PASSAGE, RETURNED, Need, choose_need, is_dateline
from ingest.clean.learning.places import (
    BOX,
    BOXED,
    LINKED,
    Place,
    agree,
    agree_zone,
    find_edges,
    find_label_edges,
    name_zone,
    usual_index,
)

_MAX_RUN, _MAX_BOXED_RUN = 500, 1_500  # characters in a row that several texts share, and are no passage
_MAX_OWN_SHARE = 0.4  # of a box: an author's first bio, a story's teaser; not a recipe's card
_LATEST = 6  # texts among which a block that is known has to be back


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line that is furniture: where, by how many of how many texts, and why."""

    zone: Zone
    digits: int | None
    texts: int
    window: int
    first_number: int
    is_boxed: bool
    heads_links: bool
    share: float  # of all texts, that was needed
    reason: str


class Evidence:
    """The latest text of each group, and what is common to several of them."""

    def __init__(self, pages: Iterable[PageLines], learned: Collection[int]) -> None:
        """Count the lines of the pages, oldest first; ``learned``: what is furniture already."""
        latest = {page.group: page for page in pages if page.group}
        self._pages = sorted(latest.values(), key=lambda page: page.number)
        self._learned = set(learned)
        self._counts = Counter(chain.from_iterable(map(key_set, self._pages)))
        self._keys: dict[int, tuple[int, ...]] = {}
        self._facts: dict[int, list[tuple[int, int, int]]] = {}
        self._edges: dict[int, tuple[tuple[int, int], tuple[int, int]]] = {}

    def accept(self, keys: Iterable[int]) -> None:
        """Take these lines for learned from now on."""
        self._learned |= set(keys)

    def judge(self, line: SeenLine, *, is_known: bool = False) -> Verdict | None:
        """Whether the newest text's line is furniture, with its numbers or with any; ``is_known``: it was before."""
        if is_dateline(line):
            return None
        places = self._find_places(line.key)
        if is_known and (verdict := self._judge_returned(places)):
            return replace(verdict, digits=line.digits)
        exact = [place for place in places if place.digits == line.digits]
        found = self._judge_exact(exact) if exact else None
        if found is None and len({place.digits for place in places}) > 1:
            return self._judge_counted(places)
        return replace(found, digits=line.digits) if found else None

    # --- verdicts ----------------------------------------------------------------------------------------------------

    def _judge_returned(self, places: Sequence[Place]) -> Verdict | None:
        late = [place for place in places if place.order >= len(self._pages) - _LATEST]
        return self._conclude(late, RETURNED, "as once before")

    def _judge_exact(self, places: Sequence[Place]) -> Verdict | None:
        if not agree(not place.is_refrain for place in places):
            return None
        need, reason = choose_need(places, agree_zone(places), is_boxed=agree(place.is_apart for place in places))
        if need and self._measure(places, need) and agree(self._is_passage(place) for place in places):
            need, reason = PASSAGE, "a long run that texts share"
        return self._conclude(places, need, reason) if need else None

    def _judge_counted(self, places: Sequence[Place]) -> Verdict | None:
        """A boxed label at an edge; elsewhere a changing number is the text's own."""
        is_label = all(place.chars < LONG and not place.is_refrain for place in places)
        if not is_label or agree_zone(places) is Zone.MIDDLE or not agree(place.is_apart for place in places):
            return None
        return self._conclude(places, COUNTED, "a counter in a box of its own")

    def _conclude(self, places: Sequence[Place], need: Need, reason: str) -> Verdict | None:
        found = self._measure(places, need)
        if found is None:
            return None
        return Verdict(
            agree_zone(places),
            None,
            *found,
            is_boxed=agree(place.is_apart for place in places),
            heads_links=agree(place.heads_links for place in places),
            share=0.0 if need.is_fixed else need.share,
            reason=reason,
        )

    def _measure(self, places: Sequence[Place], need: Need) -> tuple[int, int, int] | None:
        """The texts with the line, of how many since the first of them, and its number; None: they are not enough."""
        if len(places) < need.texts:
            return None
        first = places[0].order
        window = self._count_long(places) if need.is_fixed else len(self._pages) - first
        return (len(places), window, self._pages[first].number) if len(places) >= need.share * window else None

    def _count_long(self, places: Sequence[Place]) -> int:
        """The texts that have the line or are long enough: a pitch below the third paragraph is in none of two."""
        usual, held = usual_index(places), {place.order for place in places}
        since = range(places[0].order, len(self._pages))
        return sum(order in held or self._find_edges(order)[1] >= usual for order in since)

    # --- places ------------------------------------------------------------------------------------------------------

    def _find_places(self, key: int) -> list[Place]:
        orders = [order for order, page in enumerate(self._pages) if key in key_set(page)]
        return [self._place(order, key) for order in orders]

    def _place(self, order: int, key: int) -> Place:
        keys = self._list_keys(order)
        index = keys.index(key)
        last = len(keys) - 1 - keys[::-1].index(key)
        facts = self._list_facts(order)
        digits, chars, traits = facts[index]
        is_apart = self._is_apart(order, index)
        first_own, last_own = self._find_edges(order, of_labels=chars < LONG and not is_apart)
        return Place(
            order=order,
            zone=name_zone(is_behind=first_own < index, is_before=last_own > last),
            index=index,
            digits=digits,
            chars=chars,
            traits=traits,
            learned_before=index > 0 and keys[index - 1] in self._learned,
            learned_behind=last + 1 < len(keys) and keys[last + 1] in self._learned,
            is_last=last + 1 == len(keys),
            heads_links=last + 1 < len(keys) and bool(facts[last + 1][2] & LINKED),
            is_apart=is_apart,
        )

    def _is_apart(self, order: int, index: int) -> bool:
        """Whether a line is a link, or in a box that holds little of the text's own.

        What a recipe's card or a table's box has in common with others ("Instructions", "1 teaspoon salt") is text.
        """
        keys, facts = self._list_keys(order), self._list_facts(order)
        box = facts[index][2] & BOX
        if not box & BOXED:
            return bool(facts[index][2] & LINKED)

        def is_inside(at: int) -> bool:
            return facts[at][2] & BOX == box

        inside = [*takewhile(is_inside, range(index, len(keys))), *takewhile(is_inside, range(index - 1, -1, -1))]
        own = sum(facts[at][1] for at in inside if self._counts[keys[at]] == 1 and not facts[at][2] & LINKED)
        return own <= _MAX_OWN_SHARE * sum(facts[at][1] for at in inside)

    def _is_passage(self, place: Place) -> bool:
        """Whether the line stands in a run too long for furniture: shared lines, boxed or not as it is."""
        keys, facts, index = self._list_keys(place.order), self._list_facts(place.order), place.index
        is_boxed = facts[index][2] & BOXED

        def measure(indices: Iterable[int]) -> int:
            run = takewhile(lambda at: self._is_shared(keys[at]) and facts[at][2] & BOXED == is_boxed, indices)
            return sum(facts[at][1] for at in run)

        chars = measure(range(index, len(keys))) + measure(range(index - 1, -1, -1))
        return chars > (_MAX_BOXED_RUN if is_boxed else _MAX_RUN)

    def _is_shared(self, key: int) -> bool:
        """Whether several texts hold a line that is not learned yet."""
        return self._counts[key] > 1 and key not in self._learned

    def _list_keys(self, order: int) -> tuple[int, ...]:
        if order not in self._keys:
            self._keys[order] = self._pages[order].list_keys()
        return self._keys[order]

    def _list_facts(self, order: int) -> list[tuple[int, int, int]]:
        if order not in self._facts:
            self._facts[order] = self._pages[order].list_facts()
        return self._facts[order]

    def _find_edges(self, order: int, *, of_labels: bool = False) -> tuple[int, int]:
        """Where the first and the last sentence stand that this text shares with no other, or the lines of any kind.

        So of a text without such a sentence. A label is behind a text only where no line of its own is behind it.
        """
        if order not in self._edges:
            own = [self._counts[key] == 1 for key in self._list_keys(order)]
            traits = [traits for _, _, traits in self._list_facts(order)]
            prose, labels = find_edges(own, traits), find_label_edges(own, traits)
            self._edges[order] = (prose if prose[1] >= 0 else labels, labels)
        return self._edges[order][of_labels]
