"""Whether a share has moved: of what a rule or a site's pages lose as boilerplate, beside what it was before."""

from dataclasses import dataclass
from math import sqrt

LEAST_BLOCKS = 40  # on each side, of which a share says something
_A_PAGE = 4.0  # blocks of one page go or stay together: so many count as one that was drawn
_CLEAR = 4.0  # standard errors; a night looks at thousands of sites
_MUCH = 0.10  # of all blocks
_TIMES = 2.0  # or so many times more, or fewer


@dataclass(frozen=True, slots=True)
class Share:
    """So many blocks of so many."""

    part: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.part / self.of if self.of else 0.0


def has_moved(now: Share, before: Share) -> bool:
    """Whether the share is now clearly and much another one: by ten points, or to the half or the double.

    Clearly: beyond four standard errors of the difference of two proportions, of pages and not of their blocks.
    """
    if min(now.of, before.of) < LEAST_BLOCKS:
        return False
    if abs(now.value - before.value) < _MUCH and not _is_other_size(now.value, before.value):
        return False
    both = (now.part + before.part) / (now.of + before.of)
    error = sqrt(both * (1 - both) * _A_PAGE * (1 / now.of + 1 / before.of))
    return abs(now.value - before.value) > _CLEAR * error


def _is_other_size(now: float, before: float) -> bool:
    small, large = sorted((now, before))
    return large >= _TIMES * small
