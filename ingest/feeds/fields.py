"""Single fields of feeds, from what documents write to what is kept: addresses, people, tags, lengths, languages."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from ingest.text import plain_title, strip_controls
from ingest.urls import is_web_url, resolve

MAX_ID_LENGTH = 1024
MAX_PEOPLE = 50
MAX_PERSON_LENGTH = 500
MAX_INT64 = 2**63 - 1

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?")


def read_address(base_url: str, written: Any) -> str | None:
    """An absolute http(s) address of at most 2,048 characters, or None: ``javascript:``, ``data:`` and the like go."""
    if not isinstance(written, str) or not written.strip():
        return None
    resolved = resolve(base_url, written)
    return resolved if is_web_url(resolved) else None


def read_id(written: Any) -> str | None:
    """The id as written; a longer one than 1,024 characters by its hash."""
    text = strip_controls(written).strip() if isinstance(written, str) else ""
    if len(text) > MAX_ID_LENGTH:
        return f"sha256:{sha256(text.encode()).hexdigest()}"
    return text or None


def read_people(names: Iterable[Any]) -> tuple[str, ...]:
    """Names once each, in order, at most 50."""
    return unique(plain_title(name) for name in names if isinstance(name, str))[:MAX_PEOPLE]


def read_person(written: str) -> str:
    """The name in ``name``, ``a@b.example (name)`` or ``name <a@b.example>``; without a name, the address."""
    text = written[:MAX_PERSON_LENGTH].replace("&lt;", "<").replace("&gt;", ">").replace("mailto:", "")
    name = " ".join(_EMAIL.sub("", text).replace("()", "").replace("<>", "").split())
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip()
    address = _EMAIL.search(text)
    return name or (address[0] if address else "")


def unique(values: Iterable[str | None]) -> tuple[str, ...]:
    """The values that are something, once each, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def read_count(written: Any) -> int | None:
    """A length in bytes: digits with or without thousands separators; None for 0, negatives and beyond 64 bits."""
    digits = str(written).replace(",", "").replace("\u00a0", "").strip() if written is not None else ""
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19:  # noqa: PLR2004 - digits of 2**63
        return None
    return int(digits) if 0 < int(digits) <= MAX_INT64 else None


def read_duration(written: Any) -> int | None:
    """Seconds of ``3723``, ``62:03`` or ``1:02:03`` (rule 74)."""
    text = str(written).strip() if written is not None else ""
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + seconds or None
    return read_count(text.partition(".")[0])


def read_language(written: Any) -> str | None:
    """A language tag (BCP 47) with hyphens, as written else; None where it is none."""
    tag = str(written).strip().replace("_", "-") if written else ""
    return tag if _LANGUAGE.fullmatch(tag) else None
