"""The nouns of site profiles: which container holds a site's articles, and how reading through it has gone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProfileState(StrEnum):
    """What is thought of a profile. Pages are read through it only while it is trusted."""

    LEARNING = "learning"
    TRUSTED = "trusted"
    DROPPED = "dropped"  # an audit found another text, or no container would do


class Sight(StrEnum):
    """What one page has shown of its site's profile."""

    USED = "used"  # read through the container
    REFUSED = "refused"  # a guard had the page read whole
    SAME = "same"  # read both ways, with the same article
    OTHER = "other"  # read both ways, with another one
    FOUND = "found"  # read whole, and the container is there
    MISSING = "missing"  # read whole, and it is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A page's word. ``container``: what it was tried with; ``wider``: what to try next, where that did not do.

    ``lost``: characters of the whole run's lines that the other reading has not; ``chars``: running text in the
    article; ``outside``: running text outside the container that is no known furniture.
    """

    sight: Sight
    url: str = ""
    container: str = ""
    wider: str = ""
    lost: int = 0
    chars: int = 0
    outside: int = 0
    reason: str = ""
    extractor: str = ""  # the version that read it


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProfile:
    """Where a site's articles stand: ``container`` as ``tag#id``, ``tag.class.class`` or ``tag``; empty: not known yet.

    ``agreed``: pages in a row that were read both ways with the same article. ``tries``: pages that were read both
    ways while it was learned; ``audits``: since. ``misses``: pages in a row that had to be read whole. ``least_chars``
    and ``most_outside``: the shortest text and the most running text outside the container of pages that agreed.
    ``extractor``: the version that all of this is true of.
    """

    container: str = ""
    state: ProfileState = ProfileState.LEARNING
    agreed: int = 0
    tries: int = 0
    audits: int = 0
    misses: int = 0
    least_chars: int = 0
    most_outside: int = 0
    reason: str = "no page has been read yet"
    extractor: str = ""
    changed_at: datetime | None = None  # when it came into its state


@dataclass(frozen=True, slots=True)
class Through:
    """What a page may be read through, and what the site's other pages had: None where nothing is known of that yet."""

    container: str
    least_chars: int | None = None
    most_outside: int | None = None


@dataclass(frozen=True, slots=True)
class ProfileTask:
    """A site's profile as one page is to be read by it. ``learns``: the page may be read both ways, to learn."""

    profile: SiteProfile
    learns: bool = True


def read_name(container: str) -> tuple[str, str, frozenset[str]]:
    """Tag, id and classes of a container's name (``SiteProfile.container``)."""
    head, _, identity = container.partition("#")
    tag, *classes = head.split(".")
    return tag, identity, frozenset(classes)
