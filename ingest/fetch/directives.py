"""What a page says about being kept and used: X-Robots-Tag, meta robots, no-store. Pure (rules 17, 50)."""

import re
from collections.abc import Iterator, Mapping

_HEAD_BYTES = 100_000
_MAX_TAGS = 20
_TAG_LENGTH = 60
_META = re.compile(rb"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
# A name is tried from its start only: from each of its letters a tag of letters took 2 s of CPU.
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]++)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
# What has a colon of its own, where a colon else ends the name of a robot.
_VALUED = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})


def robots_tags(headers: Mapping[str, str], body: bytes, token: str) -> tuple[str, ...]:
    """Give the directives for everyone and for us, in lower case: "noarchive", "noai", "max-snippet:50".

    ``token`` is our name in robots.txt. Of the body only the first 100 KB are looked at.
    """
    found = [*_of_header(headers.get("x-robots-tag", ""), token.lower()), *_of_head(body[:_HEAD_BYTES], token.lower())]
    return tuple(dict.fromkeys(tag[:_TAG_LENGTH] for tag in found if tag))[:_MAX_TAGS]


def may_be_archived(headers: Mapping[str, str], tags: tuple[str, ...]) -> bool:
    """Whether the raw bytes may be kept: not against noarchive or no-store; text may be taken all the same."""
    directives = {part.strip().lower() for part in headers.get("cache-control", "").split(",")}
    return "no-store" not in directives and not {"noarchive", "none"} & set(tags)


def _of_header(value: str, token: str) -> Iterator[str]:
    """The header's directives; several headers were joined, so one that names another robot binds only itself."""
    for part in value.split(","):
        name, colon, rest = part.partition(":")
        directive = _plain(part)
        if colon and name.strip().lower() not in _VALUED:
            if name.strip().lower() != token:
                continue
            directive = _plain(rest)
        yield directive


def _of_head(head: bytes, token: str) -> Iterator[str]:
    for tag in _META.findall(head):
        given = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(tag.decode("latin-1"))}
        if given.get("name", "").strip().lower() in ("robots", token):
            yield from map(_plain, given.get("content", "").split(","))


def _plain(directive: str) -> str:
    return "".join(directive.lower().split())
