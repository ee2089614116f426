"""What a choice of text weighed and changed, with the numbers: for whoever asks why."""

from dataclasses import dataclass, field

from ingest.extract.selection import Selection, free_prose


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate for the text: its name, what it keeps (blocks, characters, running text), and what was said of it."""

    name: str
    blocks: int
    size: int
    prose: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Change:
    """A step after the choice: its name, and the indices of the blocks that it added and dropped."""

    name: str
    added: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(slots=True)
class Ballot:
    """The candidates in the order in which they were asked, and the steps that changed the chosen one."""

    weighed: list[Weighed] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _kept: set[int] = field(default_factory=set)

    def weigh(self, candidate: Selection, verdict: str = "") -> None:
        """Note a candidate; without a verdict its share of the page's running text is told."""
        share = candidate.prose / max(1, free_prose(candidate.page))
        told = verdict or f"{share:.0%} of the page's running text"
        self.weighed.append(Weighed(candidate.name, len(candidate.kept), candidate.size, candidate.prose, told))

    def begin(self, chosen: Selection) -> None:
        """The chosen candidate, before the steps."""
        self._kept = set(chosen.kept)

    def note(self, name: str, chosen: Selection) -> None:
        """Note what a step changed, if anything."""
        if chosen.kept != self._kept:
            added, dropped = chosen.kept - self._kept, self._kept - chosen.kept
            self.changes.append(Change(name, tuple(sorted(added)), tuple(sorted(dropped))))
            self._kept = set(chosen.kept)
