"""What is wrong with the FEEDMILL_ variables, in words: the variable, its value, what is allowed."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from flows.settings import PREFIX, Settings, unknown_variables

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo

_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text"}
_BOUNDS = {"ge": "from {} up", "gt": "above {}", "le": "at most {}", "min_length": "of {} characters at least"}


def wrong_value(error: "ValidationError") -> str:
    """One sentence on the first value that cannot be."""
    wrong = error.errors()[0]
    field = str(wrong["loc"][0])
    return f"{PREFIX}{field.upper()} is {wrong['input']!r}: {_wanted(field, wrong)}"


def _wanted(field: str, wrong: Any) -> str:
    if wrong["type"] == "value_error":
        return str(wrong["ctx"]["error"])  # our own words, or those of ipaddress
    allowed = _allowed(Settings.model_fields[field])
    return f"it takes {allowed}" if allowed else str(wrong["msg"])


def _allowed(field: "FieldInfo") -> str:
    """What a field takes: "a whole number from 1 up and at most 2000"."""
    kind = _KINDS.get(field.annotation, "")
    bounds = [
        words.format(getattr(bound, name))
        for bound in field.metadata
        for name, words in _BOUNDS.items()
        if getattr(bound, name, None) is not None
    ]
    return f"{kind} {' and '.join(bounds)}".strip() if kind else ""


def misspelt() -> list[str]:
    """A sentence for each variable that sets nothing, with the name that is nearest."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    sentences = []
    for name in unknown_variables():
        near = get_close_matches(name.upper(), known, n=1, cutoff=0.75)
        meant = f"do you mean {near[0]}?" if near else "docs/reference/settings.md lists those that there are"
        sentences.append(f"{name} is no setting and is passed over: {meant}")
    return sentences
