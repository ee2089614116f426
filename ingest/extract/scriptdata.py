"""The data that a page's scripts hold: JSON in a script of its own, or given to a variable."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

_MOST_CHARS = 3_000_000  # of one script
_MOST_ASSIGNMENTS = 20
_ASSIGNED = re.compile(r"""=\s*(?:JSON\.parse\(\s*(?=["'])|(?=[{\[]["{\[]))""")
_decoder = json.JSONDecoder(strict=False)


def load_states(scripts: Iterable[str]) -> Iterator[Any]:
    """The objects and lists in these scripts; what is no JSON is passed over."""
    for script in scripts:
        text = script.strip()
        if not text or len(text) > _MOST_CHARS:
            continue
        if text[0] in "{[":
            yield from _load(text, 0)
        for match in islice(_ASSIGNED.finditer(text), _MOST_ASSIGNMENTS):
            yield from _load(text, match.end())


def _load(text: str, start: int) -> Iterator[Any]:
    """The value that begins here, and, where it is a string, the one that it holds."""
    try:
        value, _ = _decoder.raw_decode(text, start)
        if isinstance(value, str):
            value, _ = _decoder.raw_decode(value)
    except (ValueError, RecursionError):  # ValueError: no JSON, or a number of more digits than Python reads
        return
    if isinstance(value, dict | list):
        yield value
